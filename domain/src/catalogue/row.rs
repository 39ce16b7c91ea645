//! Rows of a list: a time, a key and the values of the columns that were asked for.

use uuid::Uuid;

use crate::amount::Amount;
use crate::page::KeysetRow;
use crate::time::Timestamp;

/// What identifies the rows of a view beside their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A UUID.
    Uuid,
    /// A UUID or an integer: rows of one moment are ordered integers first.
    UuidOrInteger,
}

/// What identifies a row beside its time. Keys are ordered as the list orders rows of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// A row with an integer key.
    Integer(i32),
    /// A row with a UUID.
    Uuid(Uuid),
}

impl KeyKind {
    /// Reads what [`RowKey`] prints; `None` for a key that no row of the view has.
    #[must_use]
    pub fn parse(self, text: &str) -> Option<RowKey> {
        let integer = text.parse().ok().filter(|_| self == Self::UuidOrInteger);
        match integer {
            Some(number) => Some(RowKey::Integer(number)),
            None => Uuid::try_parse(text).ok().map(RowKey::Uuid),
        }
    }

    /// The key that sorts before every other.
    #[must_use]
    pub const fn least(self) -> RowKey {
        match self {
            Self::Uuid => RowKey::Uuid(Uuid::nil()),
            Self::UuidOrInteger => RowKey::Integer(i32::MIN),
        }
    }

    /// The key that sorts after every other.
    #[must_use]
    pub const fn greatest(self) -> RowKey {
        RowKey::Uuid(Uuid::max())
    }
}

impl std::fmt::Display for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(f),
            Self::Uuid(id) => id.fmt(f),
        }
    }
}

/// A column's value in a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The column was not asked for.
    NotFetched,
    /// NULL.
    Null,
    /// A text, an id, a word, json, or a number as it is spelled.
    Text(String),
    /// A time.
    Time(Timestamp),
    /// An exact number.
    Amount(Amount),
    /// A number that need not be finite.
    Float(f64),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Bool(bool),
}

/// A row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListRow {
    /// The time that the list is ordered by.
    pub timestamp: Timestamp,
    /// What identifies it beside its time.
    pub key: RowKey,
    /// Of each column of the view, in order.
    pub values: Vec<Value>,
}

impl KeysetRow for ListRow {
    fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    fn key(&self) -> RowKey {
        self.key
    }
}
