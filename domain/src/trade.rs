//! Trade decisions: `trade_audit` with the order that came of it.

use uuid::Uuid;

use crate::amount::Amount;
use crate::block::BlockKind;
use crate::order::{Order, OrderLink};
use crate::time::Timestamp;

/// One decision of a trading agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The decision's id.
    pub id: Uuid,
    /// When it was written.
    pub timestamp: Timestamp,
    /// Free text: `strategy_momentum_v1`, `algo:<uuid>`.
    pub agent_id: String,
    /// Coin.
    pub asset: String,
    /// `BUY`, `SELL`, `HOLD`, or what the engine wrote.
    pub decision: String,
    /// 0 to 1 as the engine means it; any float as it may be stored.
    pub confidence_score: f64,
    /// Price in AUD.
    pub price_at_decision: Option<Amount>,
    /// Why, in the agent's words.
    pub reason: String,
    /// An order was submitted (not: filled).
    pub is_executed: bool,
    /// The Guard blocked it, in the Guard's words.
    pub block_reason: Option<String>,
    /// The order it names.
    pub execution_order_id: Option<Uuid>,
    /// What became of that order.
    pub order: OrderLink<Order>,
}

/// A decision with all there is to know.
#[derive(Clone, Debug, PartialEq)]
pub struct TradeDetail {
    /// The decision with its whole order.
    pub decision: Decision,
    /// The algorithm that `agent_id` names as `algo:<uuid>`, where it still exists.
    pub algorithm_name: Option<String>,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An order was submitted.
    Executed,
    /// The Guard blocked it.
    Blocked(BlockKind),
    /// Both: the Guard blocked it and yet an order was submitted.
    BlockedYetExecuted(BlockKind),
    /// HOLD: nothing was to be done.
    NoOrder,
    /// Neither executed nor blocked, so far.
    Pending,
}

impl Outcome {
    /// Of a row with this decision, `is_executed` and block reason.
    #[must_use]
    pub fn of(decision: &str, is_executed: bool, block_reason: Option<&str>) -> Self {
        match (block_reason, is_executed) {
            (Some(reason), true) => Self::BlockedYetExecuted(BlockKind::of(reason)),
            (Some(reason), false) => Self::Blocked(BlockKind::of(reason)),
            (None, true) => Self::Executed,
            (None, false) if decision == "HOLD" => Self::NoOrder,
            (None, false) => Self::Pending,
        }
    }
}

impl Decision {
    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of(
            &self.decision,
            self.is_executed,
            self.block_reason.as_deref(),
        )
    }
}

/// A confidence for a table: three digits where it is what the engine means it to be, else as stored.
#[must_use]
pub fn confidence_label(score: f64) -> String {
    if (0.0..=1.0).contains(&score) {
        format!("{score:.3}")
    } else {
        format!("{score}")
    }
}
