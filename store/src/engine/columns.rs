//! How each kind of column is spelled in CSV and in JSON.

use domain::catalogue::Kind;

use crate::views::SqlView;

/// As `domain::time::Timestamp::rfc3339` has it: RFC 3339 with six digits; a year that has not four digits with its
/// sign, and those before 1 counted through nought (44 BC is `-0043`); the infinities as PostgreSQL says them.
fn time_text(sql: &str) -> String {
    let of = |format: &str| format!("to_char({sql} AT TIME ZONE 'UTC', '{format}')");
    let (whole, rest) = (
        of("YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\""),
        of("-MM-DD\"T\"HH24:MI:SS.US\"Z\""),
    );
    // PostgreSQL has no year nought: 1 BC is -1 to it.
    let year = format!("date_part('year', {sql} AT TIME ZONE 'UTC')::int");
    format!(
        "CASE WHEN {sql} >= '0001-01-01 00:00:00+00' AND {sql} < '10000-01-01 00:00:00+00' THEN {whole} \
         WHEN {sql} >= '10000-01-01 00:00:00+00' AND isfinite({sql}) THEN '+' || {year} || {rest} \
         WHEN isfinite({sql}) THEN CASE WHEN {year} < -1 THEN '-' ELSE '' END || \
         lpad((-1 - {year})::text, 4, '0') || {rest} ELSE {sql}::text END"
    )
}

/// A column's expression as a CSV field, as stored: the guard against formulas and the form of times are the export's.
pub fn csv(kind: Kind, sql: &str) -> String {
    match kind {
        Kind::Bool | Kind::Json => format!("({sql})::text"),
        _ => sql.to_owned(),
    }
}

/// A column's expression as a value of a JSON object.
pub fn json(kind: Kind, sql: &str) -> String {
    match kind {
        Kind::Time => time_text(sql),
        Kind::Numeric => format!("({sql})::text"),
        _ => sql.to_owned(),
    }
}

/// The exported columns of a view as one JSON object, in text.
pub fn json_object(view: &SqlView) -> String {
    let columns = view.spec.columns.iter().zip(&view.columns);
    let members: Vec<String> = columns
        .filter(|(column, _)| column.exported)
        .map(|(column, part)| format!("{} AS {}", json(column.kind, &part.sql), column.name))
        .collect();
    format!(
        "(SELECT row_to_json(object)::text FROM (SELECT {}) AS object)",
        members.join(", ")
    )
}
