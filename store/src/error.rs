//! Errors of the databases, by what the caller can do about them.

use std::sync::Arc;

use crate::engine::StopReason;

/// A failed database call.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is unreachable, starting, stopping or out of resources. Retry later.
    #[error("the database cannot be reached: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Another session, such as a migration of the engine, holds a lock for longer than the lock timeout. Retry later.
    #[error("a table is locked by somebody else, such as a migration of the engine")]
    Locked(#[source] sqlx::Error),
    /// The statement timed out. Ask for less.
    #[error("the query ran longer than its time limit")]
    TimedOut,
    /// An export was stopped before its last row.
    #[error("the export was ended: {0:?}")]
    ExportStopped(StopReason),
    /// All export slots are taken.
    #[error("too many exports run at the moment")]
    ExportsBusy,
    /// The engine's schema differs from what the console reads; one line per difference.
    #[error("the engine's schema is not what this console reads:\n{0}")]
    Schema(String),
    /// A table or column is missing or not granted, most likely after a migration.
    #[error("a table or column that is read is missing, or may not be read: {0}")]
    SchemaChanged(#[source] sqlx::Error),
    /// Schema `audit_console` is missing or has another version.
    #[error("{0}")]
    NotMigrated(String),
    /// The operation is not possible; the message is for the person who asked for it.
    #[error("{0}")]
    Refused(String),
    /// An unexpected error: a bug of the console or a fault of the database.
    #[error(transparent)]
    Database(sqlx::Error),
    /// Error of a call that several callers shared.
    #[error(transparent)]
    Shared(Arc<StoreError>),
    /// The last check found that the record is not protected. Nothing is written to it until a later check passes. One
    /// line per breach.
    #[error("the record is not protected, and nothing is written to it:\n{0}")]
    RecordUnprotected(String),
    /// A migration failed.
    #[error("schema audit_console could not be updated: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

impl StoreError {
    /// The underlying sqlx error, if any.
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
            // sqlx reports a server that dies during an answer as a protocol error.
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
                // Connection exceptions, insufficient resources, shutdown or start-up, replay of a replica.
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
