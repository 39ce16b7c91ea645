//! The range of time that a survey covers.

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

/// 2000-01-01: earlier rows are left out, so that one row with a wrong clock does not squeeze all others into one bar.
const EARLIEST: Timestamp = Timestamp::from_postgres_micros(0);
/// How far into the future a survey extends, in microseconds: one day.
const AHEAD: i64 = 86_400_000_000;
/// Rows outside the range are counted up to this number.
const MAX_OUTSIDE: u64 = 10_000;

/// The range of a survey.
pub struct Extent {
    /// First and last time, both inclusive.
    pub covers: (Timestamp, Timestamp),
    /// Buckets of the histogram.
    pub buckets: Buckets,
    /// Rows before or after the range, when the query's window is open.
    pub outside: u64,
}

impl Extent {
    /// The range as a window.
    pub fn window(&self) -> Window {
        Window {
            from: Some(self.covers.0),
            to: Some(self.covers.1),
        }
    }
}

impl EngineDb {
    /// The range that the scope's window covers; an open end is at the view's first or last row. `None` when the view
    /// has no rows there.
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

/// SQL of the first and last time of the view's rows in `open`, by index, and the number of the query's rows in `asked`
/// but outside `open`.
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
            sql.push(" LIMIT ").push(MAX_OUTSIDE).push(")");
            first = false;
        }
    }
    if first {
        sql.push("SELECT 1 WHERE false");
    }
    sql.push(") beyond) AS outside");
    sql
}
