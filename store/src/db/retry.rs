//! Which failures are tried again, and how often.

use std::time::{Duration, Instant};

use sqlx::postgres::PgDatabaseError;

use super::settings::{Access, Settings};
use crate::StoreError;

/// A statement waits for locks for so long altogether, each time less. A 503 that says so still comes within three
/// seconds.
const LOCK_PATIENCE: Duration = Duration::from_millis(2_200);
/// A connection that was lost is replaced where the request has not waited longer than this.
const RECONNECT_WITHIN: Duration = Duration::from_millis(500);

/// What may help against a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The same connection, after its prepared statements were cleared.
    Reprepare,
    /// The same connection.
    Again,
    /// Another connection.
    Reconnect,
}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A prepared statement does not fit any more, or a pooler's connection does not know it. Nothing was run.
    StalePlan,
    /// What was read was taken away: a replica replays, a migration replaced a table.
    Interrupted,
    /// It was cancelled: by its time limit, or because it stood in somebody's way.
    Cancelled,
    /// Somebody holds a lock.
    Locked,
    /// The connection is gone.
    Lost,
}

fn kind(error: &sqlx::Error) -> Option<Kind> {
    let error = match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => return Some(Kind::Lost),
        sqlx::Error::Database(error) => error,
        _ => return None,
    };
    match error.code().as_deref()? {
        // feature_not_supported is much else, too; the routine's name is the same in every language.
        "0A000" => {
            let error = error.try_downcast_ref::<PgDatabaseError>()?;
            (error.routine() == Some("RevalidateCachedQuery")).then_some(Kind::StalePlan)
        }
        // invalid_sql_statement_name, duplicate_prepared_statement: a pooler gave this session another connection.
        "26000" | "42P05" => Some(Kind::StalePlan),
        // serialization_failure is what a replica's replay says. internal_error: "could not open relation with OID",
        // "cache lookup failed", where a migration replaced a table between planning and reading.
        "40001" | "XX000" => Some(Kind::Interrupted),
        "57014" => Some(Kind::Cancelled),
        "55P03" => Some(Kind::Locked),
        code if code.starts_with("57P") || code.starts_with("08") => Some(Kind::Lost),
        _ => None,
    }
}

/// The tries of one statement or transaction.
pub struct Attempts {
    access: Access,
    /// Each statement's time limit.
    limit: Option<Duration>,
    begun: Instant,
    /// The kinds of failures after which it was tried once more.
    repeated: Vec<Kind>,
}

impl Attempts {
    /// Of something that begins now, and reads or writes.
    pub fn new(access: Access, settings: &Settings) -> Self {
        Self {
            access,
            limit: settings.limit(),
            begun: Instant::now(),
            repeated: Vec::new(),
        }
    }

    /// What to do about this failure; none when it counts. After everything but a lock it is tried once more and no
    /// further: what fails twice is no accident. A migration that a replica replays is two failures: what was read is taken
    /// away, and then the plan is stale.
    pub fn remedy(&mut self, error: &sqlx::Error) -> Option<Remedy> {
        let kind = kind(error)?;
        let reads = self.access == Access::ReadOnly;
        let elapsed = self.begun.elapsed();
        if kind == Kind::Locked {
            let patient = reads && elapsed < LOCK_PATIENCE;
            return patient.then_some(Remedy::Again);
        }
        if self.repeated.contains(&kind) {
            return None;
        }
        self.repeated.push(kind);
        match kind {
            Kind::StalePlan => Some(Remedy::Reprepare),
            Kind::Interrupted if reads => Some(Remedy::Again),
            // Before its time was up it was cancelled by somebody: by the console's own watch, most likely.
            Kind::Cancelled if reads && self.limit.is_some_and(|limit| elapsed < limit) => {
                Some(Remedy::Again)
            }
            Kind::Lost if reads && elapsed < RECONNECT_WITHIN => Some(Remedy::Reconnect),
            _ => None,
        }
    }

    /// As [`Attempts::remedy`], of a failure of several statements.
    pub fn remedy_of(&mut self, error: &StoreError) -> Option<Remedy> {
        error.database_error().and_then(|error| self.remedy(error))
    }
}
