//! How near to each other the rows of one trade lie.

/// Within this many microseconds one row of a trade follows the other: the engine needs less than a second,
/// a busy one a few.
pub const LINK_WITHIN: i64 = 10_000_000;
