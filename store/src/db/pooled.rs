//! A connection that was taken out of a pool, and how it begins what its mode and its statements need.

use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Connection as _, Postgres};

use super::server::Mode;
use super::settings::Settings;
use crate::sql::Sql;

/// A transaction has begun after this long, or the connection counts as lost: a pooler without a server lets a client wait
/// for one, two minutes as it comes.
pub(super) const BEGIN_TIMEOUT: Duration = Duration::from_millis(1_900);

/// What several statements see of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// Each the state at its own beginning.
    Statement,
    /// All of them one state.
    Snapshot,
    /// Each the state at its own beginning, and each is cut after this long.
    Within(Duration),
}

/// A connection that was taken out of a pool.
pub(super) struct Pooled {
    pub(super) connection: PoolConnection<Postgres>,
    mode: Mode,
    /// Whether a `BEGIN` is under way. sqlx 0.9.0 forgets one whose future is dropped, and the next to use the connection
    /// would stand in that transaction, with its snapshot: the connection is closed instead.
    is_beginning: bool,
    /// Whether a statement was found to be stale: what comes next runs in a transaction, where planning it holds its
    /// tables, so that no other migration comes between planning and running.
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

    /// Begins a transaction by this `BEGIN`.
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

    /// The `BEGIN` that the next statements need; none where they need none.
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

    /// Whether its statements must leave nothing prepared behind.
    pub(super) fn is_unnamed(&self) -> bool {
        self.mode == Mode::Pooled || self.is_cautious
    }

    /// Drops what this connection has prepared; the next use prepares it anew.
    pub(super) async fn forget_statements(&mut self) -> Result<(), sqlx::Error> {
        self.is_cautious = true;
        self.connection.clear_cached_statements().await
    }
}

/// Nothing was done: the server, or the pooler before it, did not answer a `BEGIN`.
pub(super) fn no_answer() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
