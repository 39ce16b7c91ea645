//! What stands behind a trade: the algorithm, its deployment, who approved it, and what is held.
//!
//! All of it but a promotion is a state: the row as it is now, whatever it was when the trade was made.

use uuid::Uuid;

use crate::amount::Amount;
use crate::time::Timestamp;

/// A row of `algorithms`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithm {
    /// `algorithms.id`
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// As its authors number it: `1.0.0`.
    pub version: String,
    /// `rule_based`, or what the engine wrote.
    pub kind: String,
    /// Its own parameters, text that should be json.
    pub configuration: Option<String>,
}

/// A row of `deployed_algorithms`: an algorithm that runs for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// `deployed_algorithms.id`
    pub id: Uuid,
    /// Its name, where it has one of its own.
    pub name: Option<String>,
    /// For whom: e-mail, else id.
    pub user: String,
    /// Whether it runs.
    pub is_active: bool,
    /// Limit of a position in AUD.
    pub position_limit: Option<Amount>,
    /// Limit of a day's loss in AUD.
    pub daily_loss_limit: Option<Amount>,
    /// Parameters that overrule the algorithm's own, text that should be json.
    pub parameters: Option<String>,
    /// When the row last changed: after a trade, it may have said something else then.
    pub updated_at: Timestamp,
}

/// A row of `strategy_promotions`: that an algorithm may move on, for example from paper to the floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// `strategy_promotions.id`
    pub id: Uuid,
    /// From which environment.
    pub from: String,
    /// To which.
    pub to: String,
    /// `pending`, `approved`, `rejected`, or what the engine wrote.
    pub status: String,
    /// Who asked for it: e-mail, else id.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Who decided: e-mail, else id.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_at: Option<Timestamp>,
    /// What was said for it.
    pub notes: Option<String>,
    /// Why it was refused.
    pub rejection_reason: Option<String>,
}

impl Promotion {
    /// Since when it says what it says: its review's time, else that of its making.
    #[must_use]
    pub fn said_at(&self) -> Timestamp {
        self.reviewed_at.unwrap_or(self.created_at)
    }
}

/// A row of `positions`: what a user holds of a coin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// How much of the coin.
    pub quantity: Amount,
    /// What it cost on average, AUD a coin.
    pub average_price: Amount,
    /// What it cost altogether, AUD.
    pub total_cost: Amount,
    /// When the row last changed.
    pub updated_at: Timestamp,
}
