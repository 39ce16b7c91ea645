//! The filter of `/trades`.

use uuid::Uuid;

use super::any_of::{AnyOf, ParamEnum, Text};
use super::confidence::ConfidenceRange;
use super::list::ViewFilter;
use crate::block::BlockKind;
use crate::query::{Pairs, Params};
use crate::view::View;

/// What an agent decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecisionKind {
    /// `BUY`
    Buy,
    /// `SELL`
    Sell,
    /// `HOLD`
    Hold,
}

impl ParamEnum for DecisionKind {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Buy, "BUY"),
        (Self::Sell, "SELL"),
        (Self::Hold, "HOLD"),
    ];
    const EXPECTED: &'static str = "BUY, SELL or HOLD";
}

/// What became of a decision. A row that the Guard blocked and that was executed all the same is both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// An order was submitted.
    Executed,
    /// It has a block reason.
    Blocked,
    /// Neither, and not a HOLD.
    Pending,
}

impl ParamEnum for OutcomeKind {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Executed, "executed"),
        (Self::Blocked, "blocked"),
        (Self::Pending, "pending"),
    ];
    const EXPECTED: &'static str = "executed, blocked or pending";
}

/// The status of a decision's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// Not yet handed to the exchange.
    Pending,
    /// Handed to the exchange.
    Submitted,
    /// Filled.
    Filled,
    /// Filled in part.
    Partial,
    /// Cancelled.
    Cancelled,
    /// Failed.
    Failed,
    /// The decision names an order that does not exist.
    Missing,
}

impl ParamEnum for OrderStatus {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Pending, "pending"),
        (Self::Submitted, "submitted"),
        (Self::Filled, "filled"),
        (Self::Partial, "partial"),
        (Self::Cancelled, "cancelled"),
        (Self::Failed, "failed"),
        (Self::Missing, "missing"),
    ];
    const EXPECTED: &'static str =
        "pending, submitted, filled, partial, cancelled, failed or missing";
}

impl ParamEnum for BlockKind {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::KillSwitch, "kill_switch"),
        (Self::PositionSize, "position_size"),
        (Self::DailyLoss, "daily_loss"),
        (Self::Exposure, "exposure"),
        (Self::NamedRule, "named_rule"),
        (Self::Other, "other"),
    ];
    const EXPECTED: &'static str =
        "kill_switch, position_size, daily_loss, exposure, named_rule or other";
}

/// What `/trades` can be narrowed by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TradeFilter {
    /// `agent`: agent ids, exactly.
    pub agent: AnyOf<Text>,
    /// `asset`: coins, exactly.
    pub asset: AnyOf<Text>,
    /// `decision`
    pub decision: AnyOf<DecisionKind>,
    /// `outcome`
    pub outcome: AnyOf<OutcomeKind>,
    /// `order_status`
    pub order_status: AnyOf<OrderStatus>,
    /// `block_kind`: what the Guard's reason for a block is about.
    pub block_kind: AnyOf<BlockKind>,
    /// `min_confidence`, `max_confidence`
    pub confidence: ConfidenceRange,
}

impl ViewFilter for TradeFilter {
    const VIEW: View = View::Trades;
    const PARAMS: &'static [&'static str] = &[
        "agent",
        "asset",
        "decision",
        "outcome",
        "order_status",
        "block_kind",
        "min_confidence",
        "max_confidence",
    ];
    type Key = Uuid;

    fn take(params: &mut Params) -> Self {
        Self {
            agent: AnyOf::take(params, "agent"),
            asset: AnyOf::take(params, "asset"),
            decision: AnyOf::take(params, "decision"),
            outcome: AnyOf::take(params, "outcome"),
            order_status: AnyOf::take(params, "order_status"),
            block_kind: AnyOf::take(params, "block_kind"),
            confidence: ConfidenceRange::take(params),
        }
    }

    fn print(&self, out: &mut Pairs) {
        self.agent.print("agent", out);
        self.asset.print("asset", out);
        self.decision.print("decision", out);
        self.outcome.print("outcome", out);
        self.order_status.print("order_status", out);
        self.block_kind.print("block_kind", out);
        self.confidence.print(out);
    }
}
