//! The engine's Redis: three keys, read only, with a time limit.
//!
//! The limit is long for a Redis that answered before, or was not asked yet, and short for one that failed. A connection
//! is opened in the background, also when the page that needs it has stopped waiting.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::live::RedisState;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError};
use tokio::sync::watch;

use crate::config::ConfigError;

/// A page waits this long for a Redis that answered before, or that has not been asked yet.
const PATIENCE: Duration = Duration::from_secs(1);
/// A page waits this long for a Redis that failed before.
const PATIENCE_AFTER_FAILURE: Duration = Duration::from_millis(250);
/// After a failure pages do not wait at all for this long.
const PAUSE: Duration = Duration::from_secs(1);
/// Time limit of connecting, and of an answer on a connection; pages wait for less.
const LIMIT: Duration = Duration::from_secs(5);

/// The engine's Redis, or none.
pub struct Redis(Option<Arc<Link>>);

/// The connection to the engine's Redis.
struct Link {
    client: Client,
    connection: Mutex<Connection>,
    /// Counts the attempts to connect that have ended.
    tried: watch::Sender<u64>,
}

#[derive(Default)]
struct Connection {
    open: Option<MultiplexedConnection>,
    is_connecting: bool,
    failed_at: Option<Instant>,
}

impl Redis {
    /// Prepares to read the Redis at `url`; connects when it is first asked.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: Option<&str>) -> Result<Self, ConfigError> {
        let client = url.map(Client::open).transpose().map_err(|_| {
            ConfigError(
                "the Redis URL cannot be read; it takes redis://:password@host:port/number"
                    .to_owned(),
            )
        })?;
        Ok(Self(client.map(|client| {
            Arc::new(Link {
                client,
                connection: Mutex::default(),
                tried: watch::Sender::new(0),
            })
        })))
    }

    /// The keys as they are now, or why they are not known.
    pub async fn state(&self) -> RedisState {
        let Some(link) = &self.0 else {
            return RedisState::NotConfigured;
        };
        let patience = match link.lock().failed_at {
            None => PATIENCE,
            Some(at) if at.elapsed() < PAUSE => return RedisState::NotReachable,
            Some(_) => PATIENCE_AFTER_FAILURE,
        };
        match tokio::time::timeout(patience, link.read()).await {
            Ok(Some(state)) => state,
            Ok(None) => RedisState::NotReachable,
            Err(_) => {
                tracing::warn!(?patience, "Redis did not answer in time");
                link.fail();
                RedisState::NotReachable
            }
        }
    }
}

impl Link {
    async fn read(self: &Arc<Self>) -> Option<RedisState> {
        // A connection that was closed since it was last used is replaced once.
        for _ in 0..2 {
            let open = self.connection().await?;
            match read(open).await {
                Ok(state) => {
                    self.lock().failed_at = None;
                    return Some(state);
                }
                Err(error) => {
                    tracing::warn!(%error, "Redis did not answer");
                    self.lock().open = None;
                }
            }
        }
        self.fail();
        None
    }

    /// The open connection, or the one that is being opened; `None` when that fails.
    async fn connection(self: &Arc<Self>) -> Option<MultiplexedConnection> {
        let mut tried = self.tried.subscribe();
        {
            let mut now = self.lock();
            if let Some(open) = &now.open {
                return Some(open.clone());
            }
            if !now.is_connecting {
                now.is_connecting = true;
                // Connecting goes on when nobody waits any more.
                tokio::spawn(Arc::clone(self).connect());
            }
        }
        tried.changed().await.ok()?;
        self.lock().open.clone()
    }

    async fn connect(self: Arc<Self>) {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(LIMIT))
            .set_response_timeout(Some(LIMIT));
        let opened = self
            .client
            .get_multiplexed_async_connection_with_config(&config)
            .await;
        {
            let mut now = self.lock();
            now.is_connecting = false;
            match opened {
                Ok(open) => now.open = Some(open),
                Err(error) => {
                    tracing::warn!(%error, "Redis is not reachable");
                    now.failed_at = Some(Instant::now());
                }
            }
        }
        self.tried.send_modify(|tried| *tried += 1);
    }

    /// Begins the pause. An open connection is kept: a late answer arrives on it.
    fn fail(&self) {
        self.lock().failed_at = Some(Instant::now());
    }

    /// No code panics while it holds the lock.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(mut open: MultiplexedConnection) -> Result<RedisState, RedisError> {
    let (emergency_stop, market_status, initial_equity): (
        Option<String>,
        Option<String>,
        Option<String>,
    ) = redis::cmd("MGET")
        .arg(&[
            "omc:emergency_stop",
            "omc:market_status",
            "omc:initial_equity",
        ])
        .query_async(&mut open)
        .await?;
    Ok(RedisState::Known {
        emergency_stop: emergency_stop.as_deref() == Some("true"),
        volatile: market_status.as_deref() == Some("volatile"),
        initial_equity,
    })
}
