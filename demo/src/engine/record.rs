//! The rows that trading makes, in the engine's own terms.

use std::fmt::Write;

use uuid::Uuid;

use super::json::{push_decimal, push_float, push_text};
use super::rows::Rows;
use super::table::Table;
use super::time::Instant;

/// Units of a [`Quantity`] in one coin: the engine rounds quantities to eight digits.
pub const QUANTITY_UNITS: f64 = 1e8;

/// What an agent decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Open or enlarge a position.
    Buy,
    /// Close or shrink one.
    Sell,
    /// Leave it.
    Hold,
}

impl Decision {
    /// As `trade_audit.decision` has it.
    #[must_use]
    pub fn audit_text(self) -> &'static str {
        match self {
            Self::Buy => "BUY",
            Self::Sell => "SELL",
            Self::Hold => "HOLD",
        }
    }

    /// As orders and events have it.
    #[must_use]
    pub fn side(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Sell => "sell",
            Self::Hold => "hold",
        }
    }
}

/// An amount of a coin, in 1e-8 coins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(pub i64);

impl Quantity {
    /// The nearest quantity to so many coins.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        reason = "a paper position is far below 9e10 coins"
    )]
    pub fn from_coins(coins: f64) -> Self {
        Self((coins * QUANTITY_UNITS).round() as i64)
    }

    /// So many coins.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        reason = "below 2^53 units, that is 9e7 coins"
    )]
    pub fn coins(self) -> f64 {
        self.0 as f64 / QUANTITY_UNITS
    }
}

/// A row of `trade_audit`.
pub struct TradeDecision<'a> {
    pub agent_id: &'a str,
    pub decision: Decision,
    pub reason: &'a str,
    pub confidence: f64,
    pub asset: &'a str,
    pub price: Option<f64>,
    /// An order was submitted.
    pub is_executed: bool,
    /// That order.
    pub order_id: Option<Uuid>,
    pub block_reason: Option<&'a str>,
    pub id: Uuid,
    pub at: Instant,
}

impl TradeDecision<'_> {
    /// Writes the row.
    pub fn write(&self, rows: &mut Rows) {
        rows.row(Table::TradeAudit)
            .text(self.agent_id)
            .text(self.decision.audit_text())
            .text(self.reason)
            .float(self.confidence)
            .text(self.asset)
            .optional_numeric(self.price, 8)
            .boolean(self.is_executed)
            .optional_uuid(self.order_id)
            .optional_text(self.block_reason)
            .uuid(self.id)
            .instant(self.at)
            .end();
    }
}

/// A row of `audit_log`.
#[allow(clippy::struct_field_names, reason = "the column's own name")]
pub struct Event<'a> {
    pub event_type: &'a str,
    pub severity: &'a str,
    /// JSON text as it shall stand in the column.
    pub details: Option<&'a str>,
    pub user_id: Option<Uuid>,
    pub id: Uuid,
    pub at: Instant,
}

impl Event<'_> {
    /// Writes the row.
    pub fn write(&self, rows: &mut Rows) {
        rows.row(Table::AuditLog)
            .text(self.event_type)
            .text(self.severity)
            .optional_text(self.details)
            .optional_uuid(self.user_id)
            .uuid(self.id)
            .instant(self.at)
            .end();
    }
}

/// A row of `orders`.
pub struct Order<'a> {
    pub id: Uuid,
    pub user_id: Uuid,
    pub algorithm_id: Option<Uuid>,
    pub coin: &'a str,
    pub side: Decision,
    /// Coins for a sale; for a market buy in paper mode, AUD.
    pub quantity: f64,
    pub price: Option<f64>,
    pub filled_quantity: f64,
    pub status: &'a str,
    pub error_message: Option<&'a str>,
    pub exchange_id: Option<Uuid>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub submitted_at: Option<Instant>,
    pub filled_at: Option<Instant>,
}

impl Order<'_> {
    /// Writes the row.
    pub fn write(&self, rows: &mut Rows) {
        rows.row(Table::Orders)
            .uuid(self.id)
            .uuid(self.user_id)
            .optional_uuid(self.algorithm_id)
            .text(self.coin)
            .text(self.side.side())
            .text("market")
            .numeric(self.quantity, 10)
            .optional_numeric(self.price, 8)
            .numeric(self.filled_quantity, 10)
            .text(self.status)
            .optional_text(self.error_message)
            .optional_uuid(self.exchange_id)
            .instant(self.created_at)
            .instant(self.updated_at)
            .optional_instant(self.submitted_at)
            .optional_instant(self.filled_at)
            .end();
    }
}

/// A row of `signal`. Its id comes from the table's sequence.
pub struct CollectorSignal<'a> {
    /// `buy`, `sell` or `neutral`.
    pub kind: &'a str,
    pub asset: &'a str,
    /// 0 to 1 where the collector is sound.
    pub strength: f64,
    pub at: Instant,
    pub source: &'a str,
    /// JSON text as it shall stand in the column.
    pub context: &'a str,
}

impl CollectorSignal<'_> {
    /// Writes the row.
    pub fn write(&self, rows: &mut Rows) {
        rows.row(Table::Signal)
            .text(self.kind)
            .text(self.asset)
            .float(self.strength)
            .instant(self.at)
            .text(self.source)
            .text(self.context)
            .end();
    }
}

/// A trade that is asked for, as it goes through signal, Guard and order.
pub struct Intent<'a> {
    /// The owner's id as text, since JSON wants it so each time.
    pub user: &'a str,
    /// The algorithm's id as text; `None` for an agent that is no registered algorithm.
    pub algorithm: Option<&'a str>,
    pub coin: &'a str,
    pub side: Decision,
    pub quantity: Quantity,
    pub confidence: f64,
    /// Last price in AUD.
    pub price: f64,
}

impl Intent<'_> {
    /// Details of `ALGORITHM_SIGNAL`. An agent without an algorithm leaves its key out.
    #[must_use]
    pub fn signal_details(&self, volume_24h: u32) -> String {
        let mut out = String::with_capacity(260);
        out.push('{');
        if let Some(algorithm) = self.algorithm {
            out.push_str("\"algorithm_id\": \"");
            out.push_str(algorithm);
            out.push_str("\", ");
        }
        push(
            &mut out,
            format_args!(
                "\"signal\": {{\"action\": \"{}\", \"coin_type\": \"{}\", \"quantity\": \"",
                self.side.side(),
                self.coin
            ),
        );
        push_decimal(&mut out, self.quantity.0);
        out.push_str("\", \"confidence\": ");
        push_float(&mut out, self.confidence);
        push(
            &mut out,
            format_args!(
                "}}, \"market_data_snapshot\": {{\"coin_type\": \"{}\", \"price\": ",
                self.coin
            ),
        );
        push_float(&mut out, self.price);
        push(&mut out, format_args!(", \"volume_24h\": {volume_24h}}}}}"));
        out
    }

    /// Details of `TRADE_APPROVED`, with the price that this check estimated.
    #[must_use]
    pub fn approval_details(&self, estimated_price: f64) -> String {
        let mut out = self.trade_head();
        out.push_str(", \"estimated_price\": ");
        push_float(&mut out, estimated_price);
        out.push_str(", \"trade_value\": ");
        push_float(&mut out, self.quantity.coins() * estimated_price);
        self.trade_tail(out)
    }

    /// Details of the `TRADE_REJECTED` row that says why in a sentence.
    #[must_use]
    pub fn rejection_details(&self, reason: &str) -> String {
        let mut out = self.trade_head();
        out.push_str(", \"reason\": ");
        push_text(&mut out, reason);
        self.trade_tail(out)
    }

    fn trade_head(&self) -> String {
        let mut out = String::with_capacity(280);
        push(
            &mut out,
            format_args!(
                "{{\"user_id\": \"{}\", \"coin\": \"{}\", \"side\": \"{}\", \"quantity\": ",
                self.user,
                self.coin,
                self.side.side()
            ),
        );
        push_float(&mut out, self.quantity.coins());
        out
    }

    fn trade_tail(&self, mut out: String) -> String {
        match self.algorithm {
            Some(algorithm) => push(
                &mut out,
                format_args!(", \"algorithm_id\": \"{algorithm}\"}}"),
            ),
            None => out.push_str(", \"algorithm_id\": null}"),
        }
        out
    }
}

fn push(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing into a `String` cannot fail.
    let _ = out.write_fmt(arguments);
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTENT: Intent<'_> = Intent {
        user: "d8f801bd-2f59-474a-9e91-75121af54b5a",
        algorithm: Some("74ad3880-c88c-4a10-bd8f-5c5659726601"),
        coin: "SOL",
        side: Decision::Buy,
        quantity: Quantity(4_557_550),
        confidence: 0.527,
        price: 198.376_520_167_758_74,
    };

    #[test]
    fn a_signal_is_spelled_as_the_engine_spells_it() {
        assert_eq!(
            INTENT.signal_details(1000),
            r#"{"algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601", "signal": {"action": "buy", "coin_type": "SOL", "quantity": "0.0455755", "confidence": 0.527}, "market_data_snapshot": {"coin_type": "SOL", "price": 198.37652016775874, "volume_24h": 1000}}"#
        );
    }

    #[test]
    fn an_approval_is_spelled_as_the_engine_spells_it() {
        assert_eq!(
            INTENT.approval_details(1.0),
            r#"{"user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a", "coin": "SOL", "side": "buy", "quantity": 0.0455755, "estimated_price": 1.0, "trade_value": 0.0455755, "algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601"}"#
        );
    }

    #[test]
    fn a_rejection_without_an_algorithm_says_null() {
        let intent = Intent {
            algorithm: None,
            ..INTENT
        };
        assert_eq!(
            intent.rejection_details("Emergency stop is active - trading is halted"),
            r#"{"user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a", "coin": "SOL", "side": "buy", "quantity": 0.0455755, "reason": "Emergency stop is active - trading is halted", "algorithm_id": null}"#
        );
        assert!(intent.signal_details(1).starts_with(r#"{"signal": {"#));
    }
}
