//! The strategies: from a window of prices to a signed score with an indicator that a person can check.

use super::market::COIN_COUNT;

/// Prices that an agent remembers of each coin.
pub const WINDOW: usize = 50;

/// How an agent decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Trend: the mean of the last `short` prices against that of the last `long`.
    MovingAverageCrossover {
        /// Prices in the fast mean.
        short: usize,
        /// Prices in the slow mean.
        long: usize,
    },
    /// Counter-trend: distance from the mean of the last 20 in standard deviations.
    BollingerReversion,
    /// Trend: the return over the last 14.
    Momentum,
}

/// What a strategy reads off its window.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Positive to buy, negative to sell; 1 is where a trade begins.
    pub score: f64,
    /// The first figure of the indicator: fast mean, lower band, or price 14 looks ago; AUD.
    pub first: f64,
    /// The second: slow mean, upper band, or return in per cent.
    pub second: f64,
}

/// The last prices of one coin, newest last.
#[derive(Debug, Clone, Default)]
pub struct Window {
    prices: Vec<f64>,
}

/// One window a coin.
pub type Windows = [Window; COIN_COUNT];

impl Window {
    /// Adds a price and forgets the oldest beyond [`WINDOW`].
    pub fn push(&mut self, price: f64) {
        if self.prices.len() == WINDOW {
            self.prices.remove(0);
        }
        self.prices.push(price);
    }

    fn last(&self, count: usize) -> &[f64] {
        &self.prices[self.prices.len().saturating_sub(count)..]
    }
}

impl Strategy {
    /// Reads the window. A window that is too short gives a score of 0.
    pub fn read(self, window: &Window) -> Reading {
        match self {
            Self::MovingAverageCrossover { short, long } => {
                let (fast, _) = moments(window.last(short));
                let (slow, deviation) = moments(window.last(long));
                Reading {
                    score: ratio(fast - slow, 0.28 * deviation),
                    first: fast,
                    second: slow,
                }
            }
            Self::BollingerReversion => {
                let (mean, deviation) = moments(window.last(20));
                let price = window.last(1).first().copied().unwrap_or(mean);
                Reading {
                    score: ratio(mean - price, 0.9 * deviation),
                    first: mean - 2.0 * deviation,
                    second: mean + 2.0 * deviation,
                }
            }
            Self::Momentum => {
                let prices = window.last(15);
                let (_, deviation) = moments(prices);
                let first = prices.first().copied().unwrap_or_default();
                let last = prices.last().copied().unwrap_or_default();
                Reading {
                    score: ratio(last - first, 1.1 * deviation),
                    first,
                    second: 100.0 * ratio(last - first, first),
                }
            }
        }
    }
}

/// Mean and standard deviation; zeros for nothing.
#[allow(clippy::cast_precision_loss, reason = "at most `WINDOW` prices")]
fn moments(prices: &[f64]) -> (f64, f64) {
    if prices.is_empty() {
        return (0.0, 0.0);
    }
    let count = prices.len() as f64;
    let mean = prices.iter().sum::<f64>() / count;
    let variance = prices
        .iter()
        .map(|price| (price - mean).powi(2))
        .sum::<f64>()
        / count;
    (mean, variance.sqrt())
}

/// A quotient that is 0 where there is nothing to divide by.
fn ratio(dividend: f64, divisor: f64) -> f64 {
    if divisor.abs() < f64::EPSILON {
        0.0
    } else {
        dividend / divisor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(prices: impl IntoIterator<Item = f64>) -> Window {
        let mut window = Window::default();
        prices.into_iter().for_each(|price| window.push(price));
        window
    }

    #[test]
    fn trends_are_followed_and_extremes_are_faded() {
        let rising = window((0..60).map(|step| 100.0 + f64::from(step)));
        let crossover = Strategy::MovingAverageCrossover { short: 5, long: 20 };
        assert!(crossover.read(&rising).score > 1.0);
        assert!(Strategy::Momentum.read(&rising).score > 1.0);
        assert!(Strategy::BollingerReversion.read(&rising).score < -1.0);
    }

    #[test]
    fn an_empty_window_and_a_flat_one_say_nothing() {
        for prices in [vec![], vec![5.0; 30]] {
            let reading = Strategy::Momentum.read(&window(prices));
            assert!(reading.score.abs() < f64::EPSILON);
        }
    }

    #[test]
    fn a_window_keeps_the_newest() {
        let window = window((0..80).map(f64::from));
        assert_eq!(window.prices.len(), WINDOW);
        assert_eq!(window.last(2), [78.0, 79.0]);
    }
}
