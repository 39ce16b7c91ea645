//! Survey of the rows of a filter: number, histogram and facets.

use super::buckets::Buckets;
use crate::page::Count;
use crate::time::Timestamp;

/// Precision of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Precision {
    /// Every row was counted.
    Exact,
    /// A sample of rows was counted, evenly over time, and the numbers are extrapolated.
    Sampled {
        /// One row in this many was counted.
        one_in: f64,
        /// Relative error of the total at 95 % confidence; 0.05 is five percent.
        within: f64,
    },
}

/// A kind of rows over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// `executed`, `critical`, …; `other` for unknown kinds.
    pub kind: &'static str,
    /// Rows in each bucket.
    pub rows: Vec<u64>,
}

/// Rows over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// The buckets.
    pub buckets: Buckets,
    /// The part of them that the filter covers: first and last time, inclusive.
    pub covers: (Timestamp, Timestamp),
    /// The kinds, in stacking order.
    pub series: Vec<Series>,
    /// Rows outside the histogram, if the filter's window is open: more than a day in the future, or before the year
    /// 2000.
    pub outside: u64,
    /// Precision of its numbers.
    pub precision: Precision,
}

impl Histogram {
    /// Rows of all kinds in each bucket.
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
    /// The value as stored.
    pub value: String,
    /// Its name, if it has one: an account's e-mail, an algorithm's name.
    pub name: Option<String>,
    /// Number of rows with it, under all other filters. `None` for an active value that is not among the most frequent.
    pub rows: Option<u64>,
}

/// The most frequent values of a parameter, under all filters but its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Facet {
    /// The parameter.
    pub param: &'static str,
    /// Values, most frequent first.
    pub values: Vec<FacetValue>,
    /// Whether there are more values.
    pub more: bool,
    /// Precision of its numbers.
    pub precision: Precision,
}

impl Facet {
    /// Maximum number of values of a facet.
    pub const MOST: usize = 12;
}

/// Survey of the rows of a filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// When it was made.
    pub made_at: Timestamp,
    /// Number of rows.
    pub count: Count,
    /// Histogram; `None` without rows or when counting timed out.
    pub histogram: Option<Histogram>,
    /// Facets, without those whose counting timed out.
    pub facets: Vec<Facet>,
    /// Whether anything is missing because of a timeout.
    pub cut: bool,
}
