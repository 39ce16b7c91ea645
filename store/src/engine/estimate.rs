//! Estimates of an export's number of rows: an exact count if that is quick, else the planner's estimate.

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

/// The number of rows that `query` matches: exact up to [`Count::CAP`], else the planner's estimate; `None` when
/// neither is available. An estimate below the rows that were counted is dropped.
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

/// The planner's estimate; `statement` comes from [`SqlView::estimate_sql`].
pub async fn fetch_planned(pool: &Pool, statement: Sql) -> Result<Option<u64>, StoreError> {
    let row = statement.query().fetch_one(pool).await?;
    let plan: Value = row.try_get(0)?;
    Ok(plan.pointer("/0/Plan/Plan Rows").and_then(Value::as_u64))
}

impl EngineDb {
    /// Estimates the number of rows of a list's query. Uses the connections and the statement timeout of counts.
    ///
    /// # Errors
    /// When the database is unreachable, or planning times out.
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
