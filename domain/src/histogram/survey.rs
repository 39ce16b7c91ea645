//! What a filter's rows amount to: how many, when, and which values they have.

use super::buckets::Buckets;
use crate::page::Count;
use crate::time::Timestamp;

/// How a number came about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    /// Every row was counted.
    Exact,
    /// Some rows were, evenly over time, and the numbers are reckoned from them.
    Sampled {
        /// One row in this many was looked at.
        one_in: f64,
        /// The whole number of rows lies within this share of what was reckoned, 19 times in 20; 0.05 is five
        /// in a hundred.
        within: f64,
    },
}

/// A kind of rows over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// `executed`, `critical`, …; `other` for what has none of the known words.
    pub kind: &'static str,
    /// Rows in each bucket.
    pub rows: Vec<u64>,
}

/// Rows over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The spans.
    pub buckets: Buckets,
    /// The part of them that the filter covers: its first moment and its last, both included.
    pub covers: (Timestamp, Timestamp),
    /// The kinds, in the order in which they are stacked.
    pub series: Vec<Series>,
    /// Rows before and after the picture, where the filter has no end of its own: more than a day ahead of the
    /// clock, or before the year 2000.
    pub outside: u64,
    /// How sure its numbers are.
    pub precision: Precision,
}

impl Histogram {
    /// Rows in each bucket, whatever their kind.
    #[must_use]
    pub fn totals(&self) -> Vec<u64> {
        let mut totals = vec![0; self.buckets.len()];
        for series in &self.series {
            for (total, rows) in totals.iter_mut().zip(&series.rows) {
                *total += rows;
            }
        }
        totals
    }
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacetValue {
    /// As it is stored.
    pub value: String,
    /// A name for it, where it has one: an account's e-mail, an algorithm's name.
    pub name: Option<String>,
    /// Rows that have it, under all the other filters. None for a value in force that is not among the most
    /// frequent.
    pub rows: Option<u64>,
}

/// The most frequent values of a parameter, under all the other filters but its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Facet {
    /// The parameter.
    pub param: &'static str,
    /// The most frequent first.
    pub values: Vec<FacetValue>,
    /// Whether there are more values than these.
    pub more: bool,
    /// How sure its numbers are.
    pub precision: Precision,
}

impl Facet {
    /// Most values of a facet.
    pub const MOST: usize = 12;
}

/// What a filter's rows amount to.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// When it was made.
    pub made_at: Timestamp,
    /// How many rows.
    pub count: Count,
    /// The rows over time; none where there are no rows, or they could not be counted in time.
    pub histogram: Option<Histogram>,
    /// The facets; one that could not be counted in time is missing.
    pub facets: Vec<Facet>,
    /// Whether something is missing because it could not be counted in time.
    pub cut: bool,
}
