//! The filter of `/signals`.

use super::any_of::{AnyOf, ParamEnum, Text};
use super::confidence::ConfidenceRange;
use super::list::ViewFilter;
use crate::query::{Pairs, Params};
use crate::signal::{Origin, SignalId};
use crate::view::View;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// `buy`
    Buy,
    /// `sell`
    Sell,
    /// `neutral`, which only collectors write.
    Neutral,
}

impl ParamEnum for ActionKind {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Buy, "buy"),
        (Self::Sell, "sell"),
        (Self::Neutral, "neutral"),
    ];
    const EXPECTED: &'static str = "buy, sell or neutral";
}

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

/// What `/signals` can be narrowed by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignalFilter {
    /// `algorithm`: an algorithm's id or name, exactly.
    pub algorithm: AnyOf<Text>,
    /// `coin`, exactly.
    pub coin: AnyOf<Text>,
    /// `action`
    pub action: AnyOf<ActionKind>,
    /// `origin`
    pub origin: AnyOf<Origin>,
    /// `outcome`
    pub outcome: AnyOf<SignalOutcomeKind>,
    /// `source`: a collector's name, exactly.
    pub source: AnyOf<Text>,
    /// `min_confidence`, `max_confidence`; a confidence that is no number is in no range.
    pub confidence: ConfidenceRange,
}

impl ViewFilter for SignalFilter {
    const VIEW: View = View::Signals;
    const PARAMS: &'static [&'static str] = &[
        "algorithm",
        "coin",
        "action",
        "origin",
        "outcome",
        "source",
        "min_confidence",
        "max_confidence",
    ];
    type Key = SignalId;

    fn take(params: &mut Params) -> Self {
        Self {
            algorithm: AnyOf::take(params, "algorithm"),
            coin: AnyOf::take(params, "coin"),
            action: AnyOf::take(params, "action"),
            origin: AnyOf::take(params, "origin"),
            outcome: AnyOf::take(params, "outcome"),
            source: AnyOf::take(params, "source"),
            confidence: ConfidenceRange::take(params),
        }
    }

    fn print(&self, out: &mut Pairs) {
        self.algorithm.print("algorithm", out);
        self.coin.print("coin", out);
        self.action.print("action", out);
        self.origin.print("origin", out);
        self.outcome.print("outcome", out);
        self.source.print("source", out);
        self.confidence.print(out);
    }
}
