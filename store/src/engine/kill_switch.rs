//! Kill-switch episodes: the events they are derived from, what happened inside them, what the
//! database declares.

use std::fmt::Write as _;

use domain::columns::KILL_SWITCH;
use domain::csv::{Cell, push_header, push_row};
use domain::cursor::{Cursor, Direction};
use domain::episode::{
    EVENT_TYPES, Effect, Episode, History, KillSwitchEvent, Mechanism, Signal, derive,
    toggle_signal,
};
use domain::event::Event;
use domain::filter::kill_switch::{Leaks, passes};
use domain::filter::{Choice as _, EpisodeFilter, ListQuery, Window};
use domain::json::Tree;
use domain::page::{Count, Keyed as _, Order, Page};
use domain::time::Timestamp;
use sqlx::postgres::PgConnection;
use sqlx::{Acquire as _, AssertSqlSafe, Connection as _, Postgres, Row as _, Transaction};
use uuid::Uuid;

use super::events::{FROM, ROW, read_event};
use super::export::{Export, ExportFormat};
use super::fragments::{readable, rejected_attempt};
use super::{EngineDb, JsonRow};
use crate::StoreError;
use crate::access::Auditor;
use crate::pg::PgTimestamp;

/// Toggles among which the last that can be read is looked for.
const TOGGLES: usize = 20;
/// Begins several statements over one state of the database.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// What the database says of the kill switch now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwitchState {
    /// `system_setting.kill_switch`: `active`; none when there is no such row or it cannot be read.
    pub declared: Option<bool>,
    /// Mechanisms whose last event is an activation.
    pub open_episodes: u64,
}

impl EngineDb {
    /// Every episode and stray event there is.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    pub async fn kill_switch_history(&self, _: &Auditor) -> Result<History, StoreError> {
        history(&mut *self.pool().acquire().await?).await
    }

    /// A page of episodes with their effects, and how many match.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    pub async fn episodes(
        &self,
        _: &Auditor,
        query: &ListQuery<EpisodeFilter>,
        window: Window,
    ) -> Result<(Vec<(Episode, Effect)>, Count, Vec<KillSwitchEvent>), StoreError> {
        let mut snapshot = self.snapshot().await?;
        let history = history(&mut snapshot).await?;
        let strays = history.strays;
        let mut matching = select(history.episodes, query, window);
        if !query.filter.leaks.is_empty() {
            let selected = with_effects(&mut snapshot, matching).await?;
            let leaking = only_leaks(selected, query);
            let count = Count::capped(leaking.len() as u64);
            let rows = cut(leaking, query, |(episode, _)| episode);
            return Ok((rows, count, strays));
        }
        let count = Count::capped(matching.len() as u64);
        matching = cut(matching, query, |episode| episode);
        let selected = with_effects(&mut snapshot, matching).await?;
        Ok((selected, count, strays))
    }

    /// The effects of these episodes, in their order.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    pub async fn effects(&self, _: &Auditor, of: &[&Episode]) -> Result<Vec<Effect>, StoreError> {
        effects(&mut *self.pool().acquire().await?, of).await
    }

    /// A page of episodes as JSON objects.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    pub async fn episodes_json(
        &self,
        auditor: &Auditor,
        query: &ListQuery<EpisodeFilter>,
        window: Window,
        as_of: Timestamp,
    ) -> Result<Page<JsonRow<Uuid>>, StoreError> {
        let (rows, _, _) = self.episodes(auditor, query, window).await?;
        let rows = rows
            .iter()
            .map(|(episode, effect)| {
                JsonRow::new(
                    episode.timestamp(),
                    episode.key(),
                    json_object(&cells(episode, *effect)),
                )
            })
            .collect();
        let (limit, order) = (query.limit, query.order);
        Ok(Page::from_fetched(
            rows,
            limit,
            order,
            query.after.as_ref(),
            as_of,
        ))
    }

    /// An export of every episode that `query` matches. There are thousands at the most, so it is made
    /// in memory.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    pub async fn export_episodes(
        &self,
        _: &Auditor,
        query: &ListQuery<EpisodeFilter>,
        window: Window,
        format: ExportFormat,
    ) -> Result<Export, StoreError> {
        // It counts what happened inside every episode, however long that takes: as other exports do, on
        // a connection of its own.
        let (mut connection, _place) = self.export_connection().await?;
        let mut snapshot = connection.begin_with(SNAPSHOT).await?;
        let history = history(&mut snapshot).await?;
        let matching = select(history.episodes, query, window);
        let selected = only_leaks(with_effects(&mut snapshot, matching).await?, query);
        let mut text = String::new();
        if matches!(format, ExportFormat::Csv(_)) {
            push_header(&mut text, KILL_SWITCH);
        }
        for (episode, effect) in &selected {
            let cells = cells(episode, *effect);
            match format {
                ExportFormat::Csv(guard) => {
                    let cells: Vec<Cell> = cells.into_iter().map(|(cell, _)| cell).collect();
                    push_row(&mut text, &cells, guard);
                }
                ExportFormat::JsonLines => {
                    text.push_str(&json_object(&cells));
                    text.push('\n');
                }
            }
        }
        Ok(Export::of_text(text))
    }

    /// What the database declares, and how many episodes are open.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn switch_state(&self, _: &Auditor) -> Result<SwitchState, StoreError> {
        let text = format!(
            "SELECT (SELECT {setting}->>'active' FROM public.system_setting WHERE key = 'kill_switch'), \
             (SELECT event_type FROM public.audit_log \
              WHERE event_type IN ('EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED') \
              ORDER BY \"timestamp\" DESC, id DESC LIMIT 1) = 'EMERGENCY_STOP_ACTIVATED', \
             ARRAY(SELECT coalesce(details::text, '') FROM public.audit_log \
              WHERE event_type = 'kill_switch_toggle' \
              ORDER BY \"timestamp\" DESC, id DESC LIMIT {TOGGLES})",
            setting = readable("value"),
        );
        let row = sqlx::query(AssertSqlSafe(text))
            .fetch_one(&self.essential)
            .await?;
        let declared: Option<String> = row.try_get(0)?;
        let stopped: Option<bool> = row.try_get(1)?;
        let last_rows: Vec<String> = row.try_get(2)?;
        let last_toggle = last_rows
            .iter()
            .map(|details| toggle_signal(&Tree::read(details)))
            .find(|signal| *signal != Signal::Unreadable);
        let toggled = matches!(last_toggle, Some(Signal::Activate(_)));
        Ok(SwitchState {
            declared: declared.and_then(|text| text.parse().ok()),
            open_episodes: u64::from(stopped == Some(true)) + u64::from(toggled),
        })
    }

    /// Several statements over one state of the database.
    async fn snapshot(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        Ok(self.pool().begin_with(SNAPSHOT).await?)
    }
}

async fn history(connection: &mut PgConnection) -> Result<History, StoreError> {
    let types: Vec<String> = EVENT_TYPES.iter().map(|name| format!("'{name}'")).collect();
    let text = format!(
        "SELECT {ROW}{FROM} AND e.event_type IN ({}) ORDER BY e.\"timestamp\", e.id",
        types.join(", ")
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .fetch_all(connection.acquire().await?)
        .await?;
    let events: Vec<Event> = rows.iter().map(read_event).collect::<Result<_, _>>()?;
    Ok(derive(events.into_iter().filter_map(KillSwitchEvent::read)))
}

/// What happened in [activated, cleared) of each: an open end is open. The error row that the Guard
/// writes before the warning row of a kill-switch rejection does not count as another rejection.
async fn effects(
    connection: &mut PgConnection,
    of: &[&Episode],
) -> Result<Vec<Effect>, StoreError> {
    let from: Vec<PgTimestamp> = of.iter().map(|e| PgTimestamp(e.activated_at())).collect();
    let until: Vec<PgTimestamp> = of
        .iter()
        .map(|e| PgTimestamp(e.cleared_at().unwrap_or(Timestamp::INFINITY)))
        .collect();
    let text = format!(
        "SELECT l.rejections, l.approvals, o.orders \
         FROM unnest($1, $2) WITH ORDINALITY AS w(since, until, n) \
         CROSS JOIN LATERAL (SELECT \
           count(*) FILTER (WHERE {rejected}) AS rejections, \
           count(*) FILTER (WHERE event_type = 'TRADE_APPROVED') AS approvals \
           FROM public.audit_log \
           WHERE \"timestamp\" >= w.since AND \"timestamp\" < w.until \
             AND event_type IN ('TRADE_APPROVED', 'TRADE_REJECTED')) AS l \
         CROSS JOIN LATERAL (SELECT count(*) AS orders FROM public.orders \
           WHERE created_at >= w.since AND created_at < w.until) AS o \
         ORDER BY w.n",
        rejected = rejected_attempt(),
    );
    let rows = sqlx::query(AssertSqlSafe(text))
        .bind(from)
        .bind(until)
        .fetch_all(connection.acquire().await?)
        .await?;
    let count = |row: &sqlx::postgres::PgRow, column: usize| -> Result<u64, sqlx::Error> {
        Ok(row.try_get::<i64, _>(column)?.unsigned_abs())
    };
    let read = |row| -> Result<Effect, sqlx::Error> {
        Ok(Effect {
            rejections: count(row, 0)?,
            leaked_approvals: count(row, 1)?,
            leaked_orders: count(row, 2)?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// The episodes that pass all but `leaks`, in the query's order.
fn select(
    episodes: Vec<Episode>,
    query: &ListQuery<EpisodeFilter>,
    window: Window,
) -> Vec<Episode> {
    let mut matching: Vec<Episode> = episodes
        .into_iter()
        .filter(|episode| passes(query, window, episode))
        .collect();
    matching.sort_by_key(|episode| (episode.activated_at(), episode.key()));
    if query.order == Order::Newest {
        matching.reverse();
    }
    matching
}

async fn with_effects(
    connection: &mut PgConnection,
    episodes: Vec<Episode>,
) -> Result<Vec<(Episode, Effect)>, StoreError> {
    let of: Vec<&Episode> = episodes.iter().collect();
    let effects = effects(connection, &of).await?;
    Ok(episodes.into_iter().zip(effects).collect())
}

fn only_leaks(
    mut selected: Vec<(Episode, Effect)>,
    query: &ListQuery<EpisodeFilter>,
) -> Vec<(Episode, Effect)> {
    let wanted = &query.filter.leaks;
    selected.retain(|(_, effect)| wanted.passes(|leaks| (*leaks == Leaks::Yes) == effect.leaked()));
    selected
}

/// The rows of the page that `query` asks for, and one more, in the direction that it asks for: what a
/// database would have fetched.
fn cut<T>(
    mut rows: Vec<T>,
    query: &ListQuery<EpisodeFilter>,
    episode: impl Fn(&T) -> &Episode,
) -> Vec<T> {
    if let Some(cursor) = &query.after {
        let place = |row: &T| (episode(row).activated_at(), episode(row).key());
        rows.retain(|row| comes_after(place(row), cursor));
        if cursor.direction == Direction::Backward {
            rows.reverse();
        }
    }
    rows.truncate(usize::from(query.limit.rows()) + 1);
    rows
}

fn comes_after(place: (Timestamp, Uuid), cursor: &Cursor<Uuid>) -> bool {
    let mark = (cursor.timestamp, cursor.key);
    let later = (cursor.order == Order::Oldest) == (cursor.direction == Direction::Forward);
    if later { place > mark } else { place < mark }
}

/// An episode's cells in the contract's order, each with whether JSON writes it without quotes.
fn cells(episode: &Episode, effect: Effect) -> Vec<(Cell, bool)> {
    let text = |text: String| (Cell::Text(text), false);
    let plain = |text: String| (Cell::Plain(text), false);
    let number = |number: u64| (Cell::Plain(number.to_string()), true);
    let null = || (Cell::Null, true);
    let mechanism: Mechanism = episode.mechanism;
    vec![
        plain(episode.key().to_string()),
        plain(mechanism.word().to_owned()),
        plain(episode.activated_at().rfc3339()),
        text(episode.first().actor()),
        episode
            .cleared_at()
            .map_or_else(null, |at| plain(at.rfc3339())),
        episode
            .cleared()
            .map_or_else(null, |clear| text(clear.actor())),
        episode
            .duration_micros()
            .map_or_else(null, |micros| (Cell::Plain(seconds(micros)), true)),
        number(effect.rejections),
        number(effect.leaked_approvals),
        number(effect.leaked_orders),
        null(),
        null(),
        null(),
    ]
}

/// Seconds with six digits: `0.620925`.
fn seconds(micros: i64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

fn json_object(cells: &[(Cell, bool)]) -> String {
    let mut object = String::from("{");
    for (at, (name, (cell, bare))) in KILL_SWITCH.iter().zip(cells).enumerate() {
        if at > 0 {
            object.push(',');
        }
        let value = match (cell, bare) {
            (Cell::Null, _) => "null".to_owned(),
            (Cell::Text(text) | Cell::Plain(text), true) => text.clone(),
            (Cell::Text(text) | Cell::Plain(text), false) => {
                serde_json::Value::from(text.as_str()).to_string()
            }
        };
        // Writing to a String cannot fail.
        let _ = write!(object, "\"{name}\":{value}");
    }
    object.push('}');
    object
}
