//! Builder of SQL text with values. Values are bound in prepared statements, and written as literals where PostgreSQL
//! takes no parameters: in `COPY` and `BEGIN`.
//!
//! No `String` gets into the text unescaped: [`Sql::push`] takes constants, numbers and other [`Sql`]; everything else
//! is quoted or escaped by its type. [`Sql::written_by_postgres`] is the only exception.

use std::borrow::Cow;
use std::fmt;

use domain::page::Order;
use domain::time::Timestamp;
use postgres_protocol::escape::{escape_identifier, escape_literal};
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres, SqlSafeStr, SqlStr};
use uuid::Uuid;

use crate::pg::PgTimestamp;

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

impl Value {
    /// The value as a literal of its type.
    fn literal(&self) -> String {
        let array =
            |items: Vec<String>, kind: &str| format!("ARRAY[{}]::{kind}[]", items.join(","));
        match self {
            Self::Text(text) => format!("{}::text", escape_literal(text)),
            Self::Texts(texts) => array(
                texts.iter().map(|text| escape_literal(text)).collect(),
                "text",
            ),
            Self::Uuid(id) => format!("'{id}'::uuid"),
            Self::Uuids(ids) => array(ids.iter().map(|id| format!("'{id}'")).collect(), "uuid"),
            Self::Timestamp(at) => timestamp_literal(*at),
            Self::Timestamps(at) => array(
                at.iter().map(|at| timestamp_literal(*at)).collect(),
                "timestamptz",
            ),
            Self::Float(number) => format!("'{number}'::double precision"),
            Self::Int(number) => format!("({number})"),
        }
    }
}

#[derive(Clone)]
enum Piece {
    Text(Cow<'static, str>),
    Value(Value),
}

/// A statement, or a part of one.
#[derive(Clone, Default)]
pub struct Sql(Vec<Piece>);

/// What [`Sql::push`] takes.
pub trait Fragment {
    /// Appends it.
    fn push_to(self, sql: &mut Sql);
}

impl Fragment for &'static str {
    fn push_to(self, sql: &mut Sql) {
        sql.0.push(Piece::Text(Cow::Borrowed(self)));
    }
}

impl Fragment for Sql {
    fn push_to(mut self, sql: &mut Sql) {
        sql.0.append(&mut self.0);
    }
}

impl Fragment for &Sql {
    fn push_to(self, sql: &mut Sql) {
        self.clone().push_to(sql);
    }
}

macro_rules! number_fragments {
    ($($number:ty),*) => {
        $(impl Fragment for $number {
            fn push_to(self, sql: &mut Sql) {
                sql.0.push(Piece::Text(Cow::Owned(self.to_string())));
            }
        })*
    };
}
number_fragments!(u8, u16, u32, u64, u128, usize, i64);

/// Concatenates pieces that [`Sql::push`] takes into one [`Sql`].
macro_rules! sql {
    ($($piece:expr),* $(,)?) => {{
        let mut sql = $crate::sql::Sql::default();
        $(sql.push($piece);)*
        sql
    }};
}
pub(crate) use sql;

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}

impl Sql {
    /// SQL of a constant text.
    pub fn new(text: &'static str) -> Self {
        Self(vec![Piece::Text(Cow::Borrowed(text))])
    }

    /// SQL that PostgreSQL generated: with `pg_get_indexdef`, `format_type`, `quote_ident`. Not escaped.
    pub fn written_by_postgres(text: String) -> Self {
        Self(vec![Piece::Text(Cow::Owned(text))])
    }

    /// Replaces placeholders in a text: `{name}` by the part with that name. Other braces are kept.
    pub fn template(text: &'static str, parts: &[(&str, Self)]) -> Self {
        let (mut sql, mut rest) = (Self::default(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let named = after.split_once('}').and_then(|(name, behind)| {
                let (_, part) = parts.iter().find(|(known, _)| *known == name)?;
                Some((part, behind))
            });
            sql.push(before);
            rest = if let Some((part, behind)) = named {
                sql.push(part);
                behind
            } else {
                sql.push("{");
                after
            };
        }
        sql.push(rest);
        sql
    }

    /// Appends a constant text, a number, or another part with its values.
    pub fn push(&mut self, fragment: impl Fragment) -> &mut Self {
        fragment.push_to(self);
        self
    }

    /// Appends parts with this text between them.
    pub fn push_joined<F: Fragment>(
        &mut self,
        separator: &'static str,
        parts: impl IntoIterator<Item = F>,
    ) -> &mut Self {
        for (at, part) in parts.into_iter().enumerate() {
            if at > 0 {
                self.push(separator);
            }
            self.push(part);
        }
        self
    }

    /// Parts with this text between them.
    pub fn joined<F: Fragment>(
        separator: &'static str,
        parts: impl IntoIterator<Item = F>,
    ) -> Self {
        let mut sql = Self::default();
        sql.push_joined(separator, parts);
        sql
    }

    /// Appends a name of a column, table or role, quoted.
    pub fn identifier(&mut self, name: &str) -> &mut Self {
        self.0
            .push(Piece::Text(Cow::Owned(escape_identifier(name))));
        self
    }

    /// Appends a text as an untyped literal, even where other values are bound.
    pub fn quoted(&mut self, text: &str) -> &mut Self {
        self.0.push(Piece::Text(Cow::Owned(escape_literal(text))));
        self
    }

    /// Appends a `text` literal even where other values are bound: for expressions that an index may contain.
    pub fn text_literal(&mut self, text: &str) -> &mut Self {
        let literal = Value::Text(text.to_owned()).literal();
        self.0.push(Piece::Text(Cow::Owned(literal)));
        self
    }

    /// Appends a `text[]` literal, see [`Sql::text_literal`].
    pub fn texts_literal(&mut self, texts: Vec<String>) -> &mut Self {
        let literal = Value::Texts(texts).literal();
        self.0.push(Piece::Text(Cow::Owned(literal)));
        self
    }

    fn value(&mut self, value: Value) -> &mut Self {
        self.0.push(Piece::Value(value));
        self
    }

    /// Appends a `text` value.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.value(Value::Text(text.to_owned()))
    }

    /// Appends a `text[]` value.
    pub fn texts(&mut self, texts: Vec<String>) -> &mut Self {
        self.value(Value::Texts(texts))
    }

    /// Appends a `uuid` value.
    pub fn uuid(&mut self, id: Uuid) -> &mut Self {
        self.value(Value::Uuid(id))
    }

    /// Appends a `uuid[]` value.
    pub fn uuids(&mut self, ids: Vec<Uuid>) -> &mut Self {
        self.value(Value::Uuids(ids))
    }

    /// Appends a `timestamptz` value.
    pub fn timestamp(&mut self, at: Timestamp) -> &mut Self {
        self.value(Value::Timestamp(at))
    }

    /// Appends a `timestamptz[]` value.
    pub fn timestamps(&mut self, at: Vec<Timestamp>) -> &mut Self {
        self.value(Value::Timestamps(at))
    }

    /// Appends a `double precision` value; it must be finite.
    pub fn float(&mut self, number: f64) -> &mut Self {
        self.value(Value::Float(number))
    }

    /// Appends an `integer` value.
    pub fn int(&mut self, number: i32) -> &mut Self {
        self.value(Value::Int(number))
    }

    /// Appends `ORDER BY` these columns, all in one direction.
    pub fn order_by(&mut self, columns: &[&'static str], order: Order) -> &mut Self {
        let direction = match order {
            Order::Newest => " DESC",
            Order::Oldest => " ASC",
        };
        let terms = columns.iter().map(|column| sql![*column, direction]);
        self.push(" ORDER BY ").push_joined(", ", terms)
    }

    /// The same statement over the tables of another schema than `public`.
    pub fn in_schema(mut self, schema: &'static str) -> Self {
        for piece in &mut self.0 {
            if let Piece::Text(text) = piece
                && text.contains("public.")
            {
                *text = Cow::Owned(text.replace("public.", &format!("{schema}.")));
            }
        }
        self
    }

    /// The same statement with its values as literals.
    pub fn with_literals(self) -> Self {
        Self(vec![Piece::Text(Cow::Owned(self.to_string()))])
    }

    /// The statement with its values bound.
    pub fn query(self) -> Query<'static, Postgres, PgArguments> {
        let (text, values) = self.with_parameters();
        let mut query = sqlx::query(audited(text));
        for value in values {
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

    /// The text with `$1`, `$2`, … for its values, and the values.
    fn with_parameters(self) -> (String, Vec<Value>) {
        let (mut text, mut values) = (String::new(), Vec::new());
        for piece in self.0 {
            match piece {
                Piece::Text(piece) => text.push_str(&piece),
                Piece::Value(value) => {
                    values.push(value);
                    text.push('$');
                    text.push_str(&values.len().to_string());
                }
            }
        }
        (text, values)
    }
}

impl fmt::Display for Sql {
    /// The text with its values as literals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Value(value) => f.write_str(&value.literal()),
        })
    }
}

impl SqlSafeStr for Sql {
    /// The text with its values as literals. The caller binds parameters in the text itself, such as `$1`.
    fn into_sql_str(self) -> SqlStr {
        audited(self.to_string())
    }
}

/// The only text passed to sqlx that is not a constant; made from a [`Sql`].
fn audited(text: String) -> SqlStr {
    AssertSqlSafe(text).into_sql_str()
}

/// A `timestamptz` literal. Times outside the range of calendar notation are written as an offset from the epoch.
fn timestamp_literal(at: Timestamp) -> String {
    match at {
        Timestamp::INFINITY | Timestamp::NEG_INFINITY => {
            format!("'{}'::timestamptz", at.rfc3339())
        }
        at => {
            // Days and microseconds separately: an interval of microseconds alone loses digits beyond 2^53.
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
    fn literals_and_names_cannot_break_out() {
        let mut sql = Sql::default();
        sql.text("a'; DROP TABLE x; --\\")
            .texts(vec!["'".to_owned()])
            .identifier("a\"b")
            .quoted("it's");
        assert_eq!(
            sql.to_string(),
            " E'a''; DROP TABLE x; --\\\\'::textARRAY['''']::text[]\"a\"\"b\"'it''s'"
        );
    }

    #[test]
    fn values_of_appended_parts_are_numbered_on() {
        let mut part = Sql::new("a = ");
        part.text("x");
        let sql = sql!["WHERE ", &part, " OR ", part, " LIMIT ", 5_u32];
        let (text, values) = sql.with_parameters();
        assert_eq!(text, "WHERE a = $1 OR a = $2 LIMIT 5");
        assert_eq!(values.len(), 2);
    }

    #[test]
    fn a_template_replaces_the_names_that_it_knows() {
        let mut value = Sql::default();
        value.text("{id}");
        let sql = Sql::template(
            "{id} = {value} AND x ~ '^[0-9]{8}{'",
            &[("id", "t.id".into()), ("value", value)],
        );
        assert_eq!(sql.to_string(), "t.id = '{id}'::text AND x ~ '^[0-9]{8}{'");
    }

    #[test]
    fn another_schema_changes_the_text_and_no_value() {
        let mut sql = Sql::new("SELECT FROM public.orders WHERE note = ");
        sql.text("public.orders");
        assert_eq!(
            sql.in_schema("other").to_string(),
            "SELECT FROM other.orders WHERE note = 'public.orders'::text"
        );
    }

    #[test]
    fn like_wildcards_mean_themselves() {
        assert_eq!(like_anywhere(r"100%_\"), r"%100\%\_\\%");
    }
}
