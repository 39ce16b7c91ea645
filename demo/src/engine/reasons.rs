//! Reasons of agents in sentences: the indicator's figures, in varied wording.

use rand::Rng;
use rand::rngs::StdRng;

use super::record::Decision;
use super::strategy::{Reading, Strategy};

/// Why an agent that had a signal did not trade on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restraint {
    /// There was no signal.
    None,
    /// Nothing to sell.
    NoPosition,
    /// The position is close to its limit.
    PositionFull,
    /// The algorithm's exposure is close to its limit.
    ExposureFull,
    /// Not enough AUD.
    NoCash,
}

/// Facts of a reason.
pub struct Context<'a> {
    pub strategy: Strategy,
    pub reading: Reading,
    pub decision: Decision,
    pub restraint: Restraint,
    pub coin: &'a str,
    pub price: f64,
}

impl Context<'_> {
    /// The reason, one to three sentences.
    pub fn reason(&self, rng: &mut StdRng) -> String {
        // The engine's own strategies often give only their name.
        if self.decision == Decision::Hold
            && self.restraint == Restraint::None
            && rng.random_bool(0.2)
        {
            return self.label().to_owned();
        }
        let mut reason = self.indicator(rng.random_range(0..3));
        reason.push_str(self.conclusion(rng.random_range(0..2)));
        if self.decision != Decision::Hold && rng.random_bool(0.25) {
            reason.push_str(&self.remark(rng.random_range(0..4)));
        }
        reason
    }

    fn label(&self) -> &'static str {
        match self.strategy {
            Strategy::MovingAverageCrossover { .. } => "MA crossover",
            Strategy::BollingerReversion => "Bollinger reversion",
            Strategy::Momentum => "Momentum",
        }
    }

    fn indicator(&self, variant: u32) -> String {
        let Self { coin, price, .. } = self;
        let Reading {
            score,
            first,
            second,
        } = self.reading;
        let places = if *price < 10.0 { 4 } else { 2 };
        match (self.strategy, variant) {
            (Strategy::MovingAverageCrossover { short, long }, 0) => {
                format!(
                    "MA crossover on {coin}: MA{short} {first:.places$} vs MA{long} {second:.places$}, score {score:+.2}."
                )
            }
            (Strategy::MovingAverageCrossover { short, long }, 1) => {
                let side = if first > second { "above" } else { "below" };
                let gap = (first / second - 1.0) * 100.0;
                format!(
                    "The {short}-period average of {coin} is {gap:+.3}% {side} the {long}-period one at {price:.places$} AUD."
                )
            }
            (Strategy::MovingAverageCrossover { short, long }, _) => {
                format!(
                    "MA{short}/MA{long} spread {:+.places$} AUD on {coin}.",
                    first - second
                )
            }
            (Strategy::BollingerReversion, 0) => {
                format!(
                    "{coin} at {price:.places$} AUD, bands {first:.places$} to {second:.places$}."
                )
            }
            (Strategy::BollingerReversion, 1) => {
                let position = (price - first) / (second - first).max(f64::EPSILON) * 100.0;
                format!("Bollinger %B of {coin} is {position:.1}, score {score:+.2}.")
            }
            (Strategy::BollingerReversion, _) => {
                let middle = f64::midpoint(first, second);
                format!(
                    "{coin} trades {:+.2}% from its 20-period mean {middle:.places$}.",
                    (price / middle - 1.0) * 100.0
                )
            }
            (Strategy::Momentum, 0) => format!(
                "14-period return of {coin} is {second:+.2}% (from {first:.places$} to {price:.places$} AUD)."
            ),
            (Strategy::Momentum, 1) => {
                format!("Momentum score {score:+.2} on {coin}, return {second:+.2}%.")
            }
            (Strategy::Momentum, _) => {
                format!("{coin} moved {second:+.2}% over the lookback, last {price:.places$} AUD.")
            }
        }
    }

    fn conclusion(&self, variant: u32) -> &'static str {
        match (self.restraint, self.decision, variant) {
            (Restraint::NoPosition, _, _) => " Sell signal, but there is no position to close.",
            (Restraint::PositionFull, _, _) => {
                " Buy signal, but the position is close to its limit."
            }
            (Restraint::ExposureFull, _, _) => {
                " Buy signal, but the algorithm's exposure is close to its limit."
            }
            (Restraint::NoCash, _, _) => {
                " Buy signal, but the cash left is below a minimum ticket."
            }
            (_, Decision::Buy, 0) => " Signal is strong enough to buy.",
            (_, Decision::Buy, _) => " Entering long.",
            (_, Decision::Sell, 0) => " Signal is strong enough to sell.",
            (_, Decision::Sell, _) => " Reducing the position.",
            (_, Decision::Hold, 0) => " No clear signal, holding.",
            (_, Decision::Hold, _) => " Below the threshold, no trade.",
        }
    }

    fn remark(&self, variant: u32) -> String {
        match variant {
            0 => format!(
                " Confirmed by volume; the spread of {} is normal.",
                self.coin
            ),
            1 => " Third confirmation in a row.".to_owned(),
            2 => format!(" Stop at {:.4} AUD.", self.price * 0.97),
            _ => " Order book leans the same way, news flow is neutral.".to_owned(),
        }
    }
}
