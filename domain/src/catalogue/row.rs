//! Rows of a list: a time, a key and the values of the requested columns.

use uuid::Uuid;

use crate::amount::Amount;
use crate::page::KeysetRow;
use crate::time::Timestamp;

/// The kind of a view's row keys, which identify rows together with their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A UUID.
    Uuid,
    /// A UUID or an integer; of rows with the same time, those with an integer come first.
    UuidOrInteger,
}

/// The key of a row, which identifies it together with its time. Keys are ordered as lists order rows with the same
/// time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKey {
    /// A row with an integer key.
    Integer(i32),
    /// A row with a UUID.
    Uuid(Uuid),
}

impl KeyKind {
    /// Parses a printed [`RowKey`]; `None` if no row of the view can have it.
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
    /// The column was not requested.
    NotFetched,
    /// NULL.
    Null,
    /// A text, an id, a word, JSON, or a number as text.
    Text(String),
    /// A time.
    Time(Timestamp),
    /// An exact number.
    Amount(Amount),
    /// A floating-point number, possibly not finite.
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
    /// Its key.
    pub key: RowKey,
    /// The values of the view's columns, in order.
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
