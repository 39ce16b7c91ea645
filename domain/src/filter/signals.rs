//! Words of the filter of `/signals`.

use super::choice::ParamEnum;
use crate::signal::Origin;

impl ParamEnum for Origin {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Executor, "executor"), (Self::Collector, "collector")];
    const EXPECTED: &'static str = "executor or collector";
}

/// What became of an executor's signal: the furthest that it got. A collector's is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalOutcomeKind {
    /// The Guard approved it, and no order came of it.
    Approved,
    /// The Guard rejected it.
    Rejected,
    /// An order came of it, of which nothing is filled.
    Order,
    /// Its order was filled, wholly or in part.
    Filled,
    /// The Guard gave no verdict.
    Nothing,
}

impl ParamEnum for SignalOutcomeKind {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Approved, "approved"),
        (Self::Rejected, "rejected"),
        (Self::Order, "order"),
        (Self::Filled, "filled"),
        (Self::Nothing, "nothing"),
    ];
    const EXPECTED: &'static str = "approved, rejected, order, filled or nothing";
}
