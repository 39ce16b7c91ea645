//! The Guard's second check of the same trade.
//!
//! The Guard checks an algorithm's trade twice, before it is queued and before it is executed, and
//! writes `TRADE_APPROVED` each time, with different prices. Counted as events they are two; counted as
//! trades, and in AUD, they are one.

use std::collections::HashMap;

use crate::time::Timestamp;

/// Within this many microseconds the second check follows the first: the engine takes less than a second.
pub const SECOND_CHECK_WITHIN: i64 = 10_000_000;

/// What two checks of one trade have in common, as the events spell it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Trade {
    /// Whose.
    pub user: Option<String>,
    /// The algorithm's id; a trade without one is checked once.
    pub algorithm: Option<String>,
    /// Coin.
    pub coin: Option<String>,
    /// `buy` or `sell`.
    pub side: Option<String>,
    /// Quantity, exactly as written.
    pub quantity: Option<String>,
}

/// Tells second checks in an ordered stream of approvals.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    first: HashMap<Trade, Timestamp>,
}

impl Checks {
    /// Whether the stream's next approval is the second check of an earlier one.
    pub fn is_second(&mut self, at: Timestamp, trade: Trade) -> bool {
        if trade.algorithm.is_none() {
            return false;
        }
        // Quantities hardly repeat: without this, a long stream would be kept whole.
        if self.first.len() > 4_096 {
            self.first
                .retain(|_, first| at.micros_since(*first) <= SECOND_CHECK_WITHIN);
        }
        match self.first.remove(&trade) {
            Some(first) if at.micros_since(first) <= SECOND_CHECK_WITHIN => true,
            _ => {
                self.first.insert(trade, at);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trade(quantity: &str, algorithm: Option<&str>) -> Trade {
        Trade {
            user: Some("u".to_owned()),
            algorithm: algorithm.map(ToOwned::to_owned),
            coin: Some("BTC".to_owned()),
            side: Some("buy".to_owned()),
            quantity: Some(quantity.to_owned()),
        }
    }

    #[test]
    fn every_other_check_of_the_same_trade_is_a_second_one() {
        let mut checks = Checks::default();
        let mut second = |at, quantity, algorithm| {
            checks.is_second(
                Timestamp::from_postgres_micros(at),
                trade(quantity, algorithm),
            )
        };
        assert!(!second(0, "1", Some("a")));
        assert!(!second(5, "2", Some("a")));
        assert!(second(30_000, "1", Some("a")));
        assert!(!second(40_000, "1", Some("a")));
        assert!(!second(40_000 + SECOND_CHECK_WITHIN + 1, "1", Some("a")));
        assert!(!second(50_000, "1", None));
        assert!(!second(50_001, "1", None));
    }
}
