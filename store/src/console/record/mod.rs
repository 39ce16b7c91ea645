//! The record: the tables to which rows are only ever added, the two roles that keep it so, and the check
//! that they do. Decision 14 says what is protected from whom.

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

/// How long a result of the check is good: it is made again each minute.
pub const CHECK_EVERY: Duration = Duration::from_mins(1);

/// What the last check of the record found. Shared by every clone of a [`ConsoleDb`].
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

/// How far the record is protected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordState {
    /// What is wrong: nothing is written to the record while there is any.
    pub breaches: Vec<Breach>,
    /// What a trial tolerates: the console's role owns its record, or has more rights than it needs.
    pub tolerated: Vec<Breach>,
}

impl RecordState {
    /// Whether something may be written to the record.
    #[must_use]
    pub const fn may_record(&self) -> bool {
        self.breaches.is_empty()
    }

    /// What is wrong and what cures it, one line each.
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
    /// For a trial: that the console's role owns the record, or has more rights than it needs, is no reason
    /// to write nothing. Triggers and constraints must be there all the same.
    pub fn allow_owner(&self) {
        self.record.0.allows_owner.store(true, Ordering::Relaxed);
    }

    /// Checks roles, rights, triggers and constraints of the record now, and remembers the result.
    ///
    /// # Errors
    /// When the database is away; then the last result stands.
    pub async fn check_record(&self) -> Result<RecordState, StoreError> {
        let mut breaches = check::breaches(self.pool()).await?;
        let known = self.record.found();
        // What was wrong before has been wrong since then: a finding's time does not move with every check.
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

    /// What the last check found; nothing before the first.
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

    /// What is wrong, by a check that is at most [`CHECK_EVERY`] old.
    pub(crate) async fn recent_record_state(&self) -> Result<RecordState, StoreError> {
        match self.record.found() {
            Some(found) if found.at.elapsed() < CHECK_EVERY => Ok(self.record_state()),
            _ => self.check_record().await,
        }
    }

    /// Refuses while the last check found the record unprotected. Whatever writes to an append-only table
    /// asks first.
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

/// A breach of the console's role, which a trial tolerates.
fn of_role(subject: &str, what: String, cure: String) -> Breach {
    Breach {
        subject: subject.to_owned(),
        what,
        cure,
        is_of_role: true,
        since: Timestamp::NEG_INFINITY,
    }
}

/// A breach of the schema itself.
fn of_schema(subject: &str, what: String, cure: String) -> Breach {
    Breach {
        is_of_role: false,
        ..of_role(subject, what, cure)
    }
}
