//! Advice on indexes for the engine's tables: `audit-console advise`. The console creates none of them; the engine's
//! owner does.

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

/// An index that is missing on the engine's tables and would help.
pub struct IndexAdvice {
    candidate: Candidate,
    script: Script,
    /// Whether its table is partitioned.
    is_partitioned: bool,
    /// Whether `pg_trgm` can be installed and is not yet.
    lacks_extension: bool,
}

impl IndexAdvice {
    /// The index's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.candidate.name
    }

    /// Its table in schema `public`.
    #[must_use]
    pub const fn table(&self) -> &'static str {
        self.candidate.table
    }

    /// Lists that it speeds up, such as `/trades?asset=…`.
    #[must_use]
    pub fn lists(&self) -> Vec<String> {
        let served = self.candidate.served.iter();
        let mut lists: Vec<String> = served
            .map(|served| format!("/{}?{}=…", served.view(), served.parameter))
            .collect();
        lists.dedup();
        lists
    }

    /// A remark for the engine's owner.
    #[must_use]
    pub const fn remark(&self) -> Option<&'static str> {
        self.candidate.remark
    }

    /// Whether the extension `pg_trgm` must be created first.
    #[must_use]
    pub const fn lacks_extension(&self) -> bool {
        self.lacks_extension
    }

    /// Whether its table is partitioned; then there are several [`IndexAdvice::statements`].
    #[must_use]
    pub const fn is_partitioned(&self) -> bool {
        self.is_partitioned
    }

    /// Statement that drops a useless index of the same name, if there is one: left by a failed `CREATE INDEX
    /// CONCURRENTLY` or by an earlier version of the console.
    #[must_use]
    pub fn clean_up(&self) -> Option<&str> {
        self.script.clean_up.as_deref()
    }

    /// Statements that create it without blocking the engine. Each must run on its own, outside a transaction.
    #[must_use]
    pub fn statements(&self) -> &[String] {
        &self.script.statements
    }
}

impl EngineDb {
    /// The candidates that are available on this server and have no equivalent index yet.
    ///
    /// # Errors
    /// When the database is unreachable.
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
                // Separate indexes on the partitions work as well as a partitioned index.
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
