//! The history of stops: read once, and again when there are other rows than before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::episode::{EVENT_TYPES, History, KillSwitchEvent, derive};
use domain::event::Event;
use sqlx::AssertSqlSafe;

use crate::StoreError;
use crate::db::Session;
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

/// A select of the number of kill-switch events.
pub fn number_of_rows() -> String {
    format!(
        "SELECT count(*) FROM public.audit_log WHERE event_type IN ({})",
        types()
    )
}

/// Every episode and stray event that `connection` sees.
pub async fn history(
    session: &mut Session<'_>,
    cache: &HistoryCache,
) -> Result<Arc<History>, StoreError> {
    let rows: i64 = sqlx::query_scalar(AssertSqlSafe(number_of_rows()))
        .fetch_one(&mut *session)
        .await?;
    history_of(session, cache, rows).await
}

/// As [`history`], where the number of kill-switch events is known already.
pub async fn history_of(
    session: &mut Session<'_>,
    cache: &HistoryCache,
    rows: i64,
) -> Result<Arc<History>, StoreError> {
    let known = cache.lock().clone();
    if let Some(known) = known.filter(|known| known.rows == rows && known.read.elapsed() < FRESH) {
        return Ok(known.history);
    }
    let (rows, history) = read(session).await?;
    let history = Arc::new(history);
    *cache.lock() = Some(Known {
        rows,
        read: Instant::now(),
        history: history.clone(),
    });
    Ok(history)
}

impl HistoryCache {
    /// A panic elsewhere leaves a whole value behind: it is replaced in one piece.
    fn lock(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The history, and from how many rows it was derived.
async fn read(session: &mut Session<'_>) -> Result<(i64, History), StoreError> {
    let text = format!(
        "SELECT {ROW}{FROM} AND e.event_type IN ({}) ORDER BY e.\"timestamp\", e.id",
        types()
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .fetch_all(&mut *session)
        .await?;
    let events: Vec<Event> = rows.iter().map(read_event).collect::<Result<_, _>>()?;
    let number = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let history = derive(events.into_iter().filter_map(KillSwitchEvent::read));
    Ok((number, history))
}
