//! Lists of the engine's rows: pages, counts and JSON rows.

mod rows;
mod statement;

use domain::catalogue::ListRow;
use domain::filter::{ListQuery, Window};
use domain::page::{Count, Limit, Page};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

pub use rows::{JsonRow, RowReader};
pub use statement::Output;

use self::rows::read_json;
use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;
use crate::db::Pool;
use crate::sql::Sql;
use crate::views::{EngineView, SqlView};

/// Runs a statement and reads its rows.
pub async fn fetch_rows<T>(
    pool: &Pool,
    statement: Sql,
    read: impl Fn(&PgRow) -> Result<T, sqlx::Error> + Send,
) -> Result<Vec<T>, StoreError> {
    let fetched = statement.query().fetch_all(pool).await?;
    Ok(fetched.iter().map(read).collect::<Result<_, _>>()?)
}

/// A page as JSON objects.
pub async fn fetch_json_page(
    pool: &Pool,
    view: &SqlView,
    query: &ListQuery,
    window: Window,
    as_of: Timestamp,
) -> Result<Page<JsonRow>, StoreError> {
    let statement = view.page_sql(query, window, Output::Json);
    let rows = fetch_rows(pool, statement, read_json).await?;
    Ok(Page::from_fetched(rows, query, as_of))
}

/// A page with the values of the columns `wanted`.
pub async fn fetch_page(
    pool: &Pool,
    view: &SqlView,
    query: &ListQuery,
    window: Window,
    wanted: &[usize],
    as_of: Timestamp,
) -> Result<Page<ListRow>, StoreError> {
    let statement = view.page_sql(query, window, Output::Values(wanted));
    let reader = RowReader::new(view, wanted);
    let rows = fetch_rows(pool, statement, |row| reader.read(row)).await?;
    Ok(Page::from_fetched(rows, query, as_of))
}

/// Runs a counting statement. Returns [`Count::NotCounted`] on a timeout.
pub async fn fetch_count(pool: &Pool, statement: Sql) -> Result<Count, StoreError> {
    let counted = statement.query().fetch_one(pool).await;
    match counted.map_err(StoreError::from) {
        Ok(row) => {
            let rows: i64 = row.try_get(0)?;
            Ok(Count::capped(rows.unsigned_abs()))
        }
        Err(StoreError::TimedOut) => Ok(Count::NotCounted),
        Err(error) => Err(error),
    }
}

impl EngineDb {
    /// A page of an engine view as JSON objects.
    pub(super) async fn engine_json(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
        as_of: Timestamp,
    ) -> Result<Page<JsonRow>, StoreError> {
        fetch_json_page(&self.pool, view.0, query, window, as_of).await
    }

    /// Counts the rows that a list's query matches, exactly up to [`Count::CAP`]. It uses its own connections with a
    /// short statement timeout, so that it never delays pages.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn count(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
    ) -> Result<Count, StoreError> {
        fetch_count(&self.counting, view.0.count_sql(query, window)).await
    }

    /// The newest rows of a view, at most `rows`, with the values of these columns.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn newest(
        &self,
        _: &Auditor,
        view: EngineView,
        columns: &[usize],
        rows: u16,
    ) -> Result<Vec<ListRow>, StoreError> {
        let query = ListQuery {
            limit: Limit::new(rows).unwrap_or_default(),
            ..ListQuery::all(view.view())
        };
        let (window, output) = (Window::default(), Output::Values(columns));
        let statement = view.0.page_sql(&query, window, output);
        let reader = RowReader::new(view.0, columns);
        let mut newest = fetch_rows(&self.pool, statement, |row| reader.read(row)).await?;
        newest.truncate(usize::from(rows));
        Ok(newest)
    }
}
