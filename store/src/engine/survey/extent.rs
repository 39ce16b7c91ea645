//! The span of time that a picture covers.

use domain::filter::{ListQuery, Window};
use domain::histogram::Buckets;
use domain::time::Timestamp;
use sqlx::Row as _;

use super::{Scope, buckets_over};
use crate::StoreError;
use crate::engine::EngineDb;
use crate::pg::RowExt as _;
use crate::sql::Sql;
use crate::views::{SqlView, TimeRange};

/// 2000-01-01, before which no engine ran: one row of a broken clock must not squeeze all others into one bar.
const EARLIEST: Timestamp = Timestamp::from_postgres_micros(0);
/// How far ahead of the clock a picture goes, in microseconds.
const AHEAD: i64 = 86_400_000_000;
/// Rows outside the picture are counted up to this many.
const MOST_OUTSIDE: u64 = 10_000;

/// What a picture covers.
pub struct Extent {
    /// Its first moment and its last, both included.
    pub covers: (Timestamp, Timestamp),
    /// Its buckets.
    pub buckets: Buckets,
    /// Rows that an open range holds before or after it.
    pub outside: u64,
}

impl Extent {
    /// The covered span as a window.
    pub fn window(&self) -> Window {
        Window {
            from: Some(self.covers.0),
            to: Some(self.covers.1),
        }
    }
}

impl EngineDb {
    /// The span that the scope's window covers: where it has no end of its own, up to the rows that the view
    /// has. `None` where nothing can be there.
    pub(in crate::engine) async fn extent(
        &self,
        view: &'static SqlView,
        query: &ListQuery,
        scope: Scope,
    ) -> Result<Option<Extent>, StoreError> {
        let open = Window {
            from: scope.window.from.or(Some(EARLIEST)),
            to: scope.window.to.or(Some(scope.now.plus_micros(AHEAD))),
        };
        let row = ends_sql(view, query, scope.window, open)
            .query()
            .fetch_one(&self.surveying)
            .await?;
        let (first, last) = (row.timestamp_opt("first")?, row.timestamp_opt("last")?);
        let outside: i64 = row.try_get("outside")?;
        let covers = (scope.window.from.or(first), scope.window.to.or(last));
        let (Some(from), Some(to)) = covers else {
            return Ok(None);
        };
        Ok(buckets_over((from, to), scope.zone).map(|buckets| Extent {
            covers: (from, to),
            buckets,
            outside: outside.unsigned_abs(),
        }))
    }
}

/// The first and the last moment of the view's rows in `open`, each looked up in the index of time, and how many
/// of the query's rows `asked` has beyond `open`.
pub fn ends_sql(view: &SqlView, query: &ListQuery, asked: Window, open: Window) -> Sql {
    let mut sql = Sql::new("SELECT ");
    let branches = &view.branches;
    for (function, name, direction) in [("min", "first", " ASC"), ("max", "last", " DESC")] {
        sql.push("(SELECT ").push(function).push("(at) FROM (");
        for (at, branch) in branches.iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL (" } else { "(" });
            sql.push("SELECT ").push(branch.time).push(" AS at");
            sql.push(&branch.from);
            TimeRange::Window(open).and(&mut sql, branch.time);
            sql.push(" ORDER BY ").push(branch.time).push(direction);
            sql.push(" LIMIT 1)");
        }
        sql.push(") ends) AS ").push(name).push(", ");
    }
    sql.push("(SELECT count(*) FROM (");
    let before = open.from.filter(|_| asked.from.is_none());
    let after = open.to.filter(|_| asked.to.is_none());
    let beyond = before.map(TimeRange::Before).into_iter();
    let mut first = true;
    for range in beyond.chain(after.map(TimeRange::After)) {
        for (at, branch) in branches.iter().enumerate() {
            sql.push(if first { "(" } else { " UNION ALL (" });
            sql.push("SELECT 1").push(&branch.from);
            view.and_conditions(query, range, at, &mut sql);
            sql.push(" LIMIT ").push(MOST_OUTSIDE).push(")");
            first = false;
        }
    }
    if first {
        sql.push("SELECT 1 WHERE false");
    }
    sql.push(") beyond) AS outside");
    sql
}
