//! About how many rows an export will have: counted where that is quick, else what the planner expects.

use domain::filter::{ListQuery, Window};
use domain::page::Count;
use serde_json::Value;
use sqlx::Row as _;

use super::EngineDb;
use super::list::fetch_count;
use crate::StoreError;
use crate::access::Auditor;
use crate::db::Pool;
use crate::sql::Sql;
use crate::views::{EngineView, SqlView};

/// How many rows `query` matches: exactly up to [`Count::CAP`], beyond it as the planner expects; `None`
/// where neither is known. An expectation of fewer rows than were counted is none.
pub async fn fetch_estimate(
    pool: &Pool,
    view: &SqlView,
    query: &ListQuery,
    window: Window,
) -> Result<Option<u64>, StoreError> {
    let (count, plan) = (
        view.count_sql(query, window),
        view.estimate_sql(query, window),
    );
    let least = match fetch_count(pool, count).await? {
        Count::Exact(rows) => return Ok(Some(rows)),
        Count::MoreThan(rows) | Count::About(rows) => rows,
        Count::NotCounted => 0,
    };
    let planned = fetch_planned(pool, plan).await?;
    Ok(planned.filter(|rows| *rows > least))
}

/// The number of rows that the planner expects; `statement` is of [`SqlView::estimate_sql`].
pub async fn fetch_planned(pool: &Pool, statement: Sql) -> Result<Option<u64>, StoreError> {
    let row = statement.query().fetch_one(pool).await?;
    let plan: Value = row.try_get(0)?;
    Ok(plan.pointer("/0/Plan/Plan Rows").and_then(Value::as_u64))
}

impl EngineDb {
    /// About how many rows a list's query matches. It runs on the connections of counts and is cut as early
    /// as they are.
    ///
    /// # Errors
    /// When the database is away, or even planning takes too long.
    pub(super) async fn estimate_view(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
    ) -> Result<Option<u64>, StoreError> {
        fetch_estimate(&self.counting, view.0, query, window).await
    }
}
