//! What can go wrong with a database, by what somebody can do about it.

use std::sync::Arc;

use crate::engine::StopReason;

/// A failed database call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is away, starting, stopping or full: try again later.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Somebody else, such as a migration of the engine, holds a lock for longer than a request waits: try again later.
    #[error("a table is locked by somebody else, such as a migration of the engine")]
    Locked(#[source] sqlx::Error),
    /// The query ran into its time limit: ask for less.
    #[error("the query ran longer than its time limit")]
    TimedOut,
    /// An export was ended before its last row.
    #[error("the export was ended: {0:?}")]
    ExportStopped(StopReason),
    /// Every export connection is busy.
    #[error("too many exports run at the moment")]
    ExportsBusy,
    /// The engine's schema is not what the console reads; one line a difference.
    #[error("the engine's schema is not what this console reads:\n{0}")]
    Schema(String),
    /// A table or column that is read is not there any more, or may not be read: a migration took it away.
    #[error("a table or column that is read is missing, or may not be read: {0}")]
    SchemaChanged(#[source] sqlx::Error),
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

impl StoreError {
    /// The failure of sqlx behind it, where there is one.
    pub(crate) const fn database_error(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Unavailable(error)
            | Self::Locked(error)
            | Self::SchemaChanged(error)
            | Self::Database(error) => Some(error),
            _ => None,
        }
    }
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
                // undefined_column, undefined_table, insufficient_privilege
                Some("42703" | "42P01" | "42501") => Self::SchemaChanged(error),
                // lock_not_available
                Some("55P03") => Self::Locked(error),
                // Connection exceptions, out of resources, shutting down or starting up, a replica that must go on
                // replaying.
                Some(code)
                    if code.starts_with("08")
                        || code.starts_with("53")
                        || code.starts_with("57P")
                        || code == "40001" =>
                {
                    Self::Unavailable(error)
                }
                _ => Self::Database(error),
            },
            _ => Self::Database(error),
        }
    }
}
