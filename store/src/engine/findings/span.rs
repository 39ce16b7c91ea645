//! Where one look ends and the next begins.

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
    /// A table that is not partitioned is no part of a partition's tree.
    ESTIMATED_ROWS = "SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint \
        FROM unnest($1::text[]) AS t(name) CROSS JOIN LATERAL (SELECT t.name::regclass \
          UNION SELECT relid FROM pg_catalog.pg_partition_tree(t.name::regclass)) AS part(id) \
        JOIN pg_catalog.pg_class c ON c.oid = part.id WHERE c.relkind = 'r'";
}

/// Tables whose rows are looked at, with the column of their time.
pub(super) const STREAMS: [(&str, &str); 4] = [
    ("public.audit_log", "\"timestamp\""),
    ("public.trade_audit", "\"timestamp\""),
    ("public.orders", "created_at"),
    ("public.signal", "generated_at"),
];

/// A select of the earliest of what `select` gives of each table, by its name and the column of its time.
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

/// A select of the times of a table that follow `from` and come before `until`, in order.
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

/// Where a look that begins at `from` ends so that it has about `rows` rows of each table, and `until` at
/// the latest. None when nothing lies between the two.
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
    // So many rows of one moment that no look holds fewer: they are looked at together.
    let next = earliest(|table, time| {
        let times = times((table, time), (" > ", first), until);
        sql![times, " LIMIT 1"]
    });
    Ok(Some(ask(session, next).await?.unwrap_or(until)))
}

impl EngineDb {
    /// How many rows there are to be looked at, by the database's own statistics.
    ///
    /// # Errors
    /// When the database is away.
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
