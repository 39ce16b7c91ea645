//! The Guard: the limits that every trade must pass, with the engine's defaults and messages.
//!
//! It only asks Redis whether an emergency stop is in force. The admin page's toggle writes a setting and an event but
//! not Redis, so the Guard does not enforce it. This is the real engine's behaviour.

/// Maximum position as a fraction of the portfolio.
const POSITION_LIMIT: f64 = 0.20;
/// Maximum loss per day as a fraction of the portfolio at the start of the day.
const DAILY_LOSS_LIMIT: f64 = 0.05;
/// Maximum exposure of one algorithm as a fraction of the portfolio.
const EXPOSURE_LIMIT: f64 = 0.30;

/// Message of a rejection by the emergency stop.
pub const STOPPED: &str = "Emergency stop is active - trading is halted";
const VOLATILE_SUFFIX: &str = " [VOLATILE MARKET MODE ACTIVE: limits halved]";

/// A dynamic limit on positions: a row of `risk_rule`.
pub struct RiskRule {
    /// Its name, quoted in rejections.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// The limit.
    pub limit: RuleLimit,
    /// Whether the Guard applies it.
    pub is_active: bool,
}

/// What a dynamic rule limits a position to.
pub enum RuleLimit {
    /// An amount in AUD.
    Value(f64),
    /// Per cent of the portfolio.
    Percentage(f64),
}

/// The rules of the demo.
pub const RULES: [RiskRule; 3] = [
    RiskRule {
        name: "Desk position cap",
        description: "No position above 46,000 AUD, whatever its share.",
        limit: RuleLimit::Value(46_000.0),
        is_active: true,
    },
    RiskRule {
        name: "Quarter-end concentration",
        description: "No position above 18.5 % of the portfolio until the quarter is closed.",
        limit: RuleLimit::Percentage(18.5),
        is_active: true,
    },
    RiskRule {
        name: "Holiday freeze",
        description: "For thin markets at the end of the year.",
        limit: RuleLimit::Percentage(5.0),
        is_active: false,
    },
];

/// The live state that the Guard reads from Redis.
#[derive(Debug, Clone, Copy, Default)]
pub struct Guard {
    /// Key `omc:emergency_stop` is `true`.
    pub is_stopped: bool,
    /// Key `omc:market_status` is `volatile`.
    pub is_volatile: bool,
}

/// Effect of a trade on its account.
pub struct Exposure<'a> {
    /// The coin's ticker.
    pub coin: &'a str,
    /// Whether it buys. Sales reduce every exposure and are only checked against the emergency stop.
    pub is_buy: bool,
    /// Value of the trade in AUD.
    pub trade_value: f64,
    /// The account's position in the coin before it, AUD.
    pub position_value: f64,
    /// Value of the account in AUD.
    pub portfolio_value: f64,
    /// The account's loss since midnight, as a fraction.
    pub daily_loss: f64,
    /// The algorithm's open positions before it, AUD.
    pub algorithm_value: f64,
}

impl Guard {
    /// Checks a trade; the error is the message of its rejection.
    pub fn check(self, trade: &Exposure<'_>) -> Result<(), String> {
        if self.is_stopped {
            return Err(STOPPED.to_owned());
        }
        if !trade.is_buy {
            return Ok(());
        }
        let reason = self
            .position(trade)
            .or_else(|| self.daily_loss(trade))
            .or_else(|| self.exposure(trade))
            .or_else(|| RULES.iter().find_map(|rule| violated(rule, trade)));
        match reason {
            None => Ok(()),
            Some(reason) if self.is_volatile => Err(reason + VOLATILE_SUFFIX),
            Some(reason) => Err(reason),
        }
    }

    fn limit(self, limit: f64) -> f64 {
        if self.is_volatile { limit / 2.0 } else { limit }
    }

    fn position(self, trade: &Exposure<'_>) -> Option<String> {
        let limit = self.limit(POSITION_LIMIT);
        let share = trade.position_after() / trade.portfolio_value;
        (share > limit).then(|| {
            format!(
                "Position size limit exceeded for {}: {:.2} AUD would be {:.1}% of the portfolio (limit {:.1}%)",
                trade.coin,
                trade.position_after(),
                share * 100.0,
                limit * 100.0
            )
        })
    }

    fn daily_loss(self, trade: &Exposure<'_>) -> Option<String> {
        let limit = self.limit(DAILY_LOSS_LIMIT);
        (trade.daily_loss > limit).then(|| {
            format!(
                "Daily loss limit exceeded: {:.2}% lost since 00:00 UTC (limit {:.1}%)",
                trade.daily_loss * 100.0,
                limit * 100.0
            )
        })
    }

    fn exposure(self, trade: &Exposure<'_>) -> Option<String> {
        let limit = self.limit(EXPOSURE_LIMIT);
        let share = (trade.algorithm_value + trade.trade_value) / trade.portfolio_value;
        (share > limit).then(|| {
            format!(
                "Algorithm exposure limit exceeded: {:.1}% of the portfolio (limit {:.1}%)",
                share * 100.0,
                limit * 100.0
            )
        })
    }
}

impl Exposure<'_> {
    fn position_after(&self) -> f64 {
        self.position_value + self.trade_value
    }
}

fn violated(rule: &RiskRule, trade: &Exposure<'_>) -> Option<String> {
    if !rule.is_active {
        return None;
    }
    let after = trade.position_after();
    let detail = match rule.limit {
        RuleLimit::Value(limit) if after > limit => {
            format!(
                "position of {after:.2} AUD in {} is above {limit:.2} AUD",
                trade.coin
            )
        }
        RuleLimit::Percentage(limit) if after > limit / 100.0 * trade.portfolio_value => {
            let share = after / trade.portfolio_value * 100.0;
            format!(
                "position of {share:.1}% in {} is above {limit:.1}%",
                trade.coin
            )
        }
        _ => return None,
    };
    Some(format!(
        "Dynamic Risk Rule '{}' violated: {detail}",
        rule.name
    ))
}

/// Position limit of a careful strategy, below the Guard's, so that most of its trades pass.
pub fn soft_position_limit(guard: Guard) -> f64 {
    guard.limit(POSITION_LIMIT) * 0.85
}

/// Exposure limit of a careful strategy, below the Guard's.
pub fn soft_exposure_limit(guard: Guard) -> f64 {
    guard.limit(EXPOSURE_LIMIT) * 0.9
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Guard = Guard {
        is_stopped: false,
        is_volatile: false,
    };
    const VOLATILE: Guard = Guard {
        is_volatile: true,
        ..FREE
    };

    fn small() -> Exposure<'static> {
        Exposure {
            coin: "BTC",
            is_buy: true,
            trade_value: 1_000.0,
            position_value: 0.0,
            portfolio_value: 100_000.0,
            daily_loss: 0.0,
            algorithm_value: 0.0,
        }
    }

    fn reason(guard: Guard, trade: &Exposure<'_>) -> String {
        guard.check(trade).unwrap_err()
    }

    #[test]
    fn a_small_trade_passes_even_in_a_volatile_market() {
        assert_eq!(FREE.check(&small()), Ok(()));
        assert_eq!(VOLATILE.check(&small()), Ok(()));
    }

    #[test]
    fn a_stop_rejects_sales_too() {
        let stopped = Guard {
            is_stopped: true,
            ..FREE
        };
        let sale = Exposure {
            is_buy: false,
            ..small()
        };
        assert_eq!(reason(stopped, &sale), STOPPED);
        assert_eq!(FREE.check(&sale), Ok(()));
    }

    #[test]
    fn each_limit_has_its_sentence_and_a_volatile_market_halves_it() {
        let position = Exposure {
            position_value: 12_000.0,
            ..small()
        };
        assert_eq!(FREE.check(&position), Ok(()));
        let halved = reason(VOLATILE, &position);
        assert!(
            halved.starts_with("Position size limit exceeded"),
            "{halved}"
        );
        assert!(
            halved.ends_with("[VOLATILE MARKET MODE ACTIVE: limits halved]"),
            "{halved}"
        );

        let loss = Exposure {
            daily_loss: 0.051,
            ..small()
        };
        assert!(reason(FREE, &loss).starts_with("Daily loss limit exceeded"));
        let exposure = Exposure {
            algorithm_value: 29_500.0,
            ..small()
        };
        assert!(reason(FREE, &exposure).starts_with("Algorithm exposure limit exceeded"));
        let rule = Exposure {
            position_value: 18_000.0,
            ..small()
        };
        assert!(
            reason(FREE, &rule)
                .starts_with("Dynamic Risk Rule 'Quarter-end concentration' violated")
        );
    }
}
