//! How each kind of column is spelled in CSV and in JSON.

use domain::catalogue::Kind;

use crate::sql::{Sql, sql};
use crate::views::SqlView;

/// As `domain::time::Timestamp::rfc3339` has it: RFC 3339 with six digits; a year that has not four digits with its
/// sign, and those before 1 counted through nought (44 BC is `-0043`); the infinities as PostgreSQL says them.
fn time_text(time: &'static str) -> Sql {
    Sql::template(
        // PostgreSQL has no year nought: 1 BC is -1 to it.
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

/// A column's expression as a CSV field, as stored: the guard against formulas and the form of times are the export's.
pub fn csv(kind: Kind, value: &'static str) -> Sql {
    match kind {
        Kind::Bool | Kind::Json => sql!["(", value, ")::text"],
        _ => Sql::new(value),
    }
}

/// A column's expression as a value of a JSON object.
pub fn json(kind: Kind, value: &'static str) -> Sql {
    match kind {
        Kind::Time => time_text(value),
        Kind::Numeric => sql!["(", value, ")::text"],
        _ => Sql::new(value),
    }
}

/// The exported columns of a view as one JSON object, in text.
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
