//! Reads the rows of a span and its context in one snapshot, and applies the rules to them.

use std::collections::HashSet;
use std::sync::Arc;

use domain::dossier::Span;
use domain::finding::slice::{
    COMPARED, CONTEXT, CollectorRow, DecisionRow, EventRow, Found, Known, OrderRow, OrderState,
    Slice,
};
use domain::finding::{DetailsCheck, trades};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::Reference;
use super::span::{STREAMS, end_of};
use crate::StoreError;
use crate::db::{Isolation, Session, read};
use crate::engine::EngineDb;
use crate::pg::PgTimestamp;
use crate::sql::{Sql, sql};
use crate::statements::statements;

statements! {
    ORDERS = "SELECT id, created_at, user_id, algorithm_id, coin_type, side, \
        quantity::double precision FROM public.orders \
        WHERE created_at >= $1 AND created_at < $2 ORDER BY created_at";

    COLLECTORS = "SELECT id::bigint, generated_at, asset, strength FROM public.signal \
        WHERE generated_at >= $1 AND generated_at < $2 ORDER BY generated_at";

    EXISTING_USERS = "SELECT id FROM public.\"user\" WHERE id = ANY($1)";
}

/// Findings of a span, and the number of rows scanned.
#[derive(Clone, Debug)]
pub struct ScannedRows {
    /// The span.
    pub span: Span,
    /// The findings.
    pub found: Found,
    /// Number of rows in the span.
    pub rows: u64,
}

impl ScannedRows {
    /// The result of a span without rows.
    pub fn nothing(span: Span) -> Self {
        Self {
            span,
            found: Found::default(),
            rows: 0,
        }
    }
}

/// `SELECT` of the columns for [`read_decision`], without a `WHERE`.
const DECISION: &str = "SELECT t.id, t.\"timestamp\", t.agent_id, t.asset, t.decision, \
    t.confidence_score, t.is_executed, t.execution_order_id, t.block_reason, o.status, o.created_at, \
    o.filled_at IS NOT NULL \
    FROM public.trade_audit t LEFT JOIN public.orders o ON o.id = t.execution_order_id";

impl EngineDb {
    /// Scans rows from `from` up to `until`, exclusive: about `rows` of each table. `None` when there are none.
    pub(crate) async fn scan_next(
        &self,
        reference: &Arc<Reference>,
        (from, until): (Timestamp, Timestamp),
        rows: u32,
    ) -> Result<Option<ScannedRows>, StoreError> {
        let Some(to) = read!(self.examining, Isolation::Statement, |session| {
            end_of(session, from, until, rows).await
        })?
        else {
            return Ok(None);
        };
        Ok(Some(self.scan_span(reference, Span { from, to }).await?))
    }

    /// Scans the rows of a span.
    pub(crate) async fn scan_span(
        &self,
        reference: &Arc<Reference>,
        span: Span,
    ) -> Result<ScannedRows, StoreError> {
        let (slice, users) = read!(self.examining, Isolation::Snapshot, |session| {
            let fetched = fetch(session, span, reference.numbers_transactions).await?;
            // Parsing thousands of documents would block the runtime's threads.
            let slice = run_blocking(move || fetched.read()).await??;
            let users = existing_users(session, slice.users()).await?;
            Ok((slice, users))
        })?;
        let inside = |at: Timestamp| u64::from(span.contains(at));
        let rows = slice.events.iter().map(|row| inside(row.at)).sum::<u64>()
            + slice.orders.iter().map(|row| inside(row.at)).sum::<u64>()
            + slice
                .decisions
                .iter()
                .map(|row| inside(row.at))
                .sum::<u64>()
            + slice.collectors.len() as u64;
        let reference = Arc::clone(reference);
        let found = run_blocking(move || {
            slice.look(&Known {
                now: reference.now,
                episodes: &reference.history.episodes,
                limits: &reference.limits,
                algorithms: &reference.algorithm_ids,
                users: &users,
            })
        })
        .await?;
        Ok(ScannedRows { span, found, rows })
    }

    /// Checks decisions again whose orders were open.
    pub(crate) async fn rescan_decisions(
        &self,
        decisions: &[Uuid],
        now: Timestamp,
    ) -> Result<Found, StoreError> {
        let mut sql = sql![DECISION, " WHERE t.id = ANY("];
        sql.uuids(decisions.to_vec()).push(")");
        let rows = sql.query().fetch_all(&self.examining).await?;
        let rows: Vec<DecisionRow> = rows.iter().map(read_decision).collect::<Result<_, _>>()?;
        Ok(trades::look_again(&rows, now))
    }

    /// Counts the rows of each minute from `from` to `until`, exclusive, to notice rows that were committed late.
    pub(crate) async fn count_minutes(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(Timestamp, i64)>, StoreError> {
        let each = STREAMS.iter().map(|(table, time)| {
            let mut sql = sql![
                "SELECT ",
                *time,
                " AS t FROM ",
                *table,
                " WHERE ",
                *time,
                " >= "
            ];
            sql.timestamp(from).push(" AND ").push(*time);
            sql.push(" < ").timestamp(until);
            sql
        });
        let rows = sql![
            "SELECT date_trunc('minute', t), count(*) FROM (",
            Sql::joined(" UNION ALL ", each),
            ") AS rows GROUP BY 1"
        ]
        .query()
        .fetch_all(&self.examining)
        .await?;
        let read = |row: &PgRow| -> Result<_, sqlx::Error> {
            Ok((row.try_get::<PgTimestamp, _>(0)?.0, row.try_get(1)?))
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// Runs blocking work on a separate thread.
async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| StoreError::Database(sqlx::Error::WorkerCrashed))
}

/// The rows of a slice, not yet parsed.
struct Fetched {
    span: Span,
    events: Vec<PgRow>,
    following: Vec<PgRow>,
    orders: Vec<PgRow>,
    decisions: Vec<PgRow>,
    collectors: Vec<PgRow>,
}

async fn fetch(
    session: &mut Session<'_>,
    span: Span,
    numbers_transactions: bool,
) -> Result<Fetched, StoreError> {
    let (before, after) = (
        PgTimestamp(span.from.plus_micros(-CONTEXT)),
        PgTimestamp(span.to.plus_micros(CONTEXT)),
    );
    let transaction = if numbers_transactions {
        "xmin::text::bigint"
    } else {
        "NULL::bigint"
    };
    let events = sql![
        "SELECT id, \"timestamp\", event_type, severity, user_id, details::text, ",
        transaction,
        " FROM public.audit_log \
         WHERE \"timestamp\" >= $1 AND \"timestamp\" < $2 ORDER BY \"timestamp\", id"
    ];
    let following = sql![&events, " LIMIT ", COMPARED];
    let decisions = sql![
        DECISION,
        " WHERE t.\"timestamp\" >= $1 AND t.\"timestamp\" < $2 ORDER BY t.\"timestamp\""
    ];
    let mut rows = async |sql: Sql, from, to| {
        sql.query()
            .bind(from)
            .bind(to)
            .fetch_all(&mut *session)
            .await
    };
    let (from, to) = (PgTimestamp(span.from), PgTimestamp(span.to));
    Ok(Fetched {
        span,
        events: rows(events, before, after).await?,
        following: rows(following, after, PgTimestamp(Timestamp::INFINITY)).await?,
        orders: rows(ORDERS.into(), before, after).await?,
        decisions: rows(decisions, before, after).await?,
        collectors: rows(COLLECTORS.into(), from, to).await?,
    })
}

impl Fetched {
    fn read(self) -> Result<Slice, sqlx::Error> {
        let events = |rows: &[PgRow]| rows.iter().map(read_event).collect::<Result<Vec<_>, _>>();
        let decisions = self.decisions.iter().map(read_decision);
        let collectors = self.collectors.iter().map(read_collector);
        Ok(Slice {
            span: self.span,
            events: events(&self.events)?,
            following: events(&self.following)?,
            orders: self
                .orders
                .iter()
                .map(read_order)
                .collect::<Result<_, _>>()?,
            decisions: decisions.collect::<Result<_, _>>()?,
            collectors: collectors.collect::<Result<_, _>>()?,
        })
    }
}

fn moment(row: &PgRow, column: usize) -> Result<Timestamp, sqlx::Error> {
    Ok(row.try_get::<PgTimestamp, _>(column)?.0)
}

fn read_event(row: &PgRow) -> Result<EventRow, sqlx::Error> {
    let event_type: String = row.try_get(2)?;
    let details: Option<&str> = row.try_get(5)?;
    let transaction: Option<i64> = row.try_get(6)?;
    Ok(EventRow {
        id: row.try_get(0)?,
        at: moment(row, 1)?,
        details: DetailsCheck::of(&event_type, details),
        event_type,
        severity: row.try_get(3)?,
        user: row.try_get(4)?,
        transaction: transaction.and_then(|number| u32::try_from(number).ok()),
    })
}

fn read_order(row: &PgRow) -> Result<OrderRow, sqlx::Error> {
    Ok(OrderRow {
        id: row.try_get(0)?,
        at: moment(row, 1)?,
        user: row.try_get(2)?,
        algorithm: row.try_get(3)?,
        coin: row.try_get(4)?,
        side: row.try_get(5)?,
        quantity: row.try_get(6)?,
    })
}

fn read_decision(row: &PgRow) -> Result<DecisionRow, sqlx::Error> {
    let status: Option<String> = row.try_get(9)?;
    let order_state = match status {
        None => None,
        Some(status) => Some(OrderState {
            status,
            created_at: moment(row, 10)?,
            is_filled: row.try_get(11)?,
        }),
    };
    Ok(DecisionRow {
        id: row.try_get(0)?,
        at: moment(row, 1)?,
        agent: row.try_get(2)?,
        asset: row.try_get(3)?,
        decision: row.try_get(4)?,
        confidence: row.try_get(5)?,
        is_executed: row.try_get(6)?,
        order: row.try_get(7)?,
        block_reason: row.try_get(8)?,
        order_state,
    })
}

fn read_collector(row: &PgRow) -> Result<CollectorRow, sqlx::Error> {
    Ok(CollectorRow {
        id: row.try_get(0)?,
        at: moment(row, 1)?,
        asset: row.try_get(2)?,
        strength: row.try_get(3)?,
    })
}

/// The ids that exist in the user table.
async fn existing_users(
    session: &mut Session<'_>,
    ids: HashSet<Uuid>,
) -> Result<HashSet<Uuid>, StoreError> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let found: Vec<Uuid> = sqlx::query_scalar(EXISTING_USERS)
        .bind(ids)
        .fetch_all(session)
        .await?;
    Ok(found.into_iter().collect())
}
