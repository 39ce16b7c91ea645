//! Which indexes would help on the engine's tables: `audit-console advise`. The console creates none of them; the
//! engine's owner does.

mod candidates;
mod existing;
mod measure;
mod scratch;

use candidates::{Candidate, Method};
pub use measure::{Compared, Measured, Taken};
pub use scratch::{SCRATCH_SCHEMA, Scratch};

use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;

/// An index that the engine's tables do not have, and that would help.
pub struct IndexAdvice {
    candidate: Candidate,
    /// An index of its name is there and does not do what it would: a `CREATE INDEX CONCURRENTLY` failed, or it is of an
    /// earlier version of the console.
    in_the_way: bool,
    /// `pg_trgm` is on the server and not yet in the database.
    lacks_extension: bool,
}

impl IndexAdvice {
    /// The index's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.candidate.name
    }

    /// The table that it is on, in schema `public`.
    #[must_use]
    pub const fn table(&self) -> &'static str {
        self.candidate.table
    }

    /// The lists that it is for, as `/trades?asset=…`.
    #[must_use]
    pub fn lists(&self) -> Vec<String> {
        let served = self.candidate.served.iter();
        let mut lists: Vec<String> = served
            .map(|served| format!("/{}?{}=…", served.view, served.parameter))
            .collect();
        lists.dedup();
        lists
    }

    /// What the engine's owner should know before creating it, beside what it is for.
    #[must_use]
    pub const fn remark(&self) -> Option<&'static str> {
        self.candidate.remark
    }

    /// Whether the extension `pg_trgm` must be created first.
    #[must_use]
    pub const fn lacks_extension(&self) -> bool {
        self.lacks_extension
    }

    /// The statement that takes an index of the same name away, where there is one: without it `IF NOT EXISTS` would
    /// keep that.
    #[must_use]
    pub fn clean_up(&self) -> Option<String> {
        let name = self.candidate.name;
        self.in_the_way
            .then(|| format!("DROP INDEX CONCURRENTLY IF EXISTS public.{name};"))
    }

    /// The statement that creates it while the engine goes on.
    #[must_use]
    pub fn statement(&self) -> String {
        let begin = "CREATE INDEX CONCURRENTLY IF NOT EXISTS";
        format!("{begin} {};", self.candidate.definition("public"))
    }
}

impl EngineDb {
    /// The indexes that would help and are not there, under whatever name.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn advise(&self, _: &Auditor) -> Result<Vec<IndexAdvice>, StoreError> {
        let there = existing::indexes(self.pool()).await?;
        let trigrams = existing::trigrams(self.pool()).await?;
        let mut advised = Vec::new();
        for candidate in candidates::all() {
            let searches = candidate.method == Method::Trigrams;
            if searches && !trigrams.available || there.iter().any(|index| index.serves(&candidate))
            {
                continue;
            }
            advised.push(IndexAdvice {
                in_the_way: there.iter().any(|index| index.has_name_of(&candidate)),
                lacks_extension: searches && !trigrams.installed,
                candidate,
            });
        }
        Ok(advised)
    }
}
