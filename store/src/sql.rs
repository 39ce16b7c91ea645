//! SQL text with its values: bound for a page's prepared statement, or as literals for `COPY`, which
//! takes no parameters. The text itself is only ever the console's own.

use domain::page::Order;
use domain::time::Timestamp;
use postgres_protocol::escape::escape_literal;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres};
use uuid::Uuid;

use crate::pg::PgTimestamp;

/// How values get into the text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// As `$1`, `$2`, …
    Bound,
    /// As typed literals, escaped one at a time.
    Literal,
}

#[derive(Clone)]
enum Value {
    Text(String),
    Texts(Vec<String>),
    Uuid(Uuid),
    Uuids(Vec<Uuid>),
    Timestamp(Timestamp),
    Timestamps(Vec<Timestamp>),
    Float(f64),
    Int(i32),
}

/// A statement under construction.
#[derive(Clone)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
    mode: Mode,
}

impl Sql {
    /// Begins with this text.
    pub fn new(mode: Mode, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            values: Vec::new(),
            mode,
        }
    }

    /// Appends the console's own text.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    fn value(&mut self, value: Value, literal: impl FnOnce(&Value) -> String) -> &mut Self {
        match self.mode {
            Mode::Bound => {
                self.values.push(value);
                self.text.push('$');
                self.text.push_str(&self.values.len().to_string());
            }
            Mode::Literal => self.text.push_str(&literal(&value)),
        }
        self
    }

    /// Appends a `text` value.
    pub fn text(&mut self, text: &str) -> &mut Self {
        let literal = |_: &Value| format!("{}::text", escape_literal(text));
        self.value(Value::Text(text.to_owned()), literal)
    }

    /// Appends a `text[]` value.
    pub fn texts(&mut self, texts: Vec<String>) -> &mut Self {
        self.value(Value::Texts(texts), |value| {
            let Value::Texts(texts) = value else {
                return String::new();
            };
            let items: Vec<String> = texts.iter().map(|text| escape_literal(text)).collect();
            format!("ARRAY[{}]::text[]", items.join(","))
        })
    }

    /// Appends a `uuid` value.
    pub fn uuid(&mut self, id: Uuid) -> &mut Self {
        self.value(Value::Uuid(id), |_| format!("'{id}'::uuid"))
    }

    /// Appends a `uuid[]` value.
    pub fn uuids(&mut self, ids: Vec<Uuid>) -> &mut Self {
        self.value(Value::Uuids(ids), |value| {
            let Value::Uuids(ids) = value else {
                return String::new();
            };
            let items: Vec<String> = ids.iter().map(|id| format!("'{id}'")).collect();
            format!("ARRAY[{}]::uuid[]", items.join(","))
        })
    }

    /// Appends a `timestamptz` value.
    pub fn timestamp(&mut self, at: Timestamp) -> &mut Self {
        self.value(Value::Timestamp(at), |_| timestamp_literal(at))
    }

    /// Appends a `timestamptz[]` value.
    pub fn timestamps(&mut self, at: Vec<Timestamp>) -> &mut Self {
        self.value(Value::Timestamps(at), |value| {
            let Value::Timestamps(at) = value else {
                return String::new();
            };
            let items: Vec<String> = at.iter().map(|at| timestamp_literal(*at)).collect();
            format!("ARRAY[{}]::timestamptz[]", items.join(","))
        })
    }

    /// Appends a `double precision` value; it must be finite.
    pub fn float(&mut self, number: f64) -> &mut Self {
        self.value(Value::Float(number), |_| {
            format!("'{number}'::double precision")
        })
    }

    /// Appends an `integer` value.
    pub fn int(&mut self, number: i32) -> &mut Self {
        self.value(Value::Int(number), |_| format!("({number})"))
    }

    /// Appends `ORDER BY` these columns, all in one direction.
    pub fn order_by(&mut self, columns: &[&str], order: Order) -> &mut Self {
        let direction = match order {
            Order::Newest => " DESC",
            Order::Oldest => " ASC",
        };
        let terms: Vec<String> = columns
            .iter()
            .map(|column| format!("{column}{direction}"))
            .collect();
        self.push(" ORDER BY ").push(&terms.join(", "))
    }

    /// The same statement with this text before it.
    pub fn prefixed(mut self, text: &str) -> Self {
        self.text.insert_str(0, text);
        self
    }

    /// The same statement over the tables of another schema than `public`.
    pub fn in_schema(mut self, schema: &str) -> Self {
        self.text = self.text.replace("public.", &format!("{schema}."));
        self
    }

    /// The text, for `COPY`.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The statement with its values bound.
    pub fn query(self) -> Query<'static, Postgres, PgArguments> {
        let mut query = sqlx::query(AssertSqlSafe(self.text));
        for value in self.values {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Texts(texts) => query.bind(texts),
                Value::Uuid(id) => query.bind(id),
                Value::Uuids(ids) => query.bind(ids),
                Value::Timestamp(at) => query.bind(PgTimestamp(at)),
                Value::Timestamps(at) => {
                    query.bind(at.into_iter().map(PgTimestamp).collect::<Vec<_>>())
                }
                Value::Float(number) => query.bind(number),
                Value::Int(number) => query.bind(number),
            };
        }
        query
    }
}

/// A `timestamptz` literal; moments beyond the calendar's text are counted from the epoch.
fn timestamp_literal(at: Timestamp) -> String {
    match at {
        Timestamp::INFINITY | Timestamp::NEG_INFINITY => {
            format!("'{}'::timestamptz", at.rfc3339())
        }
        at => {
            // Days and the rest apart: an interval of microseconds alone loses digits beyond 2^53.
            let micros = at.postgres_micros();
            let (days, rest) = (
                micros.div_euclid(86_400_000_000),
                micros.rem_euclid(86_400_000_000),
            );
            format!(
                "('2000-01-01 00:00:00+00'::timestamptz + '{days} days {rest} microseconds'::interval)"
            )
        }
    }
}

/// A `LIKE` pattern that finds `word` anywhere, literally.
pub fn like_anywhere(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for char in word.chars() {
        if matches!(char, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(char);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_cannot_break_out() {
        let mut sql = Sql::new(Mode::Literal, "");
        sql.text("a'; DROP TABLE x; --\\")
            .texts(vec!["'".to_owned()]);
        assert_eq!(
            sql.into_text(),
            " E'a''; DROP TABLE x; --\\\\'::textARRAY['''']::text[]"
        );
    }

    #[test]
    fn like_wildcards_mean_themselves() {
        assert_eq!(like_anywhere(r"100%_\"), r"%100\%\_\\%");
    }
}
