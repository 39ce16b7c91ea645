//! One statement builder for every list: its page, its count, its JSON rows and its exports are the
//! same conditions over the same tables.

use domain::catalogue::{KeyKind, Kind, ListRow, RowKey, Value};
use domain::cursor::{Cursor, Direction};
use domain::filter::{ListQuery, Window};
use domain::page::{Count, KeysetRow, Limit, Order, Page};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::columns::{csv, json, json_object};
use super::{EngineDb, ExportFormat};
use crate::StoreError;
use crate::access::Auditor;
use crate::db::Pool;
use crate::pg::RowExt as _;
use crate::sql::{Sql, sql};
use crate::views::{Branch, BranchKey, EngineView, SqlView, TimeRange};

/// A row as the API gives it.
#[derive(Clone, Debug)]
pub struct JsonRow {
    timestamp: Timestamp,
    key: RowKey,
    /// The row as a JSON object, exactly the export's columns.
    pub json: String,
}

impl JsonRow {
    /// A row made elsewhere.
    #[must_use]
    pub const fn new(timestamp: Timestamp, key: RowKey, json: String) -> Self {
        Self {
            timestamp,
            key,
            json,
        }
    }
}

impl KeysetRow for JsonRow {
    fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    fn key(&self) -> RowKey {
        self.key
    }
}

/// What a page's statement is to give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output<'a> {
    /// The values of these columns, by their places in the view's; [`RowReader`] reads them.
    Values(&'a [usize]),
    /// JSON objects; [`read_json`] reads them.
    Json,
}

impl SqlView {
    /// The names of the columns that the rows of the whole view are sorted by.
    fn sort(&self) -> &'static [&'static str] {
        match self.spec.key {
            KeyKind::Uuid => &["sort_time", "sort_id"],
            KeyKind::UuidOrInteger => &["sort_time", "sort_rank", "sort_number", "sort_id"],
        }
    }

    /// The sort columns of one branch. Of rows of the same time those with an integer come first.
    fn sorted(&self, branch: &Branch) -> Sql {
        let (time, key) = (branch.time, branch.key.sql());
        let rank_and_key = match (self.spec.key, branch.key) {
            (KeyKind::Uuid, _) => sql![key, " AS sort_id"],
            (KeyKind::UuidOrInteger, BranchKey::Uuid(_)) => sql![
                "1 AS sort_rank, NULL::integer AS sort_number, ",
                key,
                " AS sort_id"
            ],
            (KeyKind::UuidOrInteger, BranchKey::Integer(_)) => sql![
                "0 AS sort_rank, ",
                key,
                " AS sort_number, NULL::uuid AS sort_id"
            ],
        };
        sql![time, " AS sort_time, ", rank_and_key]
    }

    /// `SELECT … FROM … WHERE …` of one branch with every condition but the page's.
    fn push_branch(
        &self,
        sql: &mut Sql,
        query: &ListQuery,
        window: Window,
        at: usize,
        (select, from): (&Sql, &Sql),
    ) {
        sql.push("SELECT ").push(select).push(from);
        self.and_conditions(query, TimeRange::Window(window), at, sql);
    }

    /// The statement of one page, with one row more than fits.
    pub fn page_sql(&self, query: &ListQuery, window: Window, output: Output<'_>) -> Sql {
        let backward = query
            .after
            .as_ref()
            .is_some_and(|cursor| cursor.direction == Direction::Backward);
        let order = if backward {
            query.order.reversed()
        } else {
            query.order
        };
        let limit = sql![" LIMIT ", query.limit.rows() + 1];
        let wanted = match output {
            Output::Values(wanted) => wanted,
            Output::Json => &[],
        };
        let is_late = |at: &&usize| self.columns[**at].late;
        let late = self
            .late_join
            .as_ref()
            .filter(|_| wanted.iter().any(|at| is_late(&at)));
        let values: Vec<Sql> = match output {
            Output::Json => vec![sql![json_object(self), " AS json"]],
            Output::Values(wanted) => {
                let early = wanted.iter().filter(|at| !is_late(at));
                let early = early.map(|at| self.value_sql(*at));
                early.chain(late.map(|join| join.needs.into())).collect()
            }
        };
        let mut sql = Sql::default();
        if late.is_some() {
            sql.push("SELECT found.*");
            for at in wanted.iter().filter(is_late) {
                sql.push(", ").push(self.value_sql(*at));
            }
            sql.push(" FROM (");
        }
        for (at, branch) in self.branches.iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL (" } else { "(" });
            let selected = values.iter().cloned().chain([self.sorted(branch)]);
            let select = Sql::joined(", ", selected);
            self.push_branch(&mut sql, query, window, at, (&select, &branch.from));
            if let Some(cursor) = &query.after {
                and_after(cursor, order, branch, &mut sql);
            }
            sql.order_by(&[branch.time, branch.key.sql()], order)
                .push(&limit)
                .push(")");
        }
        if self.branches.len() > 1 {
            sql.order_by(self.sort(), order).push(&limit);
        }
        if let Some(late) = late {
            // A join promises no order.
            sql.push(") found")
                .push(&late.join)
                .order_by(self.sort(), order);
        }
        sql
    }

    /// A column's value under the name by which [`RowReader`] finds it.
    fn value_sql(&self, at: usize) -> Sql {
        let value = self.columns[at].sql;
        match self.spec.columns[at].kind {
            Kind::Time | Kind::Float | Kind::Bool => sql![value, " AS v", at],
            _ => sql!["(", value, ")::text AS v", at],
        }
    }

    /// The `COPY` of everything that the query matches. A row is one message of the protocol.
    pub fn copy_sql(&self, query: &ListQuery, window: Window, format: ExportFormat) -> Sql {
        let select = self.export_sql(query, window, format);
        let form = match format {
            ExportFormat::Csv(_) => "FORMAT csv",
            // JSON holds no control characters, so nothing is ever escaped, and a line is quoted only
            // for line breaks between its tokens.
            ExportFormat::JsonLines => {
                r"FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01', ESCAPE E'\x01'"
            }
        };
        sql!["COPY (", select, ") TO STDOUT (", form, ")"]
    }

    /// Everything that the query matches, after its cursor where it has one, spelled as the export has it.
    ///
    /// It is written so that PostgreSQL can hand out the first row at once, by walking along the index of time:
    /// * JSON is made of rows that are in order already. PostgreSQL takes a made object to be a few bytes, and would sort
    ///   millions of them before the first.
    /// * Of several branches each is in the order of time, and so they can be merged. That needs each column to have the
    ///   same type in all of them.
    pub fn export_sql(&self, query: &ListQuery, window: Window, format: ExportFormat) -> Sql {
        let exported = || {
            let columns = self.spec.columns.iter().zip(&self.columns);
            columns.filter(|(column, _)| column.exported)
        };
        let names = exported().map(|(column, _)| sql!["\"", column.name, "\""]);
        let names = Sql::joined(", ", names);
        let values = exported().map(|(column, part)| {
            let value = match format {
                ExportFormat::Csv(_) => csv(column.kind, part.sql),
                ExportFormat::JsonLines => json(column.kind, part.sql),
            };
            sql![value, " AS \"", column.name, "\""]
        });
        let values = Sql::joined(", ", values);
        let mut sql = Sql::default();
        if format == ExportFormat::JsonLines {
            sql.push("SELECT row_to_json(object)::text FROM (");
        }
        sql.push("SELECT ").push(&names).push(" FROM (");
        for (at, branch) in self.branches.iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL (" } else { "(" });
            let select = sql![&values, ", ", self.sorted(branch)];
            let other = branch.export_from.as_ref();
            let other = other.filter(|other| (other.suits)(&query.filter));
            let from = other.map_or(&branch.from, |other| &other.from);
            self.push_branch(&mut sql, query, window, at, (&select, from));
            if let Some(cursor) = &query.after {
                and_after(cursor, query.order, branch, &mut sql);
            }
            if self.branches.len() > 1 {
                sql.order_by(&[branch.time], query.order);
            }
            sql.push(")");
        }
        sql.push(") AS rows").order_by(self.sort(), query.order);
        if format == ExportFormat::JsonLines {
            sql.push(") AS object");
        }
        sql
    }

    /// The statement that counts, up to one more than [`Count::CAP`].
    pub fn count_sql(&self, query: &ListQuery, window: Window) -> Sql {
        let (one, limit) = (Sql::new("1"), sql![" LIMIT ", Count::CAP + 1]);
        let mut sql = Sql::new("SELECT count(*) FROM (");
        for (at, branch) in self.branches.iter().enumerate() {
            sql.push(if at > 0 { " UNION ALL (" } else { "(" });
            self.push_branch(&mut sql, query, window, at, (&one, &branch.from));
            sql.push(&limit).push(")");
        }
        // Without a second branch there is one limit already, and SQL takes no other.
        if self.branches.len() > 1 {
            sql.push(&limit);
        }
        sql.push(") AS counted");
        sql
    }

    /// The statement by which the planner says how many rows it expects.
    pub fn estimate_sql(&self, query: &ListQuery, window: Window) -> Sql {
        let one = Sql::new("1");
        let mut sql = Sql::new("EXPLAIN (FORMAT JSON) ");
        for (at, branch) in self.branches.iter().enumerate() {
            if at > 0 {
                sql.push(" UNION ALL ");
            }
            self.push_branch(&mut sql, query, window, at, (&one, &branch.from));
        }
        sql
    }
}

/// Reads the rows that [`Output::Values`] asked for.
pub struct RowReader {
    /// Of each column: its place in the view, its name in the row, and what it holds.
    wanted: Vec<(usize, String, Kind)>,
    columns: usize,
}

impl RowReader {
    /// A reader of rows with the columns `wanted`.
    pub fn new(view: &SqlView, wanted: &[usize]) -> Self {
        let columns = &view.spec.columns;
        let wanted = wanted
            .iter()
            .map(|at| (*at, value_name(*at), columns[*at].kind));
        Self {
            wanted: wanted.collect(),
            columns: columns.len(),
        }
    }

    /// Reads a row.
    pub fn read(&self, row: &PgRow) -> Result<ListRow, sqlx::Error> {
        let mut values = vec![Value::NotFetched; self.columns];
        for (at, name, kind) in &self.wanted {
            values[*at] = read_value(row, name, *kind)?;
        }
        Ok(ListRow {
            timestamp: row.timestamp("sort_time")?,
            key: read_key(row)?,
            values,
        })
    }
}

/// The name of the view's column at this place in a page's rows.
fn value_name(at: usize) -> String {
    format!("v{at}")
}

/// Reads a row that [`Output::Json`] asked for.
fn read_json(row: &PgRow) -> Result<JsonRow, sqlx::Error> {
    Ok(JsonRow::new(
        row.timestamp("sort_time")?,
        read_key(row)?,
        row.try_get("json")?,
    ))
}

fn read_key(row: &PgRow) -> Result<RowKey, sqlx::Error> {
    Ok(match row.try_get("sort_id")? {
        Some(id) => RowKey::Uuid(id),
        None => RowKey::Integer(row.try_get("sort_number")?),
    })
}

fn read_value(row: &PgRow, name: &str, kind: Kind) -> Result<Value, sqlx::Error> {
    let value = match kind {
        Kind::Time => row.timestamp_opt(name)?.map(Value::Time),
        Kind::Float => row.try_get::<Option<f64>, _>(name)?.map(Value::Float),
        Kind::Bool => row.try_get::<Option<bool>, _>(name)?.map(Value::Bool),
        Kind::Numeric => row.amount_opt(name)?.map(Value::Amount),
        Kind::Plain
        | Kind::Integer
        | Kind::Seconds
        | Kind::Text
        | Kind::NumberText
        | Kind::Json => row.try_get::<Option<String>, _>(name)?.map(Value::Text),
    };
    Ok(value.unwrap_or(Value::Null))
}

/// ` AND` that a row of the branch comes after the cursor's row when sorted in `order`. Rows of the same time are ordered
/// integers first, then by their key.
fn and_after(cursor: &Cursor, order: Order, branch: &Branch, sql: &mut Sql) {
    let strictly = match order {
        Order::Newest => "<",
        Order::Oldest => ">",
    };
    sql.push(" AND ");
    match (cursor.key, branch.key) {
        (RowKey::Uuid(_), BranchKey::Uuid(key)) | (RowKey::Integer(_), BranchKey::Integer(key)) => {
            sql.push("(").push(branch.time).push(", ").push(key);
            sql.push(") ").push(strictly).push(" (");
            sql.timestamp(cursor.timestamp).push(", ");
            match cursor.key {
                RowKey::Uuid(id) => sql.uuid(id),
                RowKey::Integer(number) => sql.int(number),
            };
            sql.push(")");
        }
        (key, _) => {
            // Another branch: of the same time all come after the cursor's row, or none.
            let is_uuid = matches!(key, RowKey::Uuid(_));
            let all_come_after = is_uuid == (order == Order::Newest);
            sql.push(branch.time).push(" ").push(strictly);
            sql.push(if all_come_after { "= " } else { " " });
            sql.timestamp(cursor.timestamp);
        }
    }
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

/// Runs a count's statement; one that takes too long has not counted.
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
    /// A page of a view of the engine's as JSON objects.
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

    /// How many rows a list's query matches, exact to [`Count::CAP`]. It runs on connections of its
    /// own and is cut early, so that it never takes anything from a page.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn count(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
    ) -> Result<Count, StoreError> {
        fetch_count(&self.counting, view.0.count_sql(query, window)).await
    }

    /// The newest rows of a view, at most so many, with the values of these columns.
    ///
    /// # Errors
    /// When the database is away.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::SIGNALS;
    use domain::catalogue::View;
    use domain::csv::FormulaGuard;

    /// How often a statement looks up what became of signals: on the page, in its JSON, its count, its CSV.
    fn lookups(raw: &str) -> [usize; 4] {
        let view: &'static SqlView = &SIGNALS;
        let query = ListQuery::parse(View(&view.spec), raw).unwrap();
        let window = Window::default();
        let outcome = view.spec.column("outcome_verdict").unwrap();
        [
            view.page_sql(&query, window, Output::Values(&[outcome]))
                .to_string(),
            view.page_sql(&query, window, Output::Json).to_string(),
            view.count_sql(&query, window).to_string(),
            view.copy_sql(&query, window, ExportFormat::Csv(FormulaGuard::On))
                .to_string(),
        ]
        .map(|text| text.matches("FROM public.orders").count())
    }

    #[test]
    fn what_became_of_rows_is_looked_up_only_where_it_is_needed() {
        assert_eq!(lookups("coin=BTC"), [1, 0, 0, 0]);
        assert_eq!(lookups("outcome=filled"), [2, 1, 1, 1]);
    }
}
