//! Links between a signal, the Guard's verdict and an order. The database has no keys for them.
//!
//! They are linked by equal user, algorithm, coin and side, and by time: the verdict follows the signal, and the order
//! the approval, within [`LINK_WITHIN`].

/// Maximum microseconds until the next step of a trade. The engine normally takes a few seconds.
pub const LINK_WITHIN: i64 = 10_000_000;
