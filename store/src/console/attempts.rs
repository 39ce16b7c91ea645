//! Log-in attempts: recorded, and throttled per account and per address block.
//!
//! An attempt inserts its row before it counts the others, and counts as a failure until it ends. Attempts that arrive
//! at the same time, at one instance or at several, therefore cannot exceed the limits together.

use sqlx::Row as _;

use super::ConsoleDb;
use crate::StoreError;
use crate::statements::statements;

statements! {
    INSERT_UNDER_WAY = "WITH over AS (DELETE FROM audit_console.login_under_way \
          WHERE begun_at < now() - make_interval(secs => $3)) \
        INSERT INTO audit_console.login_under_way (email, address_block) \
        VALUES (lower($1), $2) RETURNING id";

    COUNT_FAILURES = "WITH failure AS ( \
          SELECT lower(email) AS email, coalesce(address_block, address) AS block \
          FROM audit_console.login_attempt \
          WHERE (lower(email) = lower($1) OR coalesce(address_block, address) = $2) \
            AND NOT succeeded AND attempted_at > now() - make_interval(mins => $3) \
          UNION ALL \
          SELECT email, address_block FROM audit_console.login_under_way \
          WHERE id <> $4 AND begun_at > now() - make_interval(secs => $5)) \
        SELECT count(*) FILTER (WHERE email = lower($1) AND block = $2), \
          count(*) FILTER (WHERE email = lower($1)), \
          count(*) FILTER (WHERE block = $2) \
        FROM failure";

    DELETE_UNDER_WAY = "DELETE FROM audit_console.login_under_way WHERE id = $1";

    INSERT_ATTEMPT = "WITH ended AS (DELETE FROM audit_console.login_under_way WHERE id = $1) \
        INSERT INTO audit_console.login_attempt (email, address, address_block, succeeded) \
        VALUES ($2, $3, $4, $5)";

    KNOWN_ORIGINS = "SELECT lower(email), coalesce(address_block, address) FROM audit_console.login_attempt \
        WHERE succeeded AND attempted_at > now() - make_interval(days => $1) \
        GROUP BY 1, 2 ORDER BY max(attempted_at) DESC LIMIT $2";
}

/// Length of the window in which failures count, in minutes.
pub const WINDOW_MINUTES: i32 = 15;
/// Failures for one account from one address block after which further attempts are refused.
pub const MOST_PER_ACCOUNT_AND_BLOCK: i64 = 10;
/// Failures for one account from all addresses after which attempts from unknown address blocks are refused.
pub const MOST_PER_ACCOUNT: i64 = 50;
/// Failures from one address block for all accounts after which attempts from it are refused, except for accounts that
/// are known there.
pub const MOST_PER_BLOCK: i64 = 200;
/// A successful log-in makes an address block known to the account for this many days.
const KNOWN_DAYS: i32 = 90;
/// Limit on known pairs of account and address block; the most recent ones are kept.
const MAX_KNOWN: i64 = 20_000;
/// An attempt that was not ended counts as under way for this many seconds.
const MAX_ATTEMPT_SECONDS: i32 = 60;

/// The account and address of a log-in attempt.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The account's e-mail, as it was typed.
    pub email: &'a str,
    /// The full IP address, for the record.
    pub address: &'a str,
    /// The address block that limits apply to: an IPv4 address, or the /64 of an IPv6 address.
    pub block: &'a str,
    /// Whether this account has logged in from this block before. If so, only failures of this account from this block
    /// count.
    pub is_known: bool,
}

/// An attempt that is under way. The caller must end it with [`ConsoleDb::end_login`].
#[derive(Debug)]
pub struct UnderWay(i64);

/// Whether another attempt is allowed, given the numbers of other recent failures.
const fn may_try(is_known: bool, account_and_block: i64, account: i64, block: i64) -> bool {
    account_and_block < MOST_PER_ACCOUNT_AND_BLOCK
        && (is_known || (account < MOST_PER_ACCOUNT && block < MOST_PER_BLOCK))
}

impl ConsoleDb {
    /// Begins an attempt. Returns `None` when a limit is reached; failures expire after [`WINDOW_MINUTES`].
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn begin_login(&self, origin: &Origin<'_>) -> Result<Option<UnderWay>, StoreError> {
        let id: i64 = sqlx::query_scalar(INSERT_UNDER_WAY)
            .bind(origin.email)
            .bind(origin.block)
            .bind(MAX_ATTEMPT_SECONDS)
            .fetch_one(self.essential())
            .await?;
        // The insert above must come first: concurrent attempts count it.
        let row = sqlx::query(COUNT_FAILURES)
            .bind(origin.email)
            .bind(origin.block)
            .bind(WINDOW_MINUTES)
            .bind(id)
            .bind(MAX_ATTEMPT_SECONDS)
            .fetch_one(self.essential())
            .await?;
        let (both, account, block) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        if may_try(origin.is_known, both, account, block) {
            return Ok(Some(UnderWay(id)));
        }
        sqlx::query(DELETE_UNDER_WAY)
            .bind(id)
            .execute(self.essential())
            .await?;
        Ok(None)
    }

    /// Ends an attempt and records its outcome.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn end_login(
        &self,
        under_way: UnderWay,
        origin: &Origin<'_>,
        succeeded: bool,
    ) -> Result<(), StoreError> {
        self.may_record()?;
        sqlx::query(INSERT_ATTEMPT)
            .bind(under_way.0)
            .bind(origin.email)
            .bind(origin.address)
            .bind(origin.block)
            .bind(succeeded)
            .execute(self.essential())
            .await?;
        Ok(())
    }

    /// Lists the known origins of the last 90 days: the account's e-mail in lower case, and the address block.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn list_known_origins(&self) -> Result<Vec<(String, String)>, StoreError> {
        let rows = sqlx::query(KNOWN_ORIGINS)
            .bind(KNOWN_DAYS)
            .bind(MAX_KNOWN)
            .fetch_all(self.essential())
            .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_from_elsewhere_do_not_lock_out_a_known_origin() {
        assert!(may_try(false, 9, 49, 199));
        assert!(!may_try(false, 10, 10, 10));
        assert!(!may_try(false, 0, 50, 0));
        assert!(!may_try(false, 0, 0, 200));
        assert!(may_try(true, 9, 5_000, 5_000));
        assert!(!may_try(true, 10, 10, 10));
    }
}
