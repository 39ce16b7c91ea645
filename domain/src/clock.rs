//! The one place that reads the wall clock; everything else is handed a [`Timestamp`].

use crate::time::Timestamp;

/// The present moment, to the microsecond.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "this is the clock that the ban points to"
)]
pub fn now() -> Timestamp {
    Timestamp::from_chrono(chrono::Utc::now())
}
