//! A view's columns as SQL, and how each kind of value is spelled in CSV and in JSON.

/// What kind of value a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Spelled by PostgreSQL the same everywhere: uuid, integer.
    Plain,
    /// `timestamptz`: RFC 3339 in UTC with six digits.
    Time,
    /// Text that somebody may have written.
    Text,
    /// Text that should spell a number, out of json: left alone while it does.
    NumberText,
    /// `double precision`
    Float,
    /// `numeric`: exact; a string in JSON, so that no reader makes a float of it.
    Numeric,
    /// `boolean`
    Bool,
    /// `json`, as stored.
    Json,
}

/// A column of an export: its name, its SQL, its kind.
pub struct Column {
    /// As in the header.
    pub name: &'static str,
    /// Over the tables of the view.
    pub sql: String,
    /// What it holds.
    pub kind: Kind,
}

/// Names and kinds in order, with the SQL of each.
pub fn columns(names: &'static [&'static str], sql: &[(&str, Kind)]) -> Vec<Column> {
    debug_assert_eq!(names.len(), sql.len());
    names
        .iter()
        .zip(sql)
        .map(|(name, (sql, kind))| Column {
            name,
            sql: (*sql).to_owned(),
            kind: *kind,
        })
        .collect()
}

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

impl Column {
    /// As a CSV field, as stored: the guard against formulas and the form of times are the export's.
    pub fn csv(&self) -> String {
        let sql = &self.sql;
        match self.kind {
            Kind::Bool | Kind::Json => format!("({sql})::text"),
            Kind::Plain
            | Kind::Time
            | Kind::Float
            | Kind::Numeric
            | Kind::Text
            | Kind::NumberText => sql.clone(),
        }
    }

    /// As a value of a JSON object.
    pub fn json(&self) -> String {
        match self.kind {
            Kind::Time => time_text(&self.sql),
            Kind::Numeric => format!("({})::text", self.sql),
            _ => self.sql.clone(),
        }
    }
}

/// The columns as one JSON object, in text.
pub fn json_object(columns: &[Column]) -> String {
    let member = |column: &Column| format!("{} AS {}", column.json(), column.name);
    let members: Vec<String> = columns.iter().map(member).collect();
    format!(
        "(SELECT row_to_json(object)::text FROM (SELECT {}) AS object)",
        members.join(", ")
    )
}
