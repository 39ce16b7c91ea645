//! Timeline entries around an episode, as one ordered stream: signals, approvals and rejections from `audit_log`, and
//! events in the life of orders.

use domain::check::{Checks, SECOND_CHECK_WITHIN, Trade};
use domain::dossier::{Bucket, COLUMNS, Kind, LOOK_BACK, Span, TimelineEntry};
use domain::rejection::{Pairing, Place, RejectionRow};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::StoreError;
use crate::db::Session;
use crate::engine::fragments::{readable, rejected_attempt};
use crate::pg::RowExt as _;
use crate::sql::{Sql, sql};

/// Which entries an export of an episode contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EpisodeExport {
    /// All entries of a span.
    Timeline,
    /// Approvals and orders created inside the episode.
    Leaks,
}

impl EpisodeExport {
    /// The kinds of entries that it contains.
    #[must_use]
    pub const fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Timeline => &Kind::ALL,
            Self::Leaks => &[Kind::Approved, Kind::Created],
        }
    }
}

/// Limit of rows that are read before a span to recognise repetitions in it. A repetition could only be missed in a
/// second with more rows than the engine can write.
const MAX_CONTEXT_ROWS: u32 = 20_000;
/// Length in microseconds of the first piece of a long span: one day.
const FIRST_PIECE: i64 = 86_400_000_000;

/// Which entries to read.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Kinds of entries.
    pub kinds: &'a [Kind],
    /// Span of time.
    pub span: Span,
    /// For orders, only those created before this time.
    pub created_before: Option<Timestamp>,
    /// Limit, per kind and in total.
    pub limit: Option<u32>,
}

/// SQL that reads `wanted`, ordered by time.
pub fn moments_sql(wanted: Wanted<'_>) -> Sql {
    let limit = wanted
        .limit
        .map_or_else(Sql::default, |limit| sql![" LIMIT ", limit]);
    let mut sql = Sql::new(
        "SELECT m.at, m.kind, m.id, coalesce(u.email, m.user_id::text) AS who, m.severity, \
         m.algorithm_id, a.name AS algorithm_name, m.coin, m.side, m.quantity, m.value, m.reason, \
         m.status, m.created_at, m.filled_at FROM (",
    );
    let mut branches = 0;
    let events: Vec<Kind> = wanted
        .kinds
        .iter()
        .copied()
        .filter(|kind| kind.is_event())
        .collect();
    if !events.is_empty() {
        sql.push("(");
        push_events(&mut sql, &events, wanted.span, &limit);
        sql.push(")");
        branches += 1;
    }
    for kind in wanted.kinds.iter().filter(|kind| !kind.is_event()) {
        sql.push(if branches > 0 { " UNION ALL (" } else { "(" });
        push_order_moments(&mut sql, *kind, wanted, &limit);
        sql.push(")");
        branches += 1;
    }
    if branches > 1 {
        sql.push(" ORDER BY at, rank, id").push(&limit);
    }
    sql.push(
        ") AS m LEFT JOIN public.\"user\" u ON u.id = m.user_id \
         LEFT JOIN public.algorithms a ON a.id = CASE WHEN m.algorithm_id \
         ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN m.algorithm_id::uuid END \
         ORDER BY m.at, m.rank, m.id",
    );
    sql
}

const fn event_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Signal => "ALGORITHM_SIGNAL",
        Kind::Approved => "TRADE_APPROVED",
        _ => "TRADE_REJECTED",
    }
}

fn types(kinds: &[Kind]) -> Sql {
    let types = kinds.iter().map(|kind| sql!["'", event_type(*kind), "'"]);
    Sql::joined(", ", types)
}

/// SQL of an event's kind.
const EVENT_KIND: &str = "CASE e.event_type WHEN 'ALGORITHM_SIGNAL' THEN 'signal' \
    WHEN 'TRADE_APPROVED' THEN 'approved' ELSE 'rejected' END";

/// SQL of an event's order among events of the same time: signal first, then decision; of the two rows of a rejection
/// by the kill switch, the error first.
const EVENT_RANK: &str = "CASE WHEN e.event_type = 'ALGORITHM_SIGNAL' THEN 0 \
    WHEN e.severity = 'error' THEN 1 ELSE 2 END";

/// Appends the query of events. The limit applies before details are parsed.
fn push_events(sql: &mut Sql, kinds: &[Kind], span: Span, limit: &Sql) {
    sql.push(Sql::template(
        "SELECT e.\"timestamp\" AS at, {rank} AS rank, {kind} AS kind, e.id, e.user_id, e.severity::text AS severity, \
           r.document->>'algorithm_id' AS algorithm_id, \
           coalesce(r.document->>'coin', r.document->'signal'->>'coin_type') AS coin, \
           coalesce(r.document->>'side', r.document->'signal'->>'action') AS side, \
           coalesce(r.document->>'quantity', r.document->'signal'->>'quantity') AS quantity, \
           r.document->>'trade_value' AS value, r.document->>'reason' AS reason, \
           NULL::text AS status, NULL::timestamptz AS created_at, NULL::timestamptz AS filled_at \
         FROM (SELECT id, \"timestamp\", event_type, severity, user_id, details \
           FROM public.audit_log e WHERE event_type IN ({types}) AND \"timestamp\" >= ",
        &[
            ("rank", EVENT_RANK.into()),
            ("kind", EVENT_KIND.into()),
            ("types", types(kinds)),
        ],
    ))
    .timestamp(span.from)
    .push(" AND \"timestamp\" < ")
    .timestamp(span.to)
    .push(" ORDER BY \"timestamp\", ")
    .push(EVENT_RANK)
    .push(", id")
    .push(limit)
    .push(") AS e CROSS JOIN LATERAL (SELECT ")
    .push(readable("e.details"))
    .push(" AS document) AS r");
}

/// For a kind of order event: its time column, further conditions, and its order among entries of the same time.
const fn order_moment(kind: Kind) -> (&'static str, &'static str, u8) {
    match kind {
        Kind::Submitted => ("o.submitted_at", "", 4),
        Kind::Filled => ("o.filled_at", "", 5),
        Kind::Cancelled => ("o.updated_at", " AND o.status = 'cancelled'", 5),
        Kind::Failed => ("o.updated_at", " AND o.status = 'failed'", 5),
        _ => ("o.created_at", "", 3),
    }
}

/// Appends the query of order events. Only the creation time has an index, so later events are searched among orders
/// that were created up to [`LOOK_BACK`] before the span.
fn push_order_moments(sql: &mut Sql, kind: Kind, wanted: Wanted<'_>, limit: &Sql) {
    let (time, condition, rank) = order_moment(kind);
    let span = wanted.span;
    sql.push(Sql::template(
        "SELECT {time} AS at, {rank} AS rank, '{kind}' AS kind, o.id, o.user_id, NULL::text AS severity, \
           o.algorithm_id::text AS algorithm_id, o.coin_type::text AS coin, o.side::text AS side, \
           o.quantity::text AS quantity, \
           CASE WHEN o.filled_quantity > 0 THEN trim_scale(o.filled_quantity * o.price)::text END \
             AS value, \
           o.error_message::text AS reason, o.status::text AS status, o.created_at, o.filled_at \
         FROM public.orders o WHERE o.created_at >= ",
        &[
            ("time", time.into()),
            ("rank", sql![rank]),
            ("kind", kind.as_str().into()),
        ],
    ))
    .timestamp(if kind == Kind::Created {
        span.from
    } else {
        span.from.plus_micros(-LOOK_BACK)
    })
    .push(" AND o.created_at < ")
    .timestamp(wanted.created_before.unwrap_or(span.to).min(span.to));
    if kind != Kind::Created {
        sql.push(" AND ").push(time).push(" >= ");
        sql.timestamp(span.from);
        sql.push(" AND ").push(time).push(" < ");
        sql.timestamp(span.to).push(condition);
    }
    sql.push(" ORDER BY ").push(time).push(", o.id").push(limit);
}

/// Reads the rows of [`moments_sql`] in order, and marks those that repeat an earlier one.
#[derive(Default)]
pub struct EntryReader {
    pairing: Pairing<String>,
    checks: Checks,
}

impl EntryReader {
    /// Reads the next row.
    pub fn read(&mut self, row: &PgRow) -> Result<TimelineEntry, sqlx::Error> {
        let word: String = row.try_get("kind")?;
        let kind = Kind::parse(&word)
            .ok_or_else(|| sqlx::Error::Decode(format!("no kind of moment: {word}").into()))?;
        let severity: Option<String> = row.try_get("severity")?;
        let mut moment = TimelineEntry {
            at: row.timestamp("at")?,
            kind,
            id: row.try_get("id")?,
            user: row.try_get("who")?,
            algorithm_id: row.try_get("algorithm_id")?,
            algorithm_name: row.try_get("algorithm_name")?,
            coin: row.try_get("coin")?,
            side: row.try_get("side")?,
            quantity: row.try_get("quantity")?,
            value: row.try_get("value")?,
            reason: row.try_get("reason")?,
            status: row.try_get("status")?,
            created_at: row.timestamp_opt("created_at")?,
            filled_at: row.timestamp_opt("filled_at")?,
            is_second: false,
        };
        moment.is_second = self.is_second(&moment, severity.as_deref().unwrap_or_default());
        Ok(moment)
    }

    fn is_second(&mut self, moment: &TimelineEntry, severity: &str) -> bool {
        match moment.kind {
            Kind::Rejected => {
                let who = moment.user.clone().unwrap_or_default();
                let row = RejectionRow::of(severity, moment.reason.as_deref());
                self.pairing.place(moment.at, who, row) == Place::Second
            }
            Kind::Approved => {
                let trade = Trade {
                    user: moment.user.clone(),
                    algorithm: moment.algorithm_id.clone(),
                    coin: moment.coin.clone(),
                    side: moment.side.clone(),
                    quantity: moment.quantity.clone(),
                };
                self.checks.is_second(moment.at, trade)
            }
            _ => false,
        }
    }

    /// A reader that has read the rows shortly before `from`.
    pub async fn before(session: &mut Session<'_>, from: Timestamp) -> Result<Self, StoreError> {
        let mut reader = Self::default();
        let wanted = Wanted {
            kinds: &[Kind::Approved, Kind::Rejected],
            span: Span {
                from: from.plus_micros(-SECOND_CHECK_WITHIN),
                to: from,
            },
            created_before: None,
            limit: Some(MAX_CONTEXT_ROWS),
        };
        for row in fetch(session, wanted).await? {
            reader.read(&row)?;
        }
        Ok(reader)
    }
}

async fn fetch(session: &mut Session<'_>, wanted: Wanted<'_>) -> Result<Vec<PgRow>, StoreError> {
    let statement = moments_sql(wanted);
    Ok(statement.query().fetch_all(&mut *session).await?)
}

/// Reads the first `most` entries of `wanted`, and whether there are more. Since only the creation time of orders has
/// an index, a long span is read from its start in growing pieces until there are enough. The time needed depends on
/// the number of entries, not on the length of the span.
pub async fn first_moments(
    session: &mut Session<'_>,
    mut reader: EntryReader,
    wanted: Wanted<'_>,
    most: u32,
) -> Result<(Vec<TimelineEntry>, bool), StoreError> {
    let Span { from, to } = wanted.span;
    let mut reach = FIRST_PIECE;
    let rows = loop {
        let piece = Span {
            from,
            // From minus infinity, no piece is long enough.
            to: if reach == i64::MAX {
                to
            } else {
                from.plus_micros(reach).min(to)
            },
        };
        let limited = Wanted {
            limit: Some(most + 1),
            span: piece,
            ..wanted
        };
        let rows = fetch(session, limited).await?;
        if rows.len() > most as usize || piece.to == to {
            break rows;
        }
        reach = reach.saturating_mul(8);
    };
    let mut entries: Vec<TimelineEntry> = rows
        .iter()
        .map(|row| reader.read(row))
        .collect::<Result<_, _>>()?;
    let more = entries.len() > most as usize;
    entries.truncate(most as usize);
    Ok((entries, more))
}

/// Counts entries per column of `span`. Of rejections by the kill switch, it counts the warning rows.
pub async fn buckets(session: &mut Session<'_>, span: Span) -> Result<Vec<Bucket>, StoreError> {
    let edge = |column: u16| {
        let part = i128::from(span.micros()) * i128::from(column) / i128::from(COLUMNS);
        span.from
            .plus_micros(i64::try_from(part).unwrap_or(i64::MAX))
    };
    let edges: Vec<Timestamp> = (0..COLUMNS).map(edge).collect();
    let column = |time: &'static str, sql: &mut Sql| {
        sql.push("width_bucket(")
            .push(time)
            .push(", ")
            .timestamps(edges.clone())
            .push(") - 1");
    };
    let mut sql = Sql::new("SELECT b.kind, b.place, count(*) AS moments FROM (SELECT ");
    sql.push(EVENT_KIND).push(" AS kind, ");
    column("e.\"timestamp\"", &mut sql);
    sql.push(" AS place FROM public.audit_log e WHERE e.event_type IN (")
        .push(types(&[Kind::Signal, Kind::Approved, Kind::Rejected]))
        .push(") AND e.\"timestamp\" >= ")
        .timestamp(span.from)
        .push(" AND e.\"timestamp\" < ")
        .timestamp(span.to)
        .push(" AND (e.event_type <> 'TRADE_REJECTED' OR (")
        .push(rejected_attempt())
        .push("))");
    for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_event()) {
        let (time, condition, _) = order_moment(kind);
        sql.push(" UNION ALL SELECT '").push(kind.as_str());
        sql.push("', ");
        column(time, &mut sql);
        sql.push(" FROM public.orders o WHERE o.created_at >= ")
            .timestamp(span.from.plus_micros(-LOOK_BACK))
            .push(" AND o.created_at < ")
            .timestamp(span.to);
        sql.push(" AND ").push(time).push(" >= ");
        sql.timestamp(span.from);
        sql.push(" AND ").push(time).push(" < ");
        sql.timestamp(span.to).push(condition);
    }
    sql.push(") AS b GROUP BY 1, 2 ORDER BY 1, 2");
    let rows = sql.query().fetch_all(&mut *session).await?;
    let mut buckets = Vec::with_capacity(rows.len());
    for row in &rows {
        let word: String = row.try_get("kind")?;
        let place: i32 = row.try_get("place")?;
        let Some(kind) = Kind::parse(&word) else {
            continue;
        };
        buckets.push(Bucket {
            kind,
            column: u16::try_from(place).unwrap_or(0),
            count: row.try_get::<i64, _>("moments")?.unsigned_abs(),
        });
    }
    Ok(buckets)
}
