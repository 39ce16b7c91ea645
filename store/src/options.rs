//! How connections are opened.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::StoreError;

/// A request waits this long for a connection; then the database counts as away. With the rest of a
/// request it stays below the three seconds that a 503 may take.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

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
        .connect_lazy_with(options)
}
