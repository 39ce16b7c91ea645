//! The record: the append-only tables, the two roles that protect them, and the check of that protection. Decision 14
//! lists the threats.

mod check;
mod rights;
mod roles;
mod shape;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use domain::clock;
use domain::finding::state::Breach;
use domain::time::Timestamp;

pub(super) use rights::grants;
pub use rights::{TABLES, TableRights, grants_sql};
pub use roles::{RoleNames, RolesFor, roles_sql};

use super::ConsoleDb;
use crate::StoreError;

/// Interval of the record's check, and the maximum age of its result.
pub const CHECK_EVERY: Duration = Duration::from_mins(1);

/// Result of the record's last check. Shared by every clone of a [`ConsoleDb`].
#[derive(Clone, Default)]
pub(super) struct Record(Arc<Inner>);

#[derive(Default)]
struct Inner {
    allows_owner: AtomicBool,
    found: RwLock<Option<Found>>,
}

#[derive(Clone)]
struct Found {
    at: Instant,
    breaches: Arc<[Breach]>,
}

/// Whether the record is protected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordState {
    /// Breaches. Nothing is written to the record while there are any.
    pub breaches: Vec<Breach>,
    /// Breaches that are tolerated in a trial: the console's role owns the record or has excess rights.
    pub tolerated: Vec<Breach>,
}

impl RecordState {
    /// Whether the record may be written to.
    #[must_use]
    pub const fn may_record(&self) -> bool {
        self.breaches.is_empty()
    }

    /// The breaches with their cures, one per line.
    #[must_use]
    pub fn lines(&self) -> String {
        let lines: Vec<String> = self
            .breaches
            .iter()
            .map(|breach| format!("{}; {}", breach.what, breach.cure))
            .collect();
        lines.join("\n")
    }
}

impl ConsoleDb {
    /// Tolerates breaches of the console's role, for a trial. Missing triggers and constraints still block writes.
    pub fn allow_owner(&self) {
        self.record.0.allows_owner.store(true, Ordering::Relaxed);
    }

    /// Checks roles, rights, triggers and constraints of the record now, and stores the result.
    ///
    /// # Errors
    /// When the database is unreachable; then the last result remains.
    pub async fn check_record(&self) -> Result<RecordState, StoreError> {
        let mut breaches = check::breaches(self.pool()).await?;
        let known = self.record.found();
        // A breach that persists keeps the time at which it was first found.
        for breach in &mut breaches {
            let before = known.as_ref().and_then(|known| {
                known
                    .breaches
                    .iter()
                    .find(|before| before.what == breach.what)
            });
            breach.since = before.map_or_else(clock::now, |before| before.since);
        }
        let found = Found {
            at: Instant::now(),
            breaches: breaches.into(),
        };
        *self
            .record
            .0
            .found
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(found);
        Ok(self.record_state())
    }

    /// Result of the last check; no breaches before the first one.
    #[must_use]
    pub fn record_state(&self) -> RecordState {
        let Some(found) = self.record.found() else {
            return RecordState::default();
        };
        let allows_owner = self.record.0.allows_owner.load(Ordering::Relaxed);
        let (tolerated, breaches) = found
            .breaches
            .iter()
            .cloned()
            .partition(|breach| allows_owner && breach.is_of_role);
        RecordState {
            breaches,
            tolerated,
        }
    }

    /// Result of a check that is at most [`CHECK_EVERY`] old; checks again if needed.
    pub(crate) async fn recent_record_state(&self) -> Result<RecordState, StoreError> {
        match self.record.found() {
            Some(found) if found.at.elapsed() < CHECK_EVERY => Ok(self.record_state()),
            _ => self.check_record().await,
        }
    }

    /// Fails while the last check found breaches. Must be called before every write to an append-only table.
    ///
    /// # Errors
    /// [`StoreError::RecordUnprotected`].
    pub fn may_record(&self) -> Result<(), StoreError> {
        let state = self.record_state();
        if state.may_record() {
            Ok(())
        } else {
            Err(StoreError::RecordUnprotected(state.lines()))
        }
    }
}

impl Record {
    fn found(&self) -> Option<Found> {
        self.0
            .found
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A breach of the console's role. Tolerated in a trial.
fn of_role(subject: &str, what: String, cure: String) -> Breach {
    Breach {
        subject: subject.to_owned(),
        what,
        cure,
        is_of_role: true,
        since: Timestamp::NEG_INFINITY,
    }
}

/// A breach of the schema. Never tolerated.
fn of_schema(subject: &str, what: String, cure: String) -> Breach {
    Breach {
        is_of_role: false,
        ..of_role(subject, what, cure)
    }
}
