//! How connections are opened.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::StoreError;

/// A request waits this long for a connection; then the database counts as away. With the rest of a
/// request it stays below the three seconds that a 503 may take.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection that was used within this time is taken to be whole; an older one is asked first, which costs a
/// whole round trip.
const SURELY_WHOLE: Duration = Duration::from_secs(1);

/// Reads a `postgres://` URL.
///
/// # Errors
/// When it cannot be read; the message does not repeat it, since it may hold a password.
pub fn parse_url(url: &str) -> Result<PgConnectOptions, StoreError> {
    PgConnectOptions::from_str(url)
        .map_err(|_| {
            StoreError::Refused(
                "the database URL cannot be read; it takes postgres://user:password@host:port/name"
                    .to_owned(),
            )
        })
        .map(|options| options.application_name("audit-console"))
}

/// A pool that connects when it is first used, so that a database that is away stops nobody from
/// starting.
pub fn lazy_pool(options: PgConnectOptions, connections: u32) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move {
                if used.idle_for >= SURELY_WHOLE {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options)
}
