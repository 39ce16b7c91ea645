//! Reads the rows of lists.

use domain::catalogue::{Kind, ListRow, RowKey, Value};
use domain::page::KeysetRow;
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::pg::RowExt as _;
use crate::views::SqlView;

/// A row of the JSON API.
#[derive(Clone, Debug)]
pub struct JsonRow {
    timestamp: Timestamp,
    key: RowKey,
    /// The row as a JSON object with the columns of exports.
    pub json: String,
}

impl JsonRow {
    /// A row that was not read by SQL.
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

/// Reads rows of [`super::Output::Values`].
pub struct RowReader {
    /// For each column: its index in the view, its name in the row, and its kind.
    wanted: Vec<(usize, String, Kind)>,
    columns: usize,
}

impl RowReader {
    /// A reader of rows with the columns `wanted`, given as indexes.
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

/// Name in the row of the view's column with this index.
fn value_name(at: usize) -> String {
    format!("v{at}")
}

/// Reads a row of [`super::Output::Json`].
pub(super) fn read_json(row: &PgRow) -> Result<JsonRow, sqlx::Error> {
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
