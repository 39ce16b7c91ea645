//! Orders, as the engine sent them to the exchange.

use uuid::Uuid;

use crate::amount::Amount;
use crate::time::Timestamp;

/// The fields of an order that trade lists show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBrief {
    /// `pending`, `submitted`, `filled`, `partial`, `cancelled`, `failed`, or what the engine wrote.
    pub status: String,
    /// `buy` or `sell`.
    pub side: String,
    /// Ordered quantity; in paper mode an amount of AUD for a market buy.
    pub quantity: Amount,
    /// Quantity filled so far.
    pub filled_quantity: Amount,
    /// Fill price in AUD, once filled.
    pub price: Option<Amount>,
    /// When the fill was complete.
    pub filled_at: Option<Timestamp>,
}

/// Every column of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The order's id.
    pub id: Uuid,
    /// The user's id.
    pub user_id: Uuid,
    /// The user's e-mail, if the user exists.
    pub user_email: Option<String>,
    /// The algorithm's id.
    pub algorithm_id: Option<Uuid>,
    /// The algorithm's name, if it exists.
    pub algorithm_name: Option<String>,
    /// Coin, for example `BTC`.
    pub coin_type: String,
    /// `market` or `limit`.
    pub order_type: String,
    /// The fields that lists show.
    pub brief: OrderBrief,
    /// Error message of the executor.
    pub error_message: Option<String>,
    /// The exchange's id.
    pub coinspot_order_id: Option<String>,
    /// When the row was created.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
    /// When it was submitted to the exchange.
    pub submitted_at: Option<Timestamp>,
}

/// The order that a decision refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderLink<O> {
    /// The decision refers to none.
    None,
    /// It refers to one that does not exist; the engine has no foreign key for it.
    Missing,
    /// It exists.
    Found(O),
}

impl<O> OrderLink<O> {
    /// The order, if found.
    #[must_use]
    pub const fn found(&self) -> Option<&O> {
        match self {
            Self::Found(order) => Some(order),
            Self::None | Self::Missing => None,
        }
    }
}

impl OrderLink<Order> {
    /// The order's status.
    #[must_use]
    pub fn status(&self) -> OrderLink<&str> {
        match self {
            Self::None => OrderLink::None,
            Self::Missing => OrderLink::Missing,
            Self::Found(order) => OrderLink::Found(&order.brief.status),
        }
    }
}
