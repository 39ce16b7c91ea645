//! Which failures are retried, and how often.

use std::time::{Duration, Instant};

use sqlx::postgres::PgDatabaseError;

use super::settings::{Access, Settings};
use crate::StoreError;

/// Total time that a statement waits for locks, over all attempts. Leaves room to send a 503 within three seconds.
const LOCK_PATIENCE: Duration = Duration::from_millis(2_200);
/// A lost connection is replaced only if the request has waited less than this.
const RECONNECT_WITHIN: Duration = Duration::from_millis(500);

/// What to do before the next attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Use the same connection, after clearing its prepared statements.
    Reprepare,
    /// Use the same connection.
    Again,
    /// Use another connection.
    Reconnect,
}

/// Kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A prepared statement is outdated, or unknown to a pooler's connection. Nothing was executed.
    StalePlan,
    /// The data vanished during the read: a replica replayed changes, or a migration replaced a table.
    Interrupted,
    /// The statement was cancelled: by its timeout, or because it blocked another session.
    Cancelled,
    /// The lock timeout expired.
    Locked,
    /// The connection is lost.
    Lost,
}

fn kind(error: &sqlx::Error) -> Option<Kind> {
    let error = match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => return Some(Kind::Lost),
        sqlx::Error::Database(error) => error,
        _ => return None,
    };
    match error.code().as_deref()? {
        // feature_not_supported has many causes. The routine's name identifies this one in every language.
        "0A000" => {
            let error = error.try_downcast_ref::<PgDatabaseError>()?;
            (error.routine() == Some("RevalidateCachedQuery")).then_some(Kind::StalePlan)
        }
        // invalid_sql_statement_name, duplicate_prepared_statement: a pooler gave this session another connection.
        "26000" | "42P05" => Some(Kind::StalePlan),
        // serialization_failure: a replica's replay. internal_error: "could not open relation with OID" and "cache
        // lookup failed", when a migration replaced a table between planning and reading.
        "40001" | "XX000" => Some(Kind::Interrupted),
        "57014" => Some(Kind::Cancelled),
        "55P03" => Some(Kind::Locked),
        code if code.starts_with("57P") || code.starts_with("08") => Some(Kind::Lost),
        _ => None,
    }
}

/// The attempts of one statement or transaction.
pub struct Attempts {
    access: Access,
    /// Statement timeout.
    limit: Option<Duration>,
    begun: Instant,
    /// Kinds of failures that were retried already.
    repeated: Vec<Kind>,
}

impl Attempts {
    /// Attempts of work that starts now.
    pub fn new(access: Access, settings: &Settings) -> Self {
        Self {
            access,
            limit: settings.limit(),
            begun: Instant::now(),
            repeated: Vec::new(),
        }
    }

    /// What to do about this failure; `None` when it must be returned. Each kind of failure is retried once, except
    /// locks, which are retried until [`LOCK_PATIENCE`] is over. Replay of a migration on a replica causes two kinds:
    /// interruption, then a stale plan.
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
            // Cancelled before its timeout: most likely by the console's own lock watch.
            Kind::Cancelled if reads && self.limit.is_some_and(|limit| elapsed < limit) => {
                Some(Remedy::Again)
            }
            Kind::Lost if reads && elapsed < RECONNECT_WITHIN => Some(Remedy::Reconnect),
            _ => None,
        }
    }

    /// As [`Attempts::remedy`], for a [`StoreError`].
    pub fn remedy_of(&mut self, error: &StoreError) -> Option<Remedy> {
        error.database_error().and_then(|error| self.remedy(error))
    }
}
