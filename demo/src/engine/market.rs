//! The market: six coins on a random walk in AUD.
//!
//! Each price is geometric Brownian motion pulled gently back to where it began, so that ninety days stay believable. A
//! crash adds a common downward drift for as long as it lasts.

use std::f64::consts::TAU;

use rand::Rng;
use rand::rngs::StdRng;

use super::time::{DAY, Instant};

/// Coins that are traded.
pub const COIN_COUNT: usize = 6;

/// Pull back towards the first price, a day.
const REVERSION: f64 = 0.03;
/// Share of the price by which bid and ask lie apart.
const SPREAD: f64 = 0.0012;

/// A coin and how it moves.
pub struct Coin {
    /// Ticker.
    pub name: &'static str,
    /// First price, AUD.
    pub base: f64,
    /// Standard deviation of a day's return.
    pub volatility: f64,
    /// How often it is looked at, against the others.
    pub weight: u32,
    /// Typical volume of a day.
    pub volume: u32,
}

/// The coins, in the order in which every array of this module has them.
pub const COINS: [Coin; COIN_COUNT] = [
    coin("BTC", 101_500.0, 0.021, 30, 1_840),
    coin("ETH", 5_060.0, 0.027, 25, 24_300),
    coin("SOL", 199.5, 0.036, 18, 318_000),
    coin("XRP", 3.42, 0.033, 12, 9_600_000),
    coin("ADA", 1.18, 0.034, 9, 12_400_000),
    coin("DOGE", 0.312, 0.041, 6, 51_000_000),
];

const fn coin(name: &'static str, base: f64, volatility: f64, weight: u32, volume: u32) -> Coin {
    Coin {
        name,
        base,
        volatility,
        weight,
        volume,
    }
}

/// Bid, ask and last price of a coin, AUD.
pub struct Quote {
    /// What a buyer offers.
    pub bid: f64,
    /// What a seller asks.
    pub ask: f64,
    /// The last trade.
    pub last: f64,
}

/// Prices at an instant.
pub struct Market {
    prices: [f64; COIN_COUNT],
    at: [Instant; COIN_COUNT],
    /// Extra logarithmic drift a day, on every coin.
    drift: f64,
}

impl Market {
    /// A market that opens at `at`.
    pub fn open(prices: [f64; COIN_COUNT], at: Instant) -> Self {
        Self {
            prices,
            at: [at; COIN_COUNT],
            drift: 0.0,
        }
    }

    /// Sets the drift of every coin from now on: below 0 for a crash, 0 for none.
    pub fn set_drift(&mut self, a_day: f64) {
        self.drift = a_day;
    }

    /// Moves a coin's price on to `at` and returns it, AUD.
    pub fn price(&mut self, coin: usize, at: Instant, rng: &mut StdRng) -> f64 {
        let elapsed = days(at.0 - self.at[coin].0);
        if elapsed > 0.0 {
            let Coin {
                base, volatility, ..
            } = COINS[coin];
            let pull = REVERSION * (base / self.prices[coin]).ln();
            let drift = (pull + self.drift - volatility * volatility / 2.0) * elapsed;
            self.prices[coin] *= (drift + volatility * elapsed.sqrt() * normal(rng)).exp();
            self.at[coin] = at;
        }
        self.prices[coin]
    }

    /// The prices last seen, without moving them.
    pub fn last(&self) -> &[f64; COIN_COUNT] {
        &self.prices
    }

    /// The quote of a coin at `at`.
    pub fn quote(&mut self, coin: usize, at: Instant, rng: &mut StdRng) -> Quote {
        let last = self.price(coin, at, rng);
        let half = last * SPREAD * rng.random_range(0.35..0.65);
        Quote {
            bid: last - half,
            ask: last + half,
            last,
        }
    }
}

/// One of the coins, by weight.
pub fn pick_coin(rng: &mut StdRng) -> usize {
    let total: u32 = COINS.iter().map(|coin| coin.weight).sum();
    let mut ticket = rng.random_range(0..total);
    COINS
        .iter()
        .position(|coin| {
            let here = ticket < coin.weight;
            ticket = ticket.saturating_sub(coin.weight);
            here
        })
        .unwrap_or_default()
}

#[allow(
    clippy::cast_precision_loss,
    reason = "a span of microseconds far below 2^53"
)]
fn days(micros: i64) -> f64 {
    micros as f64 / DAY as f64
}

/// A standard normal deviate (Box and Muller).
pub fn normal(rng: &mut StdRng) -> f64 {
    let radius = (-2.0 * rng.random_range(f64::MIN_POSITIVE..1.0_f64).ln()).sqrt();
    radius * (TAU * rng.random::<f64>()).cos()
}
