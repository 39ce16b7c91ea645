//! Log-in attempts: recorded, and throttled per account and per address.

use sqlx::Row as _;

use super::ConsoleDb;
use crate::StoreError;

/// Failures count for this many minutes.
pub const WINDOW_MINUTES: i32 = 15;
/// Failures for one account from one address, after which it must wait.
pub const MOST_PER_ACCOUNT_AND_ADDRESS: i64 = 10;
/// Failures for one account from anywhere.
pub const MOST_PER_ACCOUNT: i64 = 50;
/// Failures from one address for any account.
pub const MOST_PER_ADDRESS: i64 = 200;

/// Whether another attempt may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Throttle {
    /// It may.
    Free,
    /// Not before [`WINDOW_MINUTES`] are over.
    Wait,
}

/// What the numbers of recent failures amount to.
const fn throttle_of(account_and_address: i64, account: i64, address: i64) -> Throttle {
    if account_and_address >= MOST_PER_ACCOUNT_AND_ADDRESS
        || account >= MOST_PER_ACCOUNT
        || address >= MOST_PER_ADDRESS
    {
        Throttle::Wait
    } else {
        Throttle::Free
    }
}

impl ConsoleDb {
    /// Whether somebody may try to log in as `email` from `address`.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn login_throttle(&self, email: &str, address: &str) -> Result<Throttle, StoreError> {
        let row = sqlx::query(
            "SELECT \
               count(*) FILTER (WHERE lower(email) = lower($1) AND address = $2), \
               count(*) FILTER (WHERE lower(email) = lower($1)), \
               count(*) FILTER (WHERE address = $2) \
             FROM audit_console.login_attempt \
             WHERE (lower(email) = lower($1) OR address = $2) AND NOT succeeded \
               AND attempted_at > now() - make_interval(mins => $3)",
        )
        .bind(email)
        .bind(address)
        .bind(WINDOW_MINUTES)
        .fetch_one(self.essential())
        .await?;
        Ok(throttle_of(
            row.try_get(0)?,
            row.try_get(1)?,
            row.try_get(2)?,
        ))
    }

    /// Records an attempt.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn record_login_attempt(
        &self,
        email: &str,
        address: &str,
        succeeded: bool,
    ) -> Result<(), StoreError> {
        self.may_record()?;
        sqlx::query(
            "INSERT INTO audit_console.login_attempt (email, address, succeeded) \
             VALUES ($1, $2, $3)",
        )
        .bind(email)
        .bind(address)
        .bind(succeeded)
        .execute(self.essential())
        .await?;
        Ok(())
    }
}
