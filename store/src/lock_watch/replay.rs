//! Detects whether an export delays the replay of a replica.
//!
//! PostgreSQL cancels a statement that conflicts with replay after `max_standby_streaming_delay`. A session that waits
//! for its client to read does not notice the cancellation (`ProcessClientWriteInterrupt` reacts to termination only),
//! so an export that nobody reads would delay replay for as long as it lives.

use std::time::Duration;

use sqlx::Row as _;
use tokio::time::Instant;

use crate::StoreError;
use crate::db::Pool;
use crate::statements::statements;

statements! {
    /// Position of the replay while there is more to replay, and the milliseconds that it waits for statements. The
    /// position is NULL on a primary, and when the replay stands still for another reason: it is paused, delayed by
    /// configuration, or waits for statements without limit.
    STANDS_AT = "SELECT CASE WHEN NOT pg_is_in_recovery() THEN NULL \
            WHEN pg_is_wal_replay_paused() OR delay.standby < 0 OR delay.apply > 0 THEN NULL \
            WHEN pg_last_wal_replay_lsn() < pg_last_wal_receive_lsn() THEN pg_last_wal_replay_lsn()::text END, \
            delay.standby \
        FROM (SELECT max(setting::bigint) FILTER (WHERE name = 'max_standby_streaming_delay') AS standby, \
                max(setting::bigint) FILTER (WHERE name = 'recovery_min_apply_delay') AS apply \
            FROM pg_catalog.pg_settings) AS delay";
}

/// Time for statements that PostgreSQL cancelled itself to end.
const GRACE: Duration = Duration::from_secs(1);

/// A position of the replay, and since when it has not changed.
#[derive(Debug)]
pub struct Standstill {
    lsn: String,
    since: Instant,
}

/// Returns since when the replay has been at its present position. `None` while it advances, and during PostgreSQL's
/// own delay plus [`GRACE`].
///
/// # Errors
/// When the database is unreachable.
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
