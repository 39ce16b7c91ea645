//! The history of kill-switch episodes, cached while the number of events stays the same.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::episode::{EVENT_TYPES, History, KillSwitchEvent, derive};
use domain::event::Event;
use sqlx::Row as _;

use crate::StoreError;
use crate::db::Session;
use crate::engine::events::{SELECT, read_event};
use crate::sql::{Sql, sql};

/// Maximum age of the cached history. E-mails can change while the number of events stays the same.
const FRESH: Duration = Duration::from_secs(30);

/// The cached history, with the number of events that it was derived from. The engine only adds events, so the same
/// number means the same events. The number comes from an index-only scan.
#[derive(Default)]
pub struct HistoryCache(Mutex<Option<Known>>);

#[derive(Clone)]
struct Known {
    rows: i64,
    read: Instant,
    history: Arc<History>,
}

/// The types of kill-switch events, as SQL literals.
fn types() -> Sql {
    let types = EVENT_TYPES.iter().map(|name| sql!["'", *name, "'"]);
    Sql::joined(", ", types)
}

/// SQL of the number of kill-switch events.
pub fn number_of_rows() -> Sql {
    sql![
        "SELECT count(*) FROM public.audit_log WHERE event_type IN (",
        types(),
        ")"
    ]
}

/// SQL of every kill-switch event, in order.
fn every_event() -> Sql {
    sql![
        SELECT,
        " AND e.event_type IN (",
        types(),
        ") ORDER BY e.\"timestamp\", e.id"
    ]
}

/// Every episode and unmatched event that `session` sees.
pub async fn history(
    session: &mut Session<'_>,
    cache: &HistoryCache,
) -> Result<Arc<History>, StoreError> {
    let number = number_of_rows().query().fetch_one(&mut *session).await?;
    history_of(session, cache, number.try_get(0)?).await
}

/// As [`history`], with the number of kill-switch events given.
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
    /// The value is replaced as a whole, so a poisoned lock is safe to use.
    fn lock(&self) -> MutexGuard<'_, Option<Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the history, and the number of events that it was derived from.
async fn read(session: &mut Session<'_>) -> Result<(i64, History), StoreError> {
    let rows = every_event().query().fetch_all(&mut *session).await?;
    let events: Vec<Event> = rows.iter().map(read_event).collect::<Result<_, _>>()?;
    let number = i64::try_from(events.len()).unwrap_or(i64::MAX);
    let history = derive(events.into_iter().filter_map(KillSwitchEvent::read));
    Ok((number, history))
}

#[cfg(test)]
crate::statements::prepared![number_of_rows(), every_event()];
