//! A row of the stream, with the properties that determine its trade.

use uuid::Uuid;

use super::RowId;
use crate::rejection::RejectionRow;
use crate::time::Timestamp;

/// Kind of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum StepKind {
    /// `ALGORITHM_SIGNAL`.
    Signal,
    /// `TRADE_APPROVED`, with the trade's value in AUD if the details have it.
    Approval {
        /// `trade_value`.
        value: Option<f64>,
    },
    /// `TRADE_REJECTED`.
    Rejection {
        /// Kind of the rejection's row.
        row: RejectionRow,
        /// Its reason.
        reason: Option<String>,
    },
    /// A row of `orders`, at the time of its creation.
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
    /// Id of the row.
    pub id: RowId,
    /// Its time.
    pub at: Timestamp,
    /// Its kind.
    pub kind: StepKind,
    /// The user; `None` for decisions, which do not have one.
    pub user: Option<Uuid>,
    /// The algorithm's id; of a decision the one in its agent's name, `algo:<uuid>`.
    pub algorithm: Option<String>,
    /// Coin.
    pub coin: Option<String>,
    /// `buy` or `sell`.
    pub side: Option<String>,
    /// Quantity; for a paper-mode order to buy, an amount of AUD.
    pub quantity: Option<f64>,
}

impl Step {
    /// A row without properties of its trade.
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

    /// Sets properties of the trade. Sides are compared in lower case, since decisions have them in capitals.
    #[must_use]
    pub fn of(self, algorithm: Option<&str>, coin: Option<&str>, side: Option<&str>) -> Self {
        Self {
            algorithm: algorithm.map(str::to_ascii_lowercase),
            coin: coin.map(ToOwned::to_owned),
            side: side.map(str::to_ascii_lowercase),
            ..self
        }
    }

    /// Sets the user and the quantity.
    #[must_use]
    pub fn by(self, user: Option<Uuid>, quantity: Option<f64>) -> Self {
        Self {
            user,
            quantity,
            ..self
        }
    }

    /// Sort key of the stream: by time, then in the order of a trade.
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

/// Whether two quantities are equal, where one is stored as a decimal and the other as a float. A missing one equals
/// any.
pub(super) fn agree(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(other.abs()),
        _ => true,
    }
}

/// Whether an order's quantity matches an approval's: it is the same, or it equals the approved value to the cent,
/// since paper-mode orders to buy are in AUD.
pub(super) fn pays(order: Option<f64>, quantity: Option<f64>, value: Option<f64>) -> bool {
    let in_cents = |value: f64, amount: f64| (value - amount).abs() <= 0.0051;
    agree(order, quantity)
        || matches!((order, value), (Some(amount), Some(value)) if in_cents(value, amount))
}
