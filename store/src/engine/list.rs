//! One statement builder for every list: its page, its count, its JSON rows and its exports are the
//! same conditions over the same tables.

use std::future::Future;

use domain::cursor::{Cursor, Direction};
use domain::filter::{ListQuery, ViewFilter, Window};
use domain::page::{Count, KeysetRow, Limit, Order, Page};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::columns::{Column, json_object};
use super::{EngineDb, ExportFormat};
use crate::StoreError;
use crate::access::Auditor;
use crate::db::Pool;
use crate::pg::RowExt as _;
use crate::sql::{Mode, Sql};

/// A view whose rows are those of a statement.
pub trait ListView: ViewFilter {
    /// A row of the page.
    type Row: KeysetRow<Key = Self::Key> + Send;

    /// What orders the rows, as every branch names it: `sort_time` and the key's parts.
    const SORT: &'static [&'static str];

    /// The selects that together are the view; most have one.
    fn branches(&self) -> Vec<Branch>;

    /// ` AND` the view's own conditions on branch number `branch`, and those of the words.
    fn and_conditions(query: &ListQuery<Self>, branch: usize, sql: &mut Sql);

    /// ` AND` that a row of branch number `branch` comes after `cursor` when sorted in `order`.
    fn and_after(cursor: &Cursor<Self::Key>, order: Order, branch: usize, sql: &mut Sql);

    /// What is looked up for the rows that are shown, once it is known which they are: its columns, and a
    /// join to `found`, the page's rows.
    #[must_use]
    fn looked_up() -> Option<(&'static str, String)> {
        None
    }

    /// Reads a row of the page.
    ///
    /// # Errors
    /// When a column is missing or of another type.
    fn read(row: &PgRow) -> Result<Self::Row, sqlx::Error>;

    /// Reads the key out of the sort columns.
    ///
    /// # Errors
    /// When a column is missing or of another type.
    fn read_key(row: &PgRow) -> Result<Self::Key, sqlx::Error>;
}

/// A view whose rows come straight out of the engine's tables.
pub trait EngineView: ListView {}

/// One select of a view.
pub struct Branch {
    /// Named expressions that [`ListView::read`] reads.
    pub row: &'static str,
    /// The export's columns.
    pub columns: Vec<Column>,
    /// Tables with their joins, and a `WHERE` that conditions can be appended to.
    pub from: String,
    /// The same for an export, which takes every column of every row, where there is a better way for that.
    pub export_from: Option<String>,
    /// The time column.
    pub time: &'static str,
    /// The expressions behind [`ListView::SORT`].
    pub sort: &'static [&'static str],
    /// Of those, the ones that are not the same for the whole branch.
    pub order: &'static [&'static str],
}

/// A row as the API gives it.
#[derive(Clone, Debug)]
pub struct JsonRow<K> {
    timestamp: Timestamp,
    key: K,
    /// The row as a JSON object, exactly the export's columns.
    pub json: String,
}

impl<K> JsonRow<K> {
    /// A row made elsewhere.
    pub const fn new(timestamp: Timestamp, key: K, json: String) -> Self {
        Self {
            timestamp,
            key,
            json,
        }
    }
}

impl<K: domain::cursor::CursorKey> KeysetRow for JsonRow<K> {
    type Key = K;

    fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    fn key(&self) -> K {
        self.key.clone()
    }
}

/// What a statement is to give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Rows that [`ListView::read`] reads.
    Rows,
    /// JSON objects.
    Json,
}

fn sorted_select(branch: &Branch, sort: &[&str]) -> String {
    let terms: Vec<String> = branch
        .sort
        .iter()
        .zip(sort)
        .map(|(expression, name)| format!("{expression} AS {name}"))
        .collect();
    terms.join(", ")
}

/// `SELECT … FROM … WHERE …` of one branch with every condition but the page's.
fn push_branch<V: ListView>(
    sql: &mut Sql,
    query: &ListQuery<V>,
    window: Window,
    (at, branch): (usize, &Branch),
    (select, from): (&str, &str),
) {
    sql.push("SELECT ").push(select).push(from);
    super::fragments::and_window(sql, branch.time, window);
    V::and_conditions(query, at, sql);
}

/// The statement of one page, with one row more than fits.
pub fn page_sql<V: ListView>(query: &ListQuery<V>, window: Window, output: Output) -> Sql {
    let backward = query
        .after
        .as_ref()
        .is_some_and(|cursor| cursor.direction == Direction::Backward);
    let order = if backward {
        query.order.reversed()
    } else {
        query.order
    };
    let limit = format!(" LIMIT {}", query.limit.rows() + 1);
    let branches = query.filter.branches();
    let looked_up = V::looked_up().filter(|_| output == Output::Rows);
    let mut sql = Sql::new(Mode::Bound, "");
    if let Some((columns, _)) = &looked_up {
        sql.push("SELECT found.*, ").push(columns).push(" FROM (");
    }
    for (at, branch) in branches.iter().enumerate() {
        sql.push(if at > 0 { " UNION ALL (" } else { "(" });
        let value = match output {
            Output::Json => format!("{} AS json", json_object(&branch.columns)),
            Output::Rows => branch.row.to_owned(),
        };
        let select = format!("{value}, {}", sorted_select(branch, V::SORT));
        push_branch(
            &mut sql,
            query,
            window,
            (at, branch),
            (&select, &branch.from),
        );
        if let Some(cursor) = &query.after {
            V::and_after(cursor, order, at, &mut sql);
        }
        sql.order_by(branch.order, order).push(&limit).push(")");
    }
    if branches.len() > 1 {
        sql.order_by(V::SORT, order).push(&limit);
    }
    if let Some((_, join)) = &looked_up {
        // A join promises no order.
        sql.push(") found").push(join).order_by(V::SORT, order);
    }
    sql
}

/// The `COPY` of everything that the query matches. A row is one message of the protocol.
pub fn copy_sql<V: ListView>(query: &ListQuery<V>, window: Window, format: ExportFormat) -> String {
    let select = export_sql(query, window, format).into_text();
    let form = match format {
        ExportFormat::Csv(_) => "FORMAT csv",
        // JSON holds no control characters, so nothing is ever escaped, and a line is quoted only
        // for line breaks between its tokens.
        ExportFormat::JsonLines => r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01', ESCAPE E'\x01'",
    };
    format!("COPY ({select}) TO STDOUT ({form})")
}

/// Everything that the query matches, after its cursor where it has one, spelled as the export has it.
///
/// It is written so that PostgreSQL can hand out the first row at once, by walking along the index of time:
/// * JSON is made of rows that are in order already. PostgreSQL takes a made object to be a few bytes, and would sort
///   millions of them before the first.
/// * Of several branches each is in the order of time, and so they can be merged. That needs each column to have the same
///   type in all of them.
pub fn export_sql<V: ListView>(query: &ListQuery<V>, window: Window, format: ExportFormat) -> Sql {
    let branches = query.filter.branches();
    let columns = branches.first().map_or(&[][..], |branch| &branch.columns);
    let names: Vec<String> = columns.iter().map(|c| format!("\"{}\"", c.name)).collect();
    let names = names.join(", ");
    let mut sql = Sql::new(Mode::Literal, "");
    if format == ExportFormat::JsonLines {
        sql.push("SELECT row_to_json(object)::text FROM (");
    }
    sql.push("SELECT ").push(&names).push(" FROM (");
    for (at, branch) in branches.iter().enumerate() {
        sql.push(if at > 0 { " UNION ALL (" } else { "(" });
        let mut select: Vec<String> = branch
            .columns
            .iter()
            .map(|column| {
                let value = match format {
                    ExportFormat::Csv(_) => column.csv(),
                    ExportFormat::JsonLines => column.json(),
                };
                format!("{value} AS \"{}\"", column.name)
            })
            .collect();
        select.push(sorted_select(branch, V::SORT));
        let from = branch.export_from.as_ref().unwrap_or(&branch.from);
        let select = select.join(", ");
        push_branch(&mut sql, query, window, (at, branch), (&select, from));
        if let Some(cursor) = &query.after {
            V::and_after(cursor, query.order, at, &mut sql);
        }
        if branches.len() > 1 {
            sql.order_by(&[branch.time], query.order);
        }
        sql.push(")");
    }
    sql.push(") AS rows").order_by(V::SORT, query.order);
    if format == ExportFormat::JsonLines {
        sql.push(") AS object");
    }
    sql
}

/// The statement that counts, up to one more than [`Count::CAP`].
pub fn count_sql<V: ListView>(query: &ListQuery<V>, window: Window) -> Sql {
    let limit = format!(" LIMIT {}", Count::CAP + 1);
    let mut sql = Sql::new(Mode::Bound, "SELECT count(*) FROM (");
    for (at, branch) in query.filter.branches().iter().enumerate() {
        sql.push(if at > 0 { " UNION ALL (" } else { "(" });
        push_branch(&mut sql, query, window, (at, branch), ("1", &branch.from));
        sql.push(&limit).push(")");
    }
    // Without a second branch there is one limit already, and SQL takes no other.
    if query.filter.branches().len() > 1 {
        sql.push(&limit);
    }
    sql.push(") AS counted");
    sql
}

/// The statement by which the planner says how many rows it expects.
pub fn estimate_sql<V: ListView>(query: &ListQuery<V>, window: Window) -> Sql {
    let mut sql = Sql::new(Mode::Bound, "EXPLAIN (FORMAT JSON) ");
    for (at, branch) in query.filter.branches().iter().enumerate() {
        if at > 0 {
            sql.push(" UNION ALL ");
        }
        push_branch(&mut sql, query, window, (at, branch), ("1", &branch.from));
    }
    sql
}

/// Runs a statement and reads its rows.
pub async fn fetch_rows<T>(
    pool: &Pool,
    statement: Sql,
    read: impl Fn(&PgRow) -> Result<T, sqlx::Error> + Send,
) -> Result<Vec<T>, StoreError> {
    let fetched = statement.query().fetch_all(pool).await?;
    Ok(fetched.iter().map(read).collect::<Result<_, _>>()?)
}

/// Runs a page's statement and reads its rows.
pub async fn fetch_page<T: KeysetRow>(
    pool: Pool,
    statement: Sql,
    read: impl Fn(&PgRow) -> Result<T, sqlx::Error> + Send,
    (limit, order, after): (Limit, Order, Option<Cursor<T::Key>>),
    as_of: Timestamp,
) -> Result<Page<T>, StoreError> {
    let rows = fetch_rows(&pool, statement, read).await?;
    Ok(Page::from_fetched(
        rows,
        limit,
        order,
        after.as_ref(),
        as_of,
    ))
}

/// Reads a row that [`Output::Json`] asked for.
pub fn read_json<V: ListView>(row: &PgRow) -> Result<JsonRow<V::Key>, sqlx::Error> {
    Ok(JsonRow::new(
        row.timestamp("sort_time")?,
        V::read_key(row)?,
        row.try_get("json")?,
    ))
}

/// Runs a count's statement; one that takes too long has not counted.
pub async fn fetch_count(pool: Pool, statement: Sql) -> Result<Count, StoreError> {
    let counted = statement.query().fetch_one(&pool).await;
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
    /// A page of a list as JSON objects.
    ///
    /// # Errors
    /// When the database is away or the query takes too long.
    pub fn json_page<V: EngineView>(
        &self,
        _: &Auditor,
        query: &ListQuery<V>,
        window: Window,
        as_of: Timestamp,
    ) -> impl Future<Output = Result<Page<JsonRow<V::Key>>, StoreError>> + Send + use<V> {
        let statement = page_sql(query, window, Output::Json);
        let place = (query.limit, query.order, query.after.clone());
        fetch_page(self.pool.clone(), statement, read_json::<V>, place, as_of)
    }

    /// How many rows a list's query matches, exact to [`Count::CAP`]. It runs on connections of its
    /// own and is cut early, so that it never takes anything from a page.
    ///
    /// # Errors
    /// When the database is away.
    pub fn count<V: EngineView>(
        &self,
        _: &Auditor,
        query: &ListQuery<V>,
        window: Window,
    ) -> impl Future<Output = Result<Count, StoreError>> + Send + use<V> {
        fetch_count(self.counting.clone(), count_sql(query, window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::csv::FormulaGuard;
    use domain::filter::SignalFilter;

    /// How often a statement looks up what became of signals: on the page, in its JSON, its count, its CSV.
    fn lookups(raw: &str) -> [usize; 4] {
        let query = ListQuery::<SignalFilter>::parse(raw).unwrap();
        let window = Window::default();
        [
            page_sql(&query, window, Output::Rows).into_text(),
            page_sql(&query, window, Output::Json).into_text(),
            count_sql(&query, window).into_text(),
            copy_sql(&query, window, ExportFormat::Csv(FormulaGuard::On)),
        ]
        .map(|text| text.matches("FROM public.orders").count())
    }

    #[test]
    fn what_became_of_rows_is_looked_up_only_where_it_is_needed() {
        assert_eq!(lookups("coin=BTC"), [1, 0, 0, 0]);
        assert_eq!(lookups("outcome=filled"), [2, 1, 1, 1]);
    }
}
