//! The history of stops: read once, and again when there are other rows than before.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::episode::{EVENT_TYPES, History, KillSwitchEvent, derive};
use domain::event::Event;
use sqlx::Row as _;

use crate::StoreError;
use crate::db::Session;
use crate::engine::events::{SELECT, read_event};
use crate::sql::{Sql, sql};

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

/// The types of kill-switch events, as literals.
fn types() -> Sql {
    let types = EVENT_TYPES.iter().map(|name| sql!["'", *name, "'"]);
    Sql::joined(", ", types)
}

/// A select of the number of kill-switch events.
pub fn number_of_rows() -> Sql {
    sql![
        "SELECT count(*) FROM public.audit_log WHERE event_type IN (",
        types(),
        ")"
    ]
}

/// A select of every kill-switch event, in order.
fn every_event() -> Sql {
    sql![
        SELECT,
        " AND e.event_type IN (",
        types(),
        ") ORDER BY e.\"timestamp\", e.id"
    ]
}

/// Every episode and stray event that `connection` sees.
pub async fn history(
    session: &mut Session<'_>,
    cache: &HistoryCache,
) -> Result<Arc<History>, StoreError> {
    let number = number_of_rows().query().fetch_one(&mut *session).await?;
    history_of(session, cache, number.try_get(0)?).await
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
    let rows = every_event().query().fetch_all(&mut *session).await?;
    let events: Vec<Event> = rows.iter().map(read_event).collect::<Result<_, _>>()?;
    let number = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let history = derive(events.into_iter().filter_map(KillSwitchEvent::read));
    Ok((number, history))
}

#[cfg(test)]
crate::statements::prepared![number_of_rows(), every_event()];
