//! The only code that reads the wall clock; all other code is given a [`Timestamp`].

use crate::time::Timestamp;

/// The present time, with microseconds.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "this is the clock that the ban points to"
)]
pub fn now() -> Timestamp {
    Timestamp::from_chrono(chrono::Utc::now())
}
