//! What can go wrong with a database, by what somebody can do about it.

use std::sync::Arc;

/// A failed database call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, starting, stopping or full: try again later.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// The query ran into its time limit: ask for less.
    #[error("the query ran longer than its time limit")]
    TimedOut,
    /// Every export connection is busy.
    #[error("too many exports run at the moment")]
    ExportsBusy,
    /// The engine's schema is not what the console reads; one line a difference.
    #[error("the engine's schema is not what this console reads:\n{0}")]
    Schema(String),
    /// Schema `audit_console` is missing or of another version.
    #[error("{0}")]
    NotMigrated(String),
    /// Something that a person asked for cannot be done, in their words.
    #[error("{0}")]
    Refused(String),
    /// A defect of the console or the database.
    #[error(transparent)]
    Database(sqlx::Error),
    /// The failure of a call whose answer several waited for.
    #[error(transparent)]
    Shared(Arc<StoreError>),
    /// The last check found that the record could be rewritten: nothing is written to it until a later one
    /// finds it right. One line a breach.
    #[error("the record is not protected, and nothing is written to it:\n{0}")]
    RecordUnprotected(String),
    /// A migration failed.
    #[error("schema audit_console could not be updated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // A server that dies in mid-sentence is a broken protocol to sqlx.
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error),
            sqlx::Error::Database(database) => match database.code().as_deref() {
                // query_canceled: by statement_timeout, or by an administrator.
                Some("57014") => Self::TimedOut,
                // Connection exceptions, out of resources, shutting down or starting up, a lock that
                // the engine's migration holds, a replica that must go on replaying.
                Some(code)
                    if code.starts_with("08")
                        || code.starts_with("53")
                        || code.starts_with("57P")
                        || matches!(code, "55P03" | "40001") =>
                {
                    Self::Unavailable(error)
                }
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}
