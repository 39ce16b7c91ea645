//! What the rows of a list amount to.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// `GET /api/v1/{view}/survey`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Survey {
    /// Whether everything could be counted in time; else the histogram or facets are missing.
    pub complete: bool,
    /// How many rows match.
    pub count: SurveyCount,
    /// The most frequent values of parameters, each under all the other filters.
    pub facets: Vec<SurveyFacet>,
    /// The rows over time; none where there are no rows.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub histogram: Option<SurveyHistogram>,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub made_at: Timestamp,
}

/// How many rows match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveyCount {
    /// How the number is meant.
    #[serde(rename = "is")]
    pub precision: CountPrecision,
    /// The number; none when it is unknown.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub rows: Option<u64>,
}

/// How a count is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CountPrecision {
    /// Exactly so many.
    Exact,
    /// About so many, from a sample.
    About,
    /// More than so many: counting stopped there.
    More,
    /// Counting took too long.
    Unknown,
}

/// How sure the numbers of a histogram or a facet are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Precision {
    /// Whether every row was counted.
    pub exact: bool,
    /// Of a sample: one row in this many was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_in: Option<f64>,
    /// Of a sample: the whole number lies within this share of the one given, 19 times in 20 (0.05 is 5 %).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<f64>,
}

/// Rows over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveyHistogram {
    /// The bounds of its buckets: one more than there are buckets.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub edges: Vec<Timestamp>,
    /// Rows before the year 2000 or more than a day ahead of the clock, which are in no bucket.
    pub outside: u64,
    /// The rows by kind.
    pub series: Vec<SurveySeries>,
    /// How sure the numbers are.
    #[serde(rename = "sureness")]
    pub precision: Precision,
}

/// The rows of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveySeries {
    /// `executed`, `critical`, …; `other` for what has none of the known words.
    pub kind: String,
    /// Rows in each bucket.
    pub rows: Vec<u64>,
}

/// The most frequent values of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveyFacet {
    /// Whether there are more values than these.
    pub more: bool,
    /// The parameter.
    pub param: String,
    /// How sure the numbers are.
    #[serde(rename = "sureness")]
    pub precision: Precision,
    /// The most frequent first.
    pub values: Vec<SurveyFacetValue>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SurveyFacetValue {
    /// A name for it, where it has one: an account's e-mail, an algorithm's name.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub name: Option<String>,
    /// Rows that have it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub rows: Option<u64>,
    /// As it is stored.
    pub value: String,
}
