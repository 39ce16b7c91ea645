//! A connection that was taken from a pool, and the transaction that its statements need.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Postgres};

use super::server::Mode;
use super::settings::Settings;
use crate::sql::Sql;

/// Timeout of `BEGIN`, after which the connection counts as lost. PgBouncer without a free server lets a client wait,
/// by default for two minutes.
pub(super) const BEGIN_TIMEOUT: Duration = Duration::from_millis(1_900);

/// Isolation of several statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Each statement sees the state at its own start.
    Statement,
    /// All statements see one snapshot.
    Snapshot,
    /// Each statement sees the state at its own start and has this timeout.
    Within(Duration),
}

/// A connection that was taken from a pool.
pub(super) struct Pooled {
    pub(super) connection: PoolConnection<Postgres>,
    mode: Mode,
    /// Whether a `BEGIN` is under way. sqlx 0.9.0 loses track of a `BEGIN` whose future is dropped, and the
    /// connection's next user would be inside that transaction. Such a connection is closed instead.
    is_beginning: bool,
    /// Whether a statement was stale. Later statements then run in a transaction: planning locks their tables, so no
    /// other migration can come between planning and execution.
    is_cautious: bool,
}

impl Drop for Pooled {
    fn drop(&mut self) {
        if self.is_beginning {
            self.connection.close_on_drop();
        }
    }
}

impl Pooled {
    pub(super) fn new(connection: PoolConnection<Postgres>, mode: Mode) -> Self {
        Self {
            connection,
            mode,
            is_beginning: false,
            is_cautious: false,
        }
    }

    /// Begins a transaction with this `BEGIN` statement.
    pub(super) async fn transaction(
        &mut self,
        begin: Sql,
    ) -> Result<sqlx::Transaction<'_, Postgres>, sqlx::Error> {
        self.is_beginning = true;
        let begin = self.connection.begin_with(begin);
        let answer = tokio::time::timeout(BEGIN_TIMEOUT, begin).await;
        let transaction = answer.map_err(|_| no_answer())??;
        self.is_beginning = false;
        Ok(transaction)
    }

    /// The `BEGIN` that the next statements need, or `None`.
    pub(super) fn begin(&self, settings: &Settings, isolation: Isolation) -> Option<Sql> {
        if isolation == Isolation::Statement && !self.is_unnamed() {
            return None;
        }
        let is_snapshot = isolation == Isolation::Snapshot;
        let mut begin = self.mode.begin(settings, is_snapshot);
        if let Isolation::Within(limit) = isolation {
            begin
                .push("; SET LOCAL statement_timeout = ")
                .push(limit.as_millis());
        }
        Some(begin)
    }

    /// Whether statements must be unnamed.
    pub(super) fn is_unnamed(&self) -> bool {
        self.mode == Mode::Pooled || self.is_cautious
    }

    /// Drops the connection's prepared statements; they are prepared again when needed.
    pub(super) async fn forget_statements(&mut self) -> Result<(), sqlx::Error> {
        self.is_cautious = true;
        self.connection.clear_cached_statements().await
    }
}

/// The error for a server or pooler that did not answer a `BEGIN`. Nothing was executed.
pub(super) fn no_answer() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
