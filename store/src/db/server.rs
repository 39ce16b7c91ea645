//! The PostgreSQL hosts of one URL, and what is known of each: whether a pooler is in front of it, and which host is in
//! use.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};
use tokio::sync::Mutex;

use super::session::Session;
use super::settings::{Access, Settings};
use super::url::{self, Host, Target};
use crate::StoreError;
use crate::sql::Sql;
use crate::statements::statements;

statements! {
    IS_STANDBY = "SELECT pg_catalog.pg_is_in_recovery()::text";
}

/// Timeout of connecting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Timeout of the diagnosis of an unavailable connection.
const DIAGNOSIS_TIMEOUT: Duration = Duration::from_millis(400);
/// Failures within this time share one diagnosis.
const DIAGNOSIS_AGE: Duration = Duration::from_secs(1);

/// How settings are applied to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// In the start-up packet, with named prepared statements.
    Direct = 1,
    /// Through a pooler: with `SET LOCAL` in every transaction, and unnamed statements.
    Pooled = 2,
}

impl Mode {
    /// `BEGIN` of a transaction with these settings; REPEATABLE READ when `snapshot` is true.
    pub fn begin(self, settings: &Settings, snapshot: bool) -> Sql {
        match self {
            Self::Direct => settings.begin(snapshot),
            Self::Pooled => settings.begin_with_all(snapshot),
        }
    }
}

/// The hosts of one URL.
pub struct Server {
    hosts: Vec<Known>,
    target: Target,
    /// Index of the host that answered last.
    active: AtomicUsize,
    /// When a lost connection was last noticed.
    lost: std::sync::Mutex<Option<Instant>>,
    diagnosis: Mutex<Option<(Instant, String)>>,
}

struct Known {
    name: String,
    options: PgConnectOptions,
    /// A [`Mode`]; 0 while unknown.
    mode: AtomicU8,
    probing: Mutex<()>,
}

impl Server {
    /// The hosts of a URL. Does not connect yet.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let parsed = url::parse(url)?;
        let known = |Host { name, options }: Host| Known {
            name,
            // sqlx would log whole statements, with the search terms in them.
            options: options.disable_statement_logging(),
            mode: AtomicU8::new(0),
            probing: Mutex::default(),
        };
        Ok(Self {
            hosts: parsed.hosts.into_iter().map(known).collect(),
            target: parsed.target,
            active: AtomicUsize::new(0),
            lost: std::sync::Mutex::default(),
            diagnosis: Mutex::default(),
        })
    }

    /// Number of hosts in the URL.
    pub fn count(&self) -> usize {
        self.hosts.len()
    }

    /// Host indexes in the order in which to try them, beginning with the one that answered last.
    pub fn in_turn(&self) -> impl Iterator<Item = usize> + use<> {
        let (first, count) = (self.active.load(Ordering::Relaxed), self.hosts.len());
        (0..count).map(move |offset| (first + offset) % count)
    }

    /// Notes that this host answered.
    pub fn answers(&self, at: usize) {
        self.active.store(at, Ordering::Relaxed);
    }

    /// Notes that a connection was lost.
    pub fn mark_connections_doubtful(&self) {
        *self.lost.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection that was idle for this long may be lost: it was last used before the latest known loss.
    pub fn may_be_lost(&self, idle_for: Duration) -> bool {
        let lost = *self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        lost.is_some_and(|at| at.elapsed() <= idle_for)
    }

    /// Connection options of a host for sessions with these settings.
    pub fn options(&self, at: usize, mode: Mode, settings: &Settings) -> PgConnectOptions {
        let options = self.hosts[at].options.clone();
        match mode {
            Mode::Direct => settings.in_startup(options),
            Mode::Pooled => options.extra_float_digits(None),
        }
    }

    /// The host's [`Mode`]. The first call connects and reads the settings back.
    pub async fn mode(&self, at: usize) -> Result<Mode, sqlx::Error> {
        let host = &self.hosts[at];
        if let Some(mode) = host.mode() {
            return Ok(mode);
        }
        let _turn = host.probing.lock().await;
        if let Some(mode) = host.mode() {
            return Ok(mode);
        }
        let mode = tokio::time::timeout(CONNECT_TIMEOUT, self.probe(at))
            .await
            .map_err(|_| self.unreachable(at, "it does not answer"))?
            .map_err(|error| self.with_name(at, error))?;
        if mode == Mode::Pooled {
            tracing::info!(
                host = host.name,
                "settings of a start-up packet do not arrive: a pooler; they are made in every transaction"
            );
        }
        host.mode.store(mode as u8, Ordering::Relaxed);
        Ok(mode)
    }

    async fn probe(&self, at: usize) -> Result<Mode, sqlx::Error> {
        // A value that is nobody's default.
        let settings = Settings::new(Access::ReadOnly).with("statement_timeout", "61213");
        let direct = self.options(at, Mode::Direct, &settings);
        let (mut connection, mode) = match PgConnection::connect_with(&direct).await {
            Ok(mut connection) => {
                let mode = if settings.are_in_force(&mut connection).await? {
                    Mode::Direct
                } else {
                    Mode::Pooled
                };
                (connection, mode)
            }
            // PgBouncer: "unsupported startup parameter".
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("08P01") => {
                let pooled = self.options(at, Mode::Pooled, &settings);
                (PgConnection::connect_with(&pooled).await?, Mode::Pooled)
            }
            Err(error) => return Err(error),
        };
        self.check_target(&mut connection).await?;
        connection.close().await?;
        Ok(mode)
    }

    /// Checks a new connection before use. If its settings did not arrive, the host is marked as pooled and the
    /// connection is refused.
    pub async fn check_new(
        &self,
        at: usize,
        connection: &mut PgConnection,
        settings: &Settings,
    ) -> Result<(), sqlx::Error> {
        if settings.are_in_force(connection).await? {
            return self.check_target(connection).await;
        }
        self.hosts[at]
            .mode
            .store(Mode::Pooled as u8, Ordering::Relaxed);
        Err(sqlx::Error::Configuration(
            "settings of the start-up packet do not arrive any more: a pooler".into(),
        ))
    }

    async fn check_target(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.target == Target::Any {
            return Ok(());
        }
        let row = connection.fetch_one(sqlx::raw_sql(IS_STANDBY)).await?;
        let is_standby = row.try_get::<&str, _>(0)? == "true";
        if is_standby == (self.target == Target::Standby) {
            return Ok(());
        }
        let wanted = if is_standby { "primary" } else { "standby" };
        Err(sqlx::Error::Io(std::io::Error::other(format!(
            "the server is no {wanted}, and target_session_attrs asks for one"
        ))))
    }

    /// Opens a connection outside every pool, with these settings. Through a pooler, they apply after
    /// [`OwnConnection::begin`].
    ///
    /// # Errors
    /// When no host answers.
    pub async fn connect(&self, settings: &Settings) -> Result<OwnConnection, sqlx::Error> {
        let mut failed = sqlx::Error::PoolClosed;
        for at in self.in_turn() {
            let connect = async {
                let mode = self.mode(at).await?;
                let options = self.options(at, mode, settings);
                let mut connection = PgConnection::connect_with(&options)
                    .await
                    .map_err(|error| self.with_name(at, error))?;
                if mode == Mode::Direct {
                    self.check_new(at, &mut connection, settings).await?;
                }
                Ok(OwnConnection {
                    connection,
                    mode,
                    settings: settings.clone(),
                })
            };
            failed = match tokio::time::timeout(CONNECT_TIMEOUT, connect).await {
                Ok(Ok(connection)) => {
                    self.answers(at);
                    return Ok(connection);
                }
                Ok(Err(error)) => error,
                Err(_) => self.unreachable(at, "it does not answer"),
            };
        }
        Err(failed)
    }

    /// Opens a connection to PostgreSQL without a pooler, for work that needs a session of its own: migrations, whose
    /// lock and settings outlast a transaction.
    ///
    /// # Errors
    /// When no host answers, or a pooler is in front of it.
    pub async fn connect_directly(&self, settings: &Settings) -> Result<PgConnection, StoreError> {
        let own = self.connect(settings).await?;
        match own.mode {
            Mode::Direct => Ok(own.connection),
            Mode::Pooled => Err(StoreError::Refused(
                "a pooler stands between, which does not keep a session's settings: migrations need the URL of \
                 PostgreSQL itself (CONSOLE_OWNER_DATABASE_URL)"
                    .to_owned(),
            )),
        }
    }

    /// Finds out why this host's pool gave no connection.
    pub async fn diagnose(&self, at: usize, purpose: &str) -> sqlx::Error {
        let mut last = self.diagnosis.lock().await;
        let known = last
            .as_ref()
            .filter(|(when, _)| when.elapsed() < DIAGNOSIS_AGE);
        let cause = if let Some((_, cause)) = known {
            cause.clone()
        } else {
            let options = &self.hosts[at].options.clone().extra_float_digits(None);
            let connect = PgConnection::connect_with(options);
            let cause = match tokio::time::timeout(DIAGNOSIS_TIMEOUT, connect).await {
                Ok(Ok(connection)) => {
                    // Dropped rather than closed: closing would take time.
                    drop(connection);
                    format!("every connection for {purpose} is in use")
                }
                Ok(Err(error)) => error.to_string(),
                Err(_) => "it does not answer".to_owned(),
            };
            *last = Some((Instant::now(), cause.clone()));
            cause
        };
        self.unreachable(at, &cause)
    }

    fn unreachable(&self, at: usize, cause: &str) -> sqlx::Error {
        let message = format!("{}: {cause}", self.hosts[at].name);
        sqlx::Error::Io(std::io::Error::other(message))
    }

    /// Adds the host's name to a failure to connect. Messages of the server itself are unchanged.
    fn with_name(&self, at: usize, error: sqlx::Error) -> sqlx::Error {
        match error {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => {
                self.unreachable(at, &error.to_string())
            }
            error => error,
        }
    }
}

impl Known {
    fn mode(&self) -> Option<Mode> {
        match self.mode.load(Ordering::Relaxed) {
            1 => Some(Mode::Direct),
            2 => Some(Mode::Pooled),
            _ => None,
        }
    }
}

/// A connection outside every pool. Dropping it closes it.
pub struct OwnConnection {
    connection: PgConnection,
    mode: Mode,
    settings: Settings,
}

impl OwnConnection {
    /// Begins a transaction that lasts as long as the connection; REPEATABLE READ when `snapshot` is true. Returns the
    /// backend's process id, as in `pg_locks`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(&mut self, snapshot: bool) -> Result<i32, sqlx::Error> {
        let mut sql = self.mode.begin(&self.settings, snapshot);
        sql.push("; SELECT pg_catalog.pg_backend_pid()::text");
        let begin = self.connection.fetch_one(sqlx::raw_sql(sql));
        // A pooler without a free server would let the client wait.
        let answer = tokio::time::timeout(CONNECT_TIMEOUT, begin).await;
        let row = answer.map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
        let pid: &str = row.try_get(0)?;
        pid.parse()
            .map_err(|_| sqlx::Error::Decode("pg_backend_pid() is no number".into()))
    }

    /// A session that runs statements on this connection.
    pub fn session(&mut self) -> Session<'_> {
        Session::new(&mut self.connection, self.mode == Mode::Pooled)
    }

    /// Closes the connection.
    ///
    /// # Errors
    /// When the connection is gone.
    pub async fn close(self) -> Result<(), sqlx::Error> {
        self.connection.close().await
    }
}
