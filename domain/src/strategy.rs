//! The background of a trade: algorithm, deployment, promotions and position.
//!
//! Except promotions, these are present rows, which may have been different at the time of the trade.

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
    /// Version: `1.0.0`.
    pub version: String,
    /// `rule_based`, or what the engine wrote.
    pub kind: String,
    /// Its parameters; text that should be JSON.
    pub configuration: Option<String>,
}

/// A row of `deployed_algorithms`: an algorithm that runs for a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// `deployed_algorithms.id`
    pub id: Uuid,
    /// Its own name, if any.
    pub name: Option<String>,
    /// The user's e-mail, else id.
    pub user: String,
    /// Whether it runs.
    pub is_active: bool,
    /// Limit of a position in AUD.
    pub position_limit: Option<Amount>,
    /// Limit of a day's loss in AUD.
    pub daily_loss_limit: Option<Amount>,
    /// Parameters that override the algorithm's; text that should be JSON.
    pub parameters: Option<String>,
    /// When the row last changed. If that is after a trade, it may have been different at the time.
    pub updated_at: Timestamp,
}

/// A row of `strategy_promotions`: a request to move an algorithm to another environment, for example from paper to the
/// floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// `strategy_promotions.id`
    pub id: Uuid,
    /// Source environment.
    pub from: String,
    /// Target environment.
    pub to: String,
    /// `pending`, `approved`, `rejected`, or what the engine wrote.
    pub status: String,
    /// E-mail, else id, of the requester.
    pub created_by: String,
    /// When it was requested.
    pub created_at: Timestamp,
    /// E-mail, else id, of the reviewer.
    pub reviewed_by: Option<String>,
    /// When it was reviewed.
    pub reviewed_at: Option<Timestamp>,
    /// Notes of the requester.
    pub notes: Option<String>,
    /// Reason of a rejection.
    pub rejection_reason: Option<String>,
}

impl Promotion {
    /// Time of its present status: that of the review, else that of the request.
    #[must_use]
    pub fn said_at(&self) -> Timestamp {
        self.reviewed_at.unwrap_or(self.created_at)
    }
}

/// A row of `positions`: what a user holds of a coin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Quantity of the coin.
    pub quantity: Amount,
    /// Average price in AUD per coin.
    pub average_price: Amount,
    /// Total cost in AUD.
    pub total_cost: Amount,
    /// When the row last changed.
    pub updated_at: Timestamp,
}
