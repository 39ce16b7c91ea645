//! Recognises the Guard's second check of a trade.
//!
//! The Guard checks an algorithm's trade twice, before it is queued and before it is executed, and writes
//! `TRADE_APPROVED` each time, with different prices. These are two events but one trade, so that sums in AUD must
//! count one of them.

use std::collections::HashMap;

use crate::time::Timestamp;

/// Maximum microseconds between the two checks. The engine takes less than a second.
pub const SECOND_CHECK_WITHIN: i64 = 10_000_000;

/// What two checks of one trade have in common, as the events have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Trade {
    /// The user.
    pub user: Option<String>,
    /// The algorithm's id; trades without one are checked once.
    pub algorithm: Option<String>,
    /// Coin.
    pub coin: Option<String>,
    /// `buy` or `sell`.
    pub side: Option<String>,
    /// Quantity, exactly as written.
    pub quantity: Option<String>,
}

/// Recognises second checks in an ordered stream of approvals.
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
        // Quantities rarely repeat, so entries are removed to bound the memory of a long stream.
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
    fn every_other_check_of_a_trade_is_a_second_check() {
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
