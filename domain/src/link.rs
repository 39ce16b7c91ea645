//! What holds a signal, the Guard's verdict and an order together: no table links them.
//!
//! The same user, algorithm, coin and side do, and time: the verdict follows the signal, and the order the
//! approval, within [`LINK_WITHIN`].

/// Within this many microseconds the next step of the same trade follows: the engine takes it normally
/// within seconds.
pub const LINK_WITHIN: i64 = 10_000_000;
