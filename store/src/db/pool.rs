//! A connection pool for one purpose. It detects poolers and retries what a migration, a replica or a lost connection
//! interrupted.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures::{FutureExt as _, TryStreamExt as _};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Connection as _, Postgres};

use super::pooled::{BEGIN_TIMEOUT, Isolation, Pooled, no_answer};
use super::read_transaction::ReadTransaction;
use super::retry::{Attempts, Remedy};
use super::server::{Mode, Server};
use super::session::WriteTransaction;
use super::settings::{Access, Settings};
use super::statement::{Outcome, Statement};
use crate::StoreError;

/// Timeout for getting a connection; after it the database counts as unreachable. Keeps a request below the three
/// seconds within which a 503 must be sent.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(1_900);

/// A connection that was idle for less than this is used without a ping, which would cost a round trip.
const SURELY_WHOLE: Duration = Duration::from_secs(1);

/// Statements that take longer are logged.
const SLOW: Duration = Duration::from_secs(1);

/// Connections for one purpose, to the first host that answers.
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    /// What the connections are for; used in messages.
    purpose: &'static str,
    server: Arc<Server>,
    settings: Settings,
    connections: u32,
    hosts: Vec<HostPools>,
    /// When a connection was last requested.
    asked: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct HostPools {
    direct: OnceLock<PgPool>,
    pooled: OnceLock<PgPool>,
}

impl Pool {
    /// A pool that connects lazily, so that the console can start while the database is unreachable.
    pub fn new(
        purpose: &'static str,
        server: &Arc<Server>,
        settings: Settings,
        connections: u32,
    ) -> Self {
        Self(Arc::new(Shared {
            purpose,
            server: Arc::clone(server),
            settings,
            connections,
            hosts: (0..server.count()).map(|_| HostPools::default()).collect(),
            asked: Mutex::default(),
        }))
    }

    /// A read of several statements; see [`crate::db::read`].
    pub fn read_transaction(&self, isolation: Isolation) -> ReadTransaction<'_> {
        ReadTransaction::new(self, isolation)
    }

    /// Begins a write transaction. Its statements are unnamed, so none can be stale. If the connection is lost before
    /// the transaction has begun, it is replaced once; later losses are errors, since it is unknown what was written.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let mut attempts = Attempts::new(Access::ReadOnly, &self.0.settings);
        loop {
            let error = match self.0.begin_somewhere().await {
                Ok(transaction) => return Ok(WriteTransaction::new(transaction)),
                Err(error) => error,
            };
            if attempts.remedy(&error) != Some(Remedy::Reconnect) {
                return Err(error.into());
            }
            self.mark_connections_doubtful();
        }
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// Whether a connection was requested within the last `long`.
    pub fn was_asked_within(&self, long: Duration) -> bool {
        let asked = *self.0.asked();
        asked.is_some_and(|at| at.elapsed() < long)
    }

    /// Takes a connection from the first host that provides one.
    pub(super) async fn take(&self) -> Result<Pooled, sqlx::Error> {
        *self.0.asked() = Some(Instant::now());
        self.0.take().await
    }

    /// Marks idle connections as doubtful: they may be lost, too.
    pub(super) fn mark_connections_doubtful(&self) {
        self.0.server.mark_connections_doubtful();
    }

    /// Logs a statement that took longer than [`SLOW`].
    pub(super) fn log_if_slow(&self, begun: Instant) {
        if begun.elapsed() > SLOW {
            // The statement's text is not logged: it may contain search terms.
            let (purpose, seconds) = (self.0.purpose, begun.elapsed().as_secs_f64());
            tracing::warn!(purpose, seconds, "a statement was slow");
        }
    }

    /// Runs a statement and collects its rows, with retries where they may help.
    pub(super) async fn run(&self, statement: Statement) -> Result<Vec<Outcome>, sqlx::Error> {
        let begun = Instant::now();
        let access = if statement.reads() {
            Access::ReadOnly
        } else {
            self.0.settings.access()
        };
        let mut attempts = Attempts::new(access, &self.0.settings);
        let outcome = loop {
            let mut pooled = self.take().await?;
            let tried = loop {
                let error = match self.0.run_once(&mut pooled, statement.clone()).await {
                    Ok(rows) => break Some(Ok(rows)),
                    Err(error) => error,
                };
                match attempts.remedy(&error) {
                    Some(Remedy::Reprepare) => pooled.forget_statements().await?,
                    Some(Remedy::Again) => {}
                    Some(Remedy::Reconnect) => {
                        self.mark_connections_doubtful();
                        break None;
                    }
                    None => break Some(Err(error)),
                }
            };
            if let Some(outcome) = tried {
                break outcome;
            }
        };
        self.log_if_slow(begun);
        outcome
    }
}

impl Shared {
    fn asked(&self) -> MutexGuard<'_, Option<Instant>> {
        // No code panics while it holds the lock.
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn take(&self) -> Result<Pooled, sqlx::Error> {
        let mut failed = sqlx::Error::PoolClosed;
        for at in self.server.in_turn() {
            match self.take_from(at).await {
                Ok(pooled) => {
                    self.server.answers(at);
                    return Ok(pooled);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    async fn take_from(&self, at: usize) -> Result<Pooled, sqlx::Error> {
        let mode = self.server.mode(at).await?;
        match self.pool(at, mode).acquire().await {
            Ok(connection) => Ok(Pooled::new(connection, mode)),
            Err(error) => Err(self.explain(at, error).await),
        }
    }

    async fn begin_somewhere(&self) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
        let mut failed = sqlx::Error::PoolClosed;
        for at in self.server.in_turn() {
            match self.begin_at(at).await {
                Ok(transaction) => {
                    self.server.answers(at);
                    return Ok(transaction);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    async fn begin_at(
        &self,
        at: usize,
    ) -> Result<sqlx::Transaction<'static, Postgres>, sqlx::Error> {
        let mode = self.server.mode(at).await?;
        let begin = mode.begin(&self.settings, false);
        let pool = self.pool(at, mode).clone();
        // A separate task completes `BEGIN` even when the caller is cancelled: the transaction is then rolled back on
        // drop rather than left half begun.
        let begin = tokio::spawn(async move { pool.begin_with(begin).await });
        match tokio::time::timeout(ACQUIRE_TIMEOUT + BEGIN_TIMEOUT, begin).await {
            Ok(Ok(Ok(transaction))) => Ok(transaction),
            Ok(Ok(Err(error))) => Err(self.explain(at, error).await),
            Ok(Err(_)) => Err(sqlx::Error::WorkerCrashed),
            Err(_) => Err(no_answer()),
        }
    }

    /// sqlx reports the same timeout for a closed port and for an exhausted pool; this finds the actual cause.
    async fn explain(&self, at: usize, error: sqlx::Error) -> sqlx::Error {
        match error {
            sqlx::Error::PoolTimedOut => self.server.diagnose(at, self.purpose).await,
            error => error,
        }
    }

    fn pool(&self, at: usize, mode: Mode) -> &PgPool {
        let pools = &self.hosts[at];
        let (pool, checks) = match mode {
            Mode::Direct => (&pools.direct, true),
            Mode::Pooled => (&pools.pooled, false),
        };
        pool.get_or_init(|| {
            let hosts = u32::try_from(self.hosts.len()).unwrap_or(u32::MAX);
            let (server, settings) = (Arc::clone(&self.server), self.settings.clone());
            let known = Arc::clone(&self.server);
            PgPoolOptions::new()
                .max_connections(self.connections)
                .acquire_timeout(ACQUIRE_TIMEOUT / hosts)
                .test_before_acquire(false)
                .after_connect(move |connection, _| {
                    let (server, settings) = (Arc::clone(&server), settings.clone());
                    async move {
                        if checks {
                            server.check_new(at, connection, &settings).await?;
                        }
                        Ok(())
                    }
                    .boxed()
                })
                .before_acquire(move |connection, used| {
                    let is_doubtful =
                        used.idle_for >= SURELY_WHOLE || known.may_be_lost(used.idle_for);
                    async move {
                        if is_doubtful {
                            connection.ping().await?;
                        }
                        Ok(true)
                    }
                    .boxed()
                })
                .connect_lazy_with(self.server.options(at, mode, &self.settings))
        })
    }

    async fn run_once(
        &self,
        pooled: &mut Pooled,
        statement: Statement,
    ) -> Result<Vec<Outcome>, sqlx::Error> {
        let Some(begin) = pooled.begin(&self.settings, Isolation::Statement) else {
            return statement.stream(&mut pooled.connection).try_collect().await;
        };
        let mut transaction = pooled.transaction(begin).await?;
        let rows = statement
            .unnamed()
            .stream(&mut transaction)
            .try_collect()
            .await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.0.purpose).finish()
    }
}
