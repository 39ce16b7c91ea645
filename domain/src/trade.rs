//! Trade decisions: rows of `trade_audit` with their orders.

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
    /// Confidence, normally 0 to 1; any float may be stored.
    pub confidence_score: f64,
    /// Price in AUD.
    pub price_at_decision: Option<Amount>,
    /// The agent's reason.
    pub reason: String,
    /// Whether an order was submitted (not whether it was filled).
    pub is_executed: bool,
    /// The Guard's reason for blocking it, if it did.
    pub block_reason: Option<String>,
    /// Id of its order.
    pub execution_order_id: Option<Uuid>,
    /// The order.
    pub order: OrderLink<Order>,
}

/// A decision with the details of its own page.
#[derive(Clone, Debug, PartialEq)]
pub struct TradeDetail {
    /// The decision with its order.
    pub decision: Decision,
    /// Name of the algorithm in `agent_id` (`algo:<uuid>`), if it exists.
    pub algorithm_name: Option<String>,
}

/// Outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An order was submitted.
    Executed,
    /// The Guard blocked it.
    Blocked(BlockKind),
    /// The Guard blocked it, and yet an order was submitted.
    BlockedYetExecuted(BlockKind),
    /// HOLD: no order was intended.
    NoOrder,
    /// Neither executed nor blocked yet.
    Pending,
}

impl Outcome {
    /// The outcome of a row with this decision, `is_executed` and block reason.
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
    /// Its outcome.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        Outcome::of(
            &self.decision,
            self.is_executed,
            self.block_reason.as_deref(),
        )
    }
}

/// A confidence for a table: three digits if it is from 0 to 1, else as stored.
#[must_use]
pub fn confidence_label(score: f64) -> String {
    if (0.0..=1.0).contains(&score) {
        format!("{score:.3}")
    } else {
        format!("{score}")
    }
}
