//! Reads the rows near a time that could belong to one trade, as steps for the matcher.

use domain::details::{TradeDetails, algorithm_of_agent, step};
use domain::event::Event;
use domain::time::Timestamp;
use domain::trace::{REACH, RowId, Step, StepKind};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::StoreError;
use crate::db::Pool;
use crate::engine::events;
use crate::engine::fragments::readable;
use crate::pg::RowExt as _;
use crate::sql::Sql;

/// Limit of rows of each kind before and after the time, nearest first.
pub const MOST_ROWS: usize = 1_000;

const ORDER: &str = "SELECT o.id, o.created_at AS at, o.user_id, o.algorithm_id::text AS algorithm, \
    o.coin_type, o.side, o.quantity::text AS quantity FROM public.orders o WHERE true";

const DECISION: &str = "SELECT t.id, t.\"timestamp\" AS at, t.agent_id, t.asset, t.decision, \
    t.execution_order_id, t.block_reason FROM public.trade_audit t WHERE true";

/// Selection of trade events.
#[derive(Clone, Copy)]
pub enum Wanted<'a> {
    /// Events of a coin, and every rejection by the kill switch. Its error rows name no coin, and they can be paired
    /// with their warning rows only if all of them are read.
    OfCoin(&'a str),
    /// A user's rejections by the kill switch.
    StopsOf(Option<Uuid>),
}

/// Steps near a time.
#[derive(Default)]
pub struct Stream {
    /// The steps, unordered.
    pub steps: Vec<Step>,
    /// Whether there may be more, farther away.
    pub is_cut: bool,
}

impl Stream {
    fn of(at: Timestamp, steps: Vec<Step>) -> Self {
        let before = steps.iter().filter(|step| step.at < at).count();
        Self {
            is_cut: before == MOST_ROWS || steps.len() - before == MOST_ROWS,
            steps,
        }
    }

    /// Joins two streams.
    pub fn and(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self.is_cut |= other.is_cut;
        self
    }

    /// Adds a step unless it is there already.
    pub fn with(mut self, step: Step) -> Self {
        if self.steps.iter().all(|known| known.id != step.id) {
            self.steps.push(step);
        }
        self
    }
}

/// SQL of the rows that `select` finds within [`REACH`] of `at`. Rows before and after have separate limits, so that
/// many on one side do not displace those on the other.
fn around(
    select: &'static str,
    time: &'static str,
    at: Timestamp,
    narrow: impl Fn(&mut Sql),
) -> Sql {
    let mut sql = Sql::new("(");
    sql.push(select).push(" AND ").push(time).push(" >= ");
    sql.timestamp(at.plus_micros(-REACH));
    sql.push(" AND ").push(time).push(" < ").timestamp(at);
    narrow(&mut sql);
    sql.push(" ORDER BY ").push(time).push(" DESC LIMIT ");
    sql.push(MOST_ROWS).push(") UNION ALL (").push(select);
    sql.push(" AND ").push(time).push(" >= ").timestamp(at);
    sql.push(" AND ").push(time).push(" <= ");
    sql.timestamp(at.plus_micros(REACH));
    narrow(&mut sql);
    sql.push(" ORDER BY ").push(time).push(" LIMIT ");
    sql.push(MOST_ROWS).push(")");
    sql
}

/// Reads trade events near a time.
pub async fn events_near(
    pool: &Pool,
    at: Timestamp,
    wanted: Wanted<'_>,
) -> Result<Stream, StoreError> {
    let details = readable("e.details");
    let stop = Sql::template(
        "e.event_type = 'TRADE_REJECTED' AND ({details}->>'reason' = 'kill_switch_active' \
         OR starts_with({details}->>'reason', 'Emergency stop is active'))",
        &[("details", details.clone())],
    );
    let narrow = |sql: &mut Sql| match wanted {
        Wanted::OfCoin(coin) => {
            sql.push(
                " AND e.event_type IN ('ALGORITHM_SIGNAL', 'TRADE_APPROVED', 'TRADE_REJECTED')",
            );
            sql.push(" AND (CASE e.event_type WHEN 'ALGORITHM_SIGNAL' THEN ");
            sql.push(&details).push("->'signal'->>'coin_type' ELSE ");
            sql.push(&details).push("->>'coin' END = ").text(coin);
            sql.push(" OR (").push(&stop).push("))");
        }
        Wanted::StopsOf(user) => {
            sql.push(" AND ").push(&stop);
            match user {
                Some(user) => sql.push(" AND e.user_id = ").uuid(user),
                None => sql.push(" AND e.user_id IS NULL"),
            };
        }
    };
    let rows = around(events::SELECT, "e.\"timestamp\"", at, narrow)
        .query()
        .fetch_all(pool)
        .await?;
    let events: Vec<Event> = rows
        .iter()
        .map(events::read_event)
        .collect::<Result<_, _>>()?;
    let steps = events.iter().filter_map(of_event).collect();
    Ok(Stream::of(at, steps))
}

/// Reads orders of a coin that were created near a time.
pub async fn orders_near(pool: &Pool, at: Timestamp, coin: &str) -> Result<Stream, StoreError> {
    let narrow = |sql: &mut Sql| {
        sql.push(" AND o.coin_type = ").text(coin);
    };
    let rows = around(ORDER, "o.created_at", at, narrow)
        .query()
        .fetch_all(pool)
        .await?;
    let steps = rows.iter().map(of_order).collect::<Result<_, _>>()?;
    Ok(Stream::of(at, steps))
}

/// Reads decisions on a coin near a time.
pub async fn decisions_near(pool: &Pool, at: Timestamp, coin: &str) -> Result<Stream, StoreError> {
    let narrow = |sql: &mut Sql| {
        sql.push(" AND t.asset = ").text(coin);
    };
    let rows = around(DECISION, "t.\"timestamp\"", at, narrow)
        .query()
        .fetch_all(pool)
        .await?;
    let steps = rows.iter().map(of_decision).collect::<Result<_, _>>()?;
    Ok(Stream::of(at, steps))
}

/// Finds an order as a step.
pub async fn order_step(pool: &Pool, id: Uuid) -> Result<Option<Step>, StoreError> {
    let mut sql = Sql::new(ORDER);
    sql.push(" AND o.id = ").uuid(id);
    let found = sql.query().fetch_optional(pool).await?;
    Ok(found.as_ref().map(of_order).transpose()?)
}

/// Finds a decision as a step.
pub async fn decision_step(pool: &Pool, id: Uuid) -> Result<Option<Step>, StoreError> {
    let mut sql = Sql::new(DECISION);
    sql.push(" AND t.id = ").uuid(id);
    let found = sql.query().fetch_optional(pool).await?;
    Ok(found.as_ref().map(of_decision).transpose()?)
}

/// An event as a step of a trade; `None` for other types of events.
pub fn of_event(event: &Event) -> Option<Step> {
    step(
        event.id,
        event.timestamp,
        (&event.event_type, &event.severity),
        event.user_id,
        &TradeDetails::of(event),
    )
}

fn of_order(row: &PgRow) -> Result<Step, sqlx::Error> {
    let quantity: String = row.try_get("quantity")?;
    let id = RowId::Order(row.try_get("id")?);
    Ok(Step::new(id, row.timestamp("at")?, StepKind::Order)
        .of(
            row.try_get("algorithm")?,
            row.try_get("coin_type")?,
            row.try_get("side")?,
        )
        .by(row.try_get("user_id")?, quantity.parse().ok()))
}

fn of_decision(row: &PgRow) -> Result<Step, sqlx::Error> {
    let kind = StepKind::Decision {
        order: row.try_get("execution_order_id")?,
        block_reason: row.try_get("block_reason")?,
    };
    let algorithm = algorithm_of_agent(row.try_get("agent_id")?).map(|id| id.to_string());
    let id = RowId::Decision(row.try_get("id")?);
    Ok(Step::new(id, row.timestamp("at")?, kind).of(
        algorithm.as_deref(),
        row.try_get("asset")?,
        row.try_get("decision")?,
    ))
}
