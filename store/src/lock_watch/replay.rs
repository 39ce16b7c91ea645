//! The replay of a replica that an export holds up.
//!
//! PostgreSQL cancels a statement that stands in the way of the replay after `max_standby_streaming_delay`. A session that
//! waits for its client to read does not see that it was cancelled, though (`ProcessClientWriteInterrupt` heeds termination
//! alone), so an export that nobody reads would hold the replay up for as long as it lives.

use std::time::Duration;

use sqlx::Row as _;
use tokio::time::Instant;

use crate::StoreError;
use crate::db::Pool;
use crate::statements::statements;

statements! {
    /// Where the replay stands while there is more to replay, and how many milliseconds it waits for statements. The place is
    /// NULL on a primary, and where the replay stands still for another reason: it is paused, or delayed on purpose, or waits
    /// for statements without a limit.
    STANDS_AT = "SELECT CASE WHEN NOT pg_is_in_recovery() THEN NULL \
            WHEN pg_is_wal_replay_paused() OR delay.standby < 0 OR delay.apply > 0 THEN NULL \
            WHEN pg_last_wal_replay_lsn() < pg_last_wal_receive_lsn() THEN pg_last_wal_replay_lsn()::text END, \
            delay.standby \
        FROM (SELECT max(setting::bigint) FILTER (WHERE name = 'max_standby_streaming_delay') AS standby, \
                max(setting::bigint) FILTER (WHERE name = 'recovery_min_apply_delay') AS apply \
            FROM pg_catalog.pg_settings) AS delay";
}

/// What PostgreSQL cancelled itself has ended after this long.
const GRACE: Duration = Duration::from_secs(1);

/// A replay that did not go on from one look to the next.
#[derive(Debug)]
pub struct Standstill {
    lsn: String,
    since: Instant,
}

/// Looks whether the replay stands still where it stood at the last look, and returns since when it has been held up:
/// nothing while it goes on, and until PostgreSQL's own means have had their time.
///
/// # Errors
/// When the database is away.
pub async fn held_up(
    pool: &Pool,
    last: &mut Option<Standstill>,
) -> Result<Option<Instant>, StoreError> {
    let row = sqlx::query(STANDS_AT).fetch_one(pool).await?;
    let (lsn, delay): (Option<String>, Option<i64>) = (row.try_get(0)?, row.try_get(1)?);
    let Some(lsn) = lsn else {
        *last = None;
        return Ok(None);
    };
    let since = match last {
        Some(standstill) if standstill.lsn == lsn => standstill.since,
        _ => Instant::now(),
    };
    *last = Some(Standstill { lsn, since });
    let delay = Duration::from_millis(delay.and_then(|ms| ms.try_into().ok()).unwrap_or(0));
    Ok((since.elapsed() >= delay + GRACE).then_some(since))
}
