//! One row of the stream, with what tells which trade it belongs to.

use uuid::Uuid;

use super::RowId;
use crate::rejection::RejectionRow;
use crate::time::Timestamp;

/// What a row of the stream is.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// `ALGORITHM_SIGNAL`.
    Signal,
    /// `TRADE_APPROVED`, with the value of the trade in AUD where the details say it.
    Approval {
        /// `trade_value`.
        value: Option<f64>,
    },
    /// `TRADE_REJECTED`.
    Rejection {
        /// Which of the Guard's rows.
        row: RejectionRow,
        /// Its sentence.
        reason: Option<String>,
    },
    /// A row of `orders`, at the time of its making.
    Order,
    /// A row of `trade_audit`.
    Decision {
        /// `execution_order_id`.
        order: Option<Uuid>,
        /// `block_reason`.
        block_reason: Option<String>,
    },
}

/// A row of the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Which row.
    pub id: RowId,
    /// Its time.
    pub at: Timestamp,
    /// What it is.
    pub kind: StepKind,
    /// Whose trade; a decision does not say.
    pub user: Option<Uuid>,
    /// The algorithm's id; of a decision the one that its agent names as `algo:<uuid>`.
    pub algorithm: Option<String>,
    /// Coin.
    pub coin: Option<String>,
    /// `buy` or `sell`.
    pub side: Option<String>,
    /// Quantity; of a paper order to buy, an amount of AUD.
    pub quantity: Option<f64>,
}

impl Step {
    /// A row without anything that tells its trade.
    #[must_use]
    pub const fn new(id: RowId, at: Timestamp, kind: StepKind) -> Self {
        Self {
            id,
            at,
            kind,
            user: None,
            algorithm: None,
            coin: None,
            side: None,
            quantity: None,
        }
    }

    /// The same row of this trade. Sides are compared in small letters: a decision writes them in capitals.
    #[must_use]
    pub fn of(self, algorithm: Option<&str>, coin: Option<&str>, side: Option<&str>) -> Self {
        Self {
            algorithm: algorithm.map(str::to_ascii_lowercase),
            coin: coin.map(ToOwned::to_owned),
            side: side.map(str::to_ascii_lowercase),
            ..self
        }
    }

    /// The same row of this user, with this quantity.
    #[must_use]
    pub fn by(self, user: Option<Uuid>, quantity: Option<f64>) -> Self {
        Self {
            user,
            quantity,
            ..self
        }
    }

    /// Where it stands in the stream: by time, and of the same moment in the order of a trade.
    #[must_use]
    pub const fn place(&self) -> (Timestamp, u8, RowId) {
        let rank = match &self.kind {
            StepKind::Signal => 0,
            StepKind::Rejection {
                row: RejectionRow::KillSwitchError,
                ..
            } => 1,
            StepKind::Approval { .. } => 2,
            StepKind::Rejection { .. } => 3,
            StepKind::Order => 4,
            StepKind::Decision { .. } => 5,
        };
        (self.at, rank, self.id)
    }
}

/// Whether two quantities are the same number: one is stored as a decimal, the other as a float. What is
/// not there contradicts nothing.
pub(super) fn agree(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(other.abs()),
        _ => true,
    }
}

/// Whether an order's quantity is that of an approval: the same, or the approved value in cents, for a
/// paper order to buy is an amount of AUD.
pub(super) fn pays(order: Option<f64>, quantity: Option<f64>, value: Option<f64>) -> bool {
    let in_cents = |value: f64, amount: f64| (value - amount).abs() <= 0.0051;
    agree(order, quantity)
        || matches!((order, value), (Some(amount), Some(value)) if in_cents(value, amount))
}
