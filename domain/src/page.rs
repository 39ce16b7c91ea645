//! A page of a list: order, size, rows, and cursors of adjacent pages.

use crate::catalogue::RowKey;
use crate::cursor::Cursor;
#[cfg(feature = "server")]
use crate::cursor::Direction;
#[cfg(feature = "server")]
use crate::filter::ListQuery;
use crate::time::Timestamp;

/// The order of a list, by time and then by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Order {
    /// Latest first.
    #[default]
    Newest,
    /// Earliest first.
    Oldest,
}

impl Order {
    /// Its word in URLs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    /// Parses `newest` or `oldest`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "newest" => Some(Self::Newest),
            "oldest" => Some(Self::Oldest),
            _ => None,
        }
    }

    /// The opposite order.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Newest => Self::Oldest,
            Self::Oldest => Self::Newest,
        }
    }
}

/// Rows per page, 1 to 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// Maximum rows per page.
    pub const MAX: u16 = 500;

    /// `None` outside 1 to 500.
    #[must_use]
    pub fn new(rows: u16) -> Option<Self> {
        (1..=Self::MAX).contains(&rows).then_some(Self(rows))
    }

    /// The number of rows.
    #[must_use]
    pub const fn rows(self) -> u16 {
        self.0
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// A row that a cursor can refer to.
pub trait KeysetRow {
    /// The time that the list is ordered by.
    fn timestamp(&self) -> Timestamp;
    /// The key that breaks ties.
    fn key(&self) -> RowKey;
}

/// One page of a list, in the list's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T: KeysetRow> {
    /// Rows, at most as many as the limit.
    pub rows: Vec<T>,
    /// Cursor of the previous page.
    pub previous: Option<Cursor>,
    /// Cursor of the next page.
    pub next: Option<Cursor>,
}

#[cfg(feature = "server")]
impl<T: KeysetRow> Page<T> {
    /// Makes a page from fetched rows: up to one more than the query's limit, in the direction of its cursor.
    #[must_use]
    pub fn from_fetched(mut fetched: Vec<T>, query: &ListQuery, as_of: Timestamp) -> Self {
        let (limit, order, after) = (query.limit, query.order, query.after.as_ref());
        let more = fetched.len() > usize::from(limit.rows());
        fetched.truncate(usize::from(limit.rows()));
        let backward = after.is_some_and(|cursor| cursor.direction == Direction::Backward);
        if backward {
            fetched.reverse();
        }
        let cursor = |row: Option<&T>, direction| {
            row.map(|row| Cursor {
                order,
                direction,
                timestamp: row.timestamp(),
                key: row.key(),
                as_of,
            })
        };
        let (has_previous, has_next) = if backward {
            (more, true)
        } else {
            (after.is_some(), more)
        };
        Self {
            previous: cursor(fetched.first(), Direction::Backward).filter(|_| has_previous),
            next: cursor(fetched.last(), Direction::Forward).filter(|_| has_next),
            rows: fetched,
        }
    }
}

/// The number of rows that a filter matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly this many.
    Exact(u64),
    /// About this many, extrapolated from a sample.
    About(u64),
    /// More than this many, at which counting stopped.
    MoreThan(u64),
    /// Counting timed out.
    NotCounted,
}

impl Count {
    /// Counting stops at this number.
    pub const CAP: u64 = 10_000;

    /// From a count that was limited to one more than [`Count::CAP`].
    #[must_use]
    pub const fn capped(counted: u64) -> Self {
        if counted > Self::CAP {
            Self::MoreThan(Self::CAP)
        } else {
            Self::Exact(counted)
        }
    }

    /// An approximate count, with three significant digits.
    #[must_use]
    pub fn about(reckoned: u64) -> Self {
        Self::About(to_three_digits(reckoned))
    }
}

/// Rounds a number down to three significant digits, the precision of a sample.
#[must_use]
pub fn to_three_digits(number: u64) -> u64 {
    let digits = number.checked_ilog10().unwrap_or(0);
    let unit = 10_u64.pow(digits.saturating_sub(2));
    (number + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approximate_counts_have_three_significant_digits() {
        assert_eq!(Count::about(9_876_543), Count::About(9_880_000));
        assert_eq!(Count::about(999_999), Count::About(1_000_000));
        assert_eq!(Count::about(87), Count::About(87));
        assert_eq!(Count::about(0), Count::About(0));
    }
}
