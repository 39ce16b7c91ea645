//! A page of a list: its order, its size, its rows and its neighbours.

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
    /// As in the URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::Oldest => "oldest",
        }
    }

    /// Reads `newest` or `oldest`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "newest" => Some(Self::Newest),
            "oldest" => Some(Self::Oldest),
            _ => None,
        }
    }

    /// The other order.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::Newest => Self::Oldest,
            Self::Oldest => Self::Newest,
        }
    }
}

/// Rows a page, 1 to 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// Most rows a page may have.
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

/// A row that a cursor can point at.
pub trait KeysetRow {
    /// The time that the list is ordered by.
    fn timestamp(&self) -> Timestamp;
    /// The key that breaks ties.
    fn key(&self) -> RowKey;
}

/// One page of a list, in the list's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T: KeysetRow> {
    /// At most as many as the limit.
    pub rows: Vec<T>,
    /// Leads to the page before this one.
    pub previous: Option<Cursor>,
    /// Leads to the page after this one.
    pub next: Option<Cursor>,
}

#[cfg(feature = "server")]
impl<T: KeysetRow> Page<T> {
    /// Makes a page of what was fetched: up to one row more than the query's limit, in the direction that its cursor
    /// asks for.
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

/// How many rows a filter matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly this many.
    Exact(u64),
    /// About this many, reckoned from a sample.
    About(u64),
    /// More than this many; where counting stopped.
    MoreThan(u64),
    /// Counting took longer than the page was willing to wait.
    NotCounted,
}

impl Count {
    /// Counting stops here.
    pub const CAP: u64 = 10_000;

    /// From a count that was cut at one more than [`Count::CAP`].
    #[must_use]
    pub const fn capped(counted: u64) -> Self {
        if counted > Self::CAP {
            Self::MoreThan(Self::CAP)
        } else {
            Self::Exact(counted)
        }
    }

    /// About so many as a sample says, to three digits: more would pretend.
    #[must_use]
    pub fn about(reckoned: u64) -> Self {
        Self::About(to_three_digits(reckoned))
    }
}

/// The number with its first three digits, the rest zeros: what was reckoned from a sample is not surer.
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
    fn what_was_reckoned_has_three_digits() {
        assert_eq!(Count::about(9_876_543), Count::About(9_880_000));
        assert_eq!(Count::about(999_999), Count::About(1_000_000));
        assert_eq!(Count::about(87), Count::About(87));
        assert_eq!(Count::about(0), Count::About(0));
    }
}
