//! The engine's Redis: three keys, read only, and never longer than a page can wait.

use std::time::{Duration, Instant};

use domain::live::RedisState;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client};
use tokio::sync::Mutex;

use crate::config::ConfigError;

/// A page waits this long at the most.
const PATIENCE: Duration = Duration::from_millis(250);
/// After a failure nobody waits again for this long.
const PAUSE: Duration = Duration::from_secs(1);

/// The engine's Redis, or none.
pub struct Redis {
    client: Option<Client>,
    connection: Mutex<Connection>,
}

#[derive(Default)]
struct Connection {
    open: Option<MultiplexedConnection>,
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
        Ok(Self {
            client,
            connection: Mutex::default(),
        })
    }

    /// What Redis says now, or that it does not say.
    pub async fn state(&self) -> RedisState {
        let Some(client) = &self.client else {
            return RedisState::NotConfigured;
        };
        match tokio::time::timeout(PATIENCE, self.read(client)).await {
            Ok(Some(state)) => state,
            Ok(None) => RedisState::NotReachable,
            Err(_) => {
                // Whoever holds the lock has run into the same silence.
                if let Ok(mut connection) = self.connection.try_lock() {
                    connection.fail();
                }
                RedisState::NotReachable
            }
        }
    }

    async fn read(&self, client: &Client) -> Option<RedisState> {
        let mut open = self.connect(client).await?;
        let read: Result<(Option<String>, Option<String>, Option<String>), _> = redis::cmd("MGET")
            .arg(&[
                "omc:emergency_stop",
                "omc:market_status",
                "omc:initial_equity",
            ])
            .query_async(&mut open)
            .await;
        match read {
            Ok((emergency_stop, market_status, initial_equity)) => Some(RedisState::Known {
                emergency_stop: emergency_stop.as_deref() == Some("true"),
                volatile: market_status.as_deref() == Some("volatile"),
                initial_equity,
            }),
            Err(error) => {
                tracing::warn!(%error, "Redis did not answer");
                self.connection.lock().await.fail();
                None
            }
        }
    }

    async fn connect(&self, client: &Client) -> Option<MultiplexedConnection> {
        let mut connection = self.connection.lock().await;
        if connection.failed_at.is_some_and(|at| at.elapsed() < PAUSE) {
            return None;
        }
        if let Some(open) = &connection.open {
            return Some(open.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        match client
            .get_multiplexed_async_connection_with_config(&config)
            .await
        {
            Ok(open) => {
                connection.open = Some(open.clone());
                Some(open)
            }
            Err(error) => {
                tracing::warn!(%error, "Redis is not reachable");
                connection.fail();
                None
            }
        }
    }
}

impl Connection {
    fn fail(&mut self) {
        self.open = None;
        self.failed_at = Some(Instant::now());
    }
}
