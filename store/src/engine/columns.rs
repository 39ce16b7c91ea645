//! SQL expressions of columns for CSV and JSON.

use domain::catalogue::Kind;

use crate::sql::{Sql, sql};
use crate::views::SqlView;

/// SQL of a time as [`domain::time::Timestamp::rfc3339`] formats it: RFC 3339 with six digits. Years beyond four digits
/// have a sign, years before 1 are astronomical (44 BC is `-0043`), and infinities are as in PostgreSQL.
fn time_text(time: &'static str) -> Sql {
    Sql::template(
        // PostgreSQL has no year 0: 1 BC is -1.
        "CASE WHEN {time} >= '0001-01-01 00:00:00+00' AND {time} < '10000-01-01 00:00:00+00' \
         THEN to_char({time} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') \
         WHEN {time} >= '10000-01-01 00:00:00+00' AND isfinite({time}) THEN '+' || {year} || {rest} \
         WHEN isfinite({time}) THEN CASE WHEN {year} < -1 THEN '-' ELSE '' END || \
         lpad((-1 - {year})::text, 4, '0') || {rest} ELSE {time}::text END",
        &[
            ("time", time.into()),
            (
                "year",
                sql!["date_part('year', ", time, " AT TIME ZONE 'UTC')::int"],
            ),
            (
                "rest",
                sql![
                    "to_char(",
                    time,
                    " AT TIME ZONE 'UTC', '-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                ],
            ),
        ],
    )
}

/// A column's expression for CSV, as stored. The export itself adds the formula guard and formats times.
pub fn csv(kind: Kind, value: &'static str) -> Sql {
    match kind {
        Kind::Bool | Kind::Json => sql!["(", value, ")::text"],
        _ => Sql::new(value),
    }
}

/// A column's expression for a JSON value.
pub fn json(kind: Kind, value: &'static str) -> Sql {
    match kind {
        Kind::Time => time_text(value),
        Kind::Numeric => sql!["(", value, ")::text"],
        _ => Sql::new(value),
    }
}

/// The exported columns of a view as one JSON object, as text.
pub fn json_object(view: &SqlView) -> Sql {
    let columns = view.spec.columns.iter().zip(&view.columns);
    let members = columns
        .filter(|(column, _)| column.exported)
        .map(|(column, part)| sql![json(column.kind, part.sql), " AS ", column.name]);
    sql![
        "(SELECT row_to_json(object)::text FROM (SELECT ",
        Sql::joined(", ", members),
        ") AS object)"
    ]
}
