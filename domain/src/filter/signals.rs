//! Values of the parameters of `/signals`.

use super::choice::ParamEnum;
use crate::signal::Origin;

impl ParamEnum for Origin {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Executor, "executor"), (Self::Collector, "collector")];
    const EXPECTED: &'static str = "executor or collector";
}

/// How far an executor's signal got. Does not apply to collectors' signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignalOutcomeKind {
    /// The Guard approved it, and no order followed.
    Approved,
    /// The Guard rejected it.
    Rejected,
    /// An order followed, and nothing of it is filled.
    Order,
    /// An order followed and was filled, at least in part.
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
