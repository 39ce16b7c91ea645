//! Which indexes would help on the engine's tables: `audit-console advise`. The console creates none of them; the
//! engine's owner does.

mod candidates;
mod existing;
mod measure;
mod scratch;
mod script;

use candidates::{Candidate, Method};
pub use measure::{Compared, Measured, Taken};
pub use scratch::{SCRATCH_SCHEMA, Scratch};

use script::Script;

use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;

/// An index that the engine's tables do not have, and that would help.
pub struct IndexAdvice {
    candidate: Candidate,
    script: Script,
    /// Its table is partitioned.
    is_partitioned: bool,
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
            .map(|served| format!("/{}?{}=…", served.view(), served.parameter))
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

    /// Whether its table is partitioned: [`IndexAdvice::statements`] are several then.
    #[must_use]
    pub const fn is_partitioned(&self) -> bool {
        self.is_partitioned
    }

    /// The statement that takes an index of the same name away which is of no use, where there is one: a
    /// `CREATE INDEX CONCURRENTLY` failed, or it is of an earlier version of the console.
    #[must_use]
    pub fn clean_up(&self) -> Option<&str> {
        self.script.clean_up.as_deref()
    }

    /// The statements that create it while the engine goes on, each to be run on its own, outside of a transaction.
    #[must_use]
    pub fn statements(&self) -> &[String] {
        &self.script.statements
    }
}

impl EngineDb {
    /// The indexes that would help and are not there, under whatever name.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn advise(&self, _: &Auditor) -> Result<Vec<IndexAdvice>, StoreError> {
        let there = existing::indexes(self.pool()).await?;
        let tables = existing::partitions(self.pool()).await?;
        let trigrams = existing::trigrams(self.pool()).await?;
        let mut advised = Vec::new();
        for candidate in candidates::all() {
            let searches = candidate.method == Method::Trigrams;
            if searches && !trigrams.available || there.iter().any(|index| index.serves(&candidate))
            {
                continue;
            }
            let root = tables
                .iter()
                .find(|table| table.parent.is_none() && table.name == candidate.table);
            let script = match root {
                None => script::plain(&candidate, &there),
                // Without an index of the whole they are somebody's choice, and as good.
                Some(root)
                    if !there.iter().any(|index| index.has_name_of(&candidate))
                        && script::every_partition_is_served(&candidate, root, &tables, &there) =>
                {
                    continue;
                }
                Some(root) => script::partitioned(&candidate, root, &tables, &there),
            };
            if script.statements.is_empty() {
                continue;
            }
            advised.push(IndexAdvice {
                script,
                is_partitioned: root.is_some(),
                lacks_extension: searches && !trigrams.installed,
                candidate,
            });
        }
        Ok(advised)
    }
}
