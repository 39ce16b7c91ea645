//! Cuts the rows into spans to scan.

use domain::time::Timestamp;
use sqlx::Row as _;

use crate::StoreError;
use crate::access::Auditor;
use crate::db::Session;
use crate::engine::EngineDb;
use crate::pg::PgTimestamp;
use crate::sql::{Sql, sql};
use crate::statements::statements;

statements! {
    /// `pg_partition_tree` returns nothing for a table that is not partitioned.
    ESTIMATED_ROWS = "SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint \
        FROM unnest($1::text[]) AS t(name) CROSS JOIN LATERAL (SELECT t.name::regclass \
          UNION SELECT relid FROM pg_catalog.pg_partition_tree(t.name::regclass)) AS part(id) \
        JOIN pg_catalog.pg_class c ON c.oid = part.id WHERE c.relkind = 'r'";
}

/// Scanned tables, with their time columns.
pub(super) const STREAMS: [(&str, &str); 4] = [
    ("public.audit_log", "\"timestamp\""),
    ("public.trade_audit", "\"timestamp\""),
    ("public.orders", "created_at"),
    ("public.signal", "generated_at"),
];

/// SQL of the earliest result that `select` gives for any table, by name and time column.
fn earliest(select: impl Fn(&'static str, &'static str) -> Sql) -> Sql {
    let each = STREAMS
        .iter()
        .map(|(table, time)| sql!["(", select(table, time), ")"]);
    sql![
        "SELECT min(t) FROM (",
        Sql::joined(" UNION ALL ", each),
        ") AS each(t)"
    ]
}

/// SQL of a table's times after `from` and before `until`, in order.
fn times(
    (table, time): (&'static str, &'static str),
    (sign, from): (&'static str, Timestamp),
    until: Timestamp,
) -> Sql {
    let mut sql = sql!["SELECT ", time, " FROM ", table, " WHERE ", time, sign];
    sql.timestamp(from).push(" AND ").push(time).push(" < ");
    sql.timestamp(until).push(" ORDER BY ").push(time);
    sql
}

/// The end of the span from `from` that has about `rows` rows of each table, at most `until`. `None` when there are no
/// rows.
pub(super) async fn end_of(
    session: &mut Session<'_>,
    from: Timestamp,
    until: Timestamp,
    rows: u32,
) -> Result<Option<Timestamp>, StoreError> {
    let first = earliest(|table, time| {
        let times = times((table, time), (" >= ", from), until);
        sql![times, " LIMIT 1"]
    });
    let Some(first) = ask(session, first).await? else {
        return Ok(None);
    };
    let full = earliest(|table, time| {
        let times = times((table, time), (" >= ", from), until);
        sql![times, " OFFSET ", rows, " LIMIT 1"]
    });
    let Some(end) = ask(session, full).await? else {
        return Ok(Some(until));
    };
    if end > first {
        return Ok(Some(end));
    }
    // More than `rows` rows share one time: the span takes all of them.
    let next = earliest(|table, time| {
        let times = times((table, time), (" > ", first), until);
        sql![times, " LIMIT 1"]
    });
    Ok(Some(ask(session, next).await?.unwrap_or(until)))
}

impl EngineDb {
    /// Estimates the number of rows to scan, from the database's statistics.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn estimate_rows(&self, _: &Auditor) -> Result<u64, StoreError> {
        let tables: Vec<&str> = STREAMS.iter().map(|(table, _)| *table).collect();
        let rows: i64 = sqlx::query_scalar(ESTIMATED_ROWS)
            .bind(tables)
            .fetch_one(&self.examining)
            .await?;
        Ok(rows.unsigned_abs())
    }
}

async fn ask(session: &mut Session<'_>, sql: Sql) -> Result<Option<Timestamp>, StoreError> {
    let row = sql.query().fetch_one(session).await?;
    let end: Option<PgTimestamp> = row.try_get(0)?;
    Ok(end.map(|end| end.0))
}
