//! Values of rows that are made in memory, as CSV and as JSON.

use std::fmt::Write as _;

use domain::csv::{Cell, push_row};

use crate::engine::export::ExportFormat;

/// A value, and whether JSON writes it without quotes.
pub type Value = (Cell, bool);

/// Text that a person may have written; needs the formula guard.
pub fn text(text: impl Into<String>) -> Value {
    (Cell::Text(text.into()), false)
}

/// Text that needs no formula guard: an id, a time, a fixed word, an exact decimal.
pub fn plain(text: impl Into<String>) -> Value {
    (Cell::Plain(text.into()), false)
}

/// A text that should be a number. A number gets no formula guard, so that negative ones stay numbers.
pub fn number_text(spelled: impl Into<String>) -> Value {
    let spelled = spelled.into();
    let is_number = spelled.parse::<f64>().is_ok_and(f64::is_finite);
    if is_number {
        plain(spelled)
    } else {
        text(spelled)
    }
}

/// A number or boolean.
pub fn bare(value: &impl ToString) -> Value {
    (Cell::Plain(value.to_string()), true)
}

/// NULL.
pub fn null() -> Value {
    (Cell::Null, true)
}

/// An optional value.
pub fn or_null<T>(value: Option<T>, cell: impl FnOnce(T) -> Value) -> Value {
    value.map_or_else(null, cell)
}

/// Microseconds as seconds with six digits: `0.620925`.
pub fn seconds(micros: i64) -> Value {
    let sign = if micros < 0 { "-" } else { "" };
    let size = micros.unsigned_abs();
    bare(&format!(
        "{sign}{}.{:06}",
        size / 1_000_000,
        size % 1_000_000
    ))
}

/// Appends one line in the export's format.
pub fn push_line(out: &mut String, names: &[&str], values: Vec<Value>, format: ExportFormat) {
    match format {
        ExportFormat::Csv(guard) => {
            let cells: Vec<Cell> = values.into_iter().map(|(cell, _)| cell).collect();
            push_row(out, &cells, guard);
        }
        ExportFormat::JsonLines => {
            out.push_str(&json_object(names, &values));
            out.push('\n');
        }
    }
}

/// The values as one JSON object.
pub fn json_object(names: &[&str], values: &[Value]) -> String {
    let mut object = String::from("{");
    for (at, (name, (cell, bare))) in names.iter().zip(values).enumerate() {
        if at > 0 {
            object.push(',');
        }
        let value = match (cell, bare) {
            (Cell::Null, _) => "null".to_owned(),
            (Cell::Text(text) | Cell::Plain(text), true) => text.clone(),
            (Cell::Text(text) | Cell::Plain(text), false) => {
                serde_json::Value::from(text.as_str()).to_string()
            }
        };
        // Writing to a `String` cannot fail.
        let _ = write!(object, "\"{name}\":{value}");
    }
    object.push('}');
    object
}
