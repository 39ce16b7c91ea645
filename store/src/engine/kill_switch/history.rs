//! The history of stops: read once, and again when there are other rows than before.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::episode::{EVENT_TYPES, History, KillSwitchEvent, derive};
use domain::event::Event;
use sqlx::postgres::PgConnection;
use sqlx::{Acquire as _, AssertSqlSafe};

use crate::StoreError;
use crate::engine::events::{FROM, ROW, read_event};

/// E-mails may change without a row more: what is known is read again after this long.
const FRESH: Duration = Duration::from_secs(30);

/// The history as it was derived last, with the number of rows that it was derived from. The engine only
/// ever adds events, so the same number means the same rows; it is counted in the index of event types.
#[derive(Default)]
pub struct HistoryCache(Mutex<Option<Known>>);

#[derive(Clone)]
struct Known {
    rows: i64,
    read: Instant,
    history: Arc<History>,
}

fn types() -> String {
    let types: Vec<String> = EVENT_TYPES.iter().map(|name| format!("'{name}'")).collect();
    types.join(", ")
}

/// Every episode and stray event that `connection` sees.
pub async fn history(
    connection: &mut PgConnection,
    cache: &HistoryCache,
) -> Result<Arc<History>, StoreError> {
    let text = format!(
        "SELECT count(*) FROM public.audit_log WHERE event_type IN ({})",
        types()
    );
    let rows: i64 = sqlx::query_scalar(AssertSqlSafe(text))
        .fetch_one(connection.acquire().await?)
        .await?;
    let known = lock(cache).clone();
    if let Some(known) = known.filter(|known| known.rows == rows && known.read.elapsed() < FRESH) {
        return Ok(known.history);
    }
    let history = Arc::new(read(connection).await?);
    *lock(cache) = Some(Known {
        rows,
        read: Instant::now(),
        history: history.clone(),
    });
    Ok(history)
}

/// A panic elsewhere leaves a whole value behind: it is replaced in one piece.
fn lock(cache: &HistoryCache) -> std::sync::MutexGuard<'_, Option<Known>> {
    cache.0.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read(connection: &mut PgConnection) -> Result<History, StoreError> {
    let text = format!(
        "SELECT {ROW}{FROM} AND e.event_type IN ({}) ORDER BY e.\"timestamp\", e.id",
        types()
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .fetch_all(connection.acquire().await?)
        .await?;
    let events: Vec<Event> = rows.iter().map(read_event).collect::<Result<_, _>>()?;
    Ok(derive(events.into_iter().filter_map(KillSwitchEvent::read)))
}
