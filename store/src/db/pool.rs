//! Connections for one purpose: a pool that finds out how its server wants to be spoken to, and tries again what a
//! migration, a replica or a lost connection interrupted.

use std::fmt;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions, PgRow, PgStatement, PgTypeInfo};
use sqlx::{AssertSqlSafe, Connection as _, Describe, Either, Execute, Executor, Postgres, SqlStr};

use super::retry::{Attempts, Remedy};
use super::server::{Mode, Server};
use super::session::{Session, WriteTransaction};
use super::settings::{Access, Settings};
use super::statement::{Outcome, Statement};
use crate::StoreError;

/// A request waits this long for a connection; then the database counts as away. With the rest of a request it stays
/// below the three seconds that a 503 may take.
const ACQUIRE_TIMEOUT: Duration = Duration::from_millis(1_900);

/// A transaction has begun after this long, or the connection counts as lost: a pooler without a server lets a client wait
/// for one, two minutes as it comes.
const BEGIN_TIMEOUT: Duration = ACQUIRE_TIMEOUT;

/// A connection that was used within this time is taken to be whole; an older one is asked first, which costs a whole
/// round trip.
const SURELY_WHOLE: Duration = Duration::from_secs(1);

/// A statement that took longer is worth a line in the log.
const SLOW: Duration = Duration::from_secs(1);

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

/// Connections for one purpose, to whichever host answers.
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

struct Shared {
    /// What the connections are for, in messages.
    purpose: &'static str,
    server: Arc<Server>,
    settings: Settings,
    connections: u32,
    hosts: Vec<HostPools>,
}

#[derive(Default)]
struct HostPools {
    direct: OnceLock<PgPool>,
    pooled: OnceLock<PgPool>,
}

/// A connection that was taken out of a pool.
struct Taken {
    connection: PoolConnection<Postgres>,
    mode: Mode,
    /// Whether a `BEGIN` is under way. sqlx 0.9.0 forgets one whose future is dropped, and the next to use the connection
    /// would stand in that transaction, with its snapshot: the connection is closed instead.
    is_beginning: bool,
    /// Whether a statement was found to be stale: what comes next runs in a transaction, where planning it holds its
    /// tables, so that no other migration comes between planning and running.
    is_cautious: bool,
}

impl Drop for Taken {
    fn drop(&mut self) {
        if self.is_beginning {
            self.connection.close_on_drop();
        }
    }
}

impl Taken {
    /// Begins a transaction by this `BEGIN`.
    async fn transaction(
        &mut self,
        begin: String,
    ) -> Result<sqlx::Transaction<'_, Postgres>, sqlx::Error> {
        self.is_beginning = true;
        let begin = self.connection.begin_with(AssertSqlSafe(begin));
        let answer = tokio::time::timeout(BEGIN_TIMEOUT, begin).await;
        let transaction = answer.map_err(|_| no_answer())??;
        self.is_beginning = false;
        Ok(transaction)
    }

    /// The `BEGIN` that the next statements need; none where they need none.
    fn begin(&self, settings: &Settings, isolation: Isolation) -> Option<String> {
        if isolation == Isolation::Statement && !self.is_unnamed() {
            return None;
        }
        let is_snapshot = isolation == Isolation::Snapshot;
        let mut begin = self.mode.begin(settings, is_snapshot);
        if let Isolation::Within(limit) = isolation {
            // Writing into a `String` cannot fail.
            let _ = write!(
                begin,
                "; SET LOCAL statement_timeout = {}",
                limit.as_millis()
            );
        }
        Some(begin)
    }

    /// Whether its statements must leave nothing prepared behind.
    fn is_unnamed(&self) -> bool {
        self.mode == Mode::Pooled || self.is_cautious
    }

    /// Drops what this connection has prepared; the next use prepares it anew.
    async fn forget_statements(&mut self) -> Result<(), sqlx::Error> {
        self.is_cautious = true;
        self.connection.clear_cached_statements().await
    }
}

impl Pool {
    /// A pool that connects when it is first used, so that a database that is away stops nobody from starting.
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
        }))
    }

    /// To read by several statements: see [`crate::db::read`].
    pub fn reading(&self, isolation: Isolation) -> Reading<'_> {
        Reading {
            pool: self,
            isolation,
            attempts: Attempts::new(Access::ReadOnly, &self.0.settings),
            taken: None,
            begun: Instant::now(),
        }
    }

    /// Begins a transaction that writes. Its statements leave nothing prepared behind, so none can be stale. A connection
    /// that turns out to be lost before it has begun is replaced once; afterwards nobody knows what was written.
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
            self.0.server.has_lost_a_connection();
        }
    }

    /// Runs a statement to its end, twice if that may help.
    async fn run(&self, statement: Statement) -> Result<Vec<Outcome>, sqlx::Error> {
        let begun = Instant::now();
        let access = if statement.reads() {
            Access::ReadOnly
        } else {
            self.0.settings.access()
        };
        let mut attempts = Attempts::new(access, &self.0.settings);
        let outcome = loop {
            let mut taken = self.0.take().await?;
            let tried = loop {
                let error = match self.0.run_once(&mut taken, statement.clone()).await {
                    Ok(rows) => break Some(Ok(rows)),
                    Err(error) => error,
                };
                match attempts.remedy(&error) {
                    Some(Remedy::Reprepare) => taken.forget_statements().await?,
                    Some(Remedy::Again) => {}
                    Some(Remedy::Reconnect) => {
                        self.0.server.has_lost_a_connection();
                        break None;
                    }
                    None => break Some(Err(error)),
                }
            };
            if let Some(outcome) = tried {
                break outcome;
            }
        };
        self.0.tell_slow(begun);
        outcome
    }
}

impl Shared {
    async fn take(&self) -> Result<Taken, sqlx::Error> {
        let mut failed = sqlx::Error::PoolClosed;
        for at in self.server.in_turn() {
            match self.take_from(at).await {
                Ok(taken) => {
                    self.server.answers(at);
                    return Ok(taken);
                }
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    async fn take_from(&self, at: usize) -> Result<Taken, sqlx::Error> {
        let mode = self.server.mode(at).await?;
        match self.pool(at, mode).acquire().await {
            Ok(connection) => Ok(Taken {
                connection,
                mode,
                is_beginning: false,
                is_cautious: false,
            }),
            Err(error) => Err(self.why(at, error).await),
        }
    }

    /// A line in the log for what took long.
    fn tell_slow(&self, begun: Instant) {
        if begun.elapsed() > SLOW {
            // Its text would tell what people search for.
            let (purpose, seconds) = (self.purpose, begun.elapsed().as_secs_f64());
            tracing::warn!(purpose, seconds, "a statement was slow");
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
        let begin = AssertSqlSafe(mode.begin(&self.settings, false));
        let pool = self.pool(at, mode).clone();
        // It goes on when nobody waits any more: what has begun by then is rolled back, and nothing is left half begun.
        let begin = tokio::spawn(async move { pool.begin_with(begin).await });
        match tokio::time::timeout(ACQUIRE_TIMEOUT + BEGIN_TIMEOUT, begin).await {
            Ok(Ok(Ok(transaction))) => Ok(transaction),
            Ok(Ok(Err(error))) => Err(self.why(at, error).await),
            Ok(Err(_)) => Err(sqlx::Error::WorkerCrashed),
            Err(_) => Err(no_answer()),
        }
    }

    /// sqlx says of a closed port and of a busy pool alike that it waited in vain.
    async fn why(&self, at: usize, error: sqlx::Error) -> sqlx::Error {
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
        taken: &mut Taken,
        statement: Statement,
    ) -> Result<Vec<Outcome>, sqlx::Error> {
        let Some(begin) = taken.begin(&self.settings, Isolation::Statement) else {
            return statement.stream(&mut taken.connection).try_collect().await;
        };
        let mut transaction = taken.transaction(begin).await?;
        let rows = statement
            .unnamed()
            .stream(&mut transaction)
            .try_collect()
            .await?;
        transaction.commit().await?;
        Ok(rows)
    }
}

/// Nothing was done: the server, or the pooler before it, did not answer a `BEGIN`.
fn no_answer() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}

/// Several statements that read, and are tried once more together where that may help.
pub struct Reading<'p> {
    pool: &'p Pool,
    isolation: Isolation,
    attempts: Attempts,
    taken: Option<Taken>,
    begun: Instant,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.pool.0.tell_slow(self.begun);
    }
}

impl Reading<'_> {
    /// Begins a try.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn begin(&mut self) -> Result<Session<'_>, StoreError> {
        let taken = match self.taken.take() {
            Some(taken) => taken,
            None => self.pool.0.take().await?,
        };
        let taken = self.taken.insert(taken);
        let unnamed = taken.is_unnamed();
        let Some(begin) = taken.begin(&self.pool.0.settings, self.isolation) else {
            return Ok(Session::new(&mut taken.connection, unnamed));
        };
        let transaction = taken.transaction(begin).await?;
        Ok(Session::of_transaction(transaction, unnamed))
    }

    /// After a failure: prepares another try.
    ///
    /// # Errors
    /// The failure itself, when it counts.
    pub async fn recover(&mut self, error: StoreError) -> Result<(), StoreError> {
        match self.attempts.remedy_of(&error) {
            None => return Err(error),
            Some(Remedy::Again) => {}
            Some(Remedy::Reconnect) => {
                self.pool.0.server.has_lost_a_connection();
                self.taken = None;
            }
            Some(Remedy::Reprepare) => {
                if let Some(taken) = &mut self.taken {
                    taken.forget_statements().await?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&self.0.purpose).finish()
    }
}

/// One statement: it sees one state of the database, and is tried once more where that may help. Its rows are gathered
/// before they are handed on, for what was handed on cannot be taken back.
impl<'p> Executor<'p> for &'p Pool {
    type Database = Postgres;

    fn fetch_many<'e, 'q, E>(self, query: E) -> BoxStream<'e, Result<Outcome, sqlx::Error>>
    where
        'p: 'e,
        E: Execute<'q, Postgres>,
        'q: 'e,
        E: 'q,
    {
        let statement = Statement::take(query);
        stream::once(async move { self.run(statement?).await })
            .map_ok(|rows| stream::iter(rows).map(Ok))
            .try_flatten()
            .boxed()
    }

    fn fetch_optional<'e, 'q, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        'p: 'e,
        E: Execute<'q, Postgres>,
        'q: 'e,
        E: 'q,
    {
        let statement = Statement::take(query);
        async move {
            let rows = self.run(statement?).await?;
            Ok(rows.into_iter().find_map(Either::right))
        }
        .boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        async move {
            let mut taken = self.0.take().await?;
            let connection: &mut PgConnection = &mut taken.connection;
            connection.prepare_with(sql, parameters).await
        }
        .boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        'p: 'e,
    {
        async move {
            let mut taken = self.0.take().await?;
            let connection: &mut PgConnection = &mut taken.connection;
            connection.describe(sql).await
        }
        .boxed()
    }
}
