//! Orders, as the engine sent them to the exchange.

use uuid::Uuid;

use crate::amount::Amount;
use crate::time::Timestamp;

/// What a trade list shows of a decision's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderBrief {
    /// `pending`, `submitted`, `filled`, `partial`, `cancelled`, `failed`, or what the engine wrote.
    pub status: String,
    /// `buy` or `sell`.
    pub side: String,
    /// Ordered quantity; in paper mode an amount of AUD for a market buy.
    pub quantity: Amount,
    /// Filled so far.
    pub filled_quantity: Amount,
    /// Fill price in AUD, once there is one.
    pub price: Option<Amount>,
    /// When the fill was complete.
    pub filled_at: Option<Timestamp>,
}

/// Every column of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The order's id.
    pub id: Uuid,
    /// Whose order.
    pub user_id: Uuid,
    /// That user's e-mail, where the user still exists.
    pub user_email: Option<String>,
    /// The algorithm behind it.
    pub algorithm_id: Option<Uuid>,
    /// That algorithm's name, where it still exists.
    pub algorithm_name: Option<String>,
    /// Coin, for example `BTC`.
    pub coin_type: String,
    /// `market` or `limit`.
    pub order_type: String,
    /// What the list shows too.
    pub brief: OrderBrief,
    /// What the executor said when it failed.
    pub error_message: Option<String>,
    /// The exchange's id.
    pub coinspot_order_id: Option<String>,
    /// When the row was made.
    pub created_at: Timestamp,
    /// When the row last changed.
    pub updated_at: Timestamp,
    /// When it was handed to the exchange.
    pub submitted_at: Option<Timestamp>,
}

/// What is known of the order that a decision names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderLink<O> {
    /// The decision names none.
    None,
    /// It names one that does not exist: the engine has no foreign key there.
    Missing,
    /// It exists.
    Found(O),
}

impl<O> OrderLink<O> {
    /// The order, where there is one.
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
