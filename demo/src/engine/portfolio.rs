//! A user's account with the paper exchange: cash, coins, and what they were worth this morning.

use uuid::Uuid;

use super::market::{COIN_COUNT, COINS};
use super::rows::Rows;
use super::table::Table;
use super::time::Instant;

/// A row of `positions`.
pub struct Holding {
    /// Row id.
    pub id: Uuid,
    /// Ticker, or `AUD` for cash.
    pub coin: &'static str,
    /// Amount held.
    pub quantity: f64,
    /// AUD a piece.
    pub average_price: f64,
    /// AUD.
    pub cost: f64,
    /// First change.
    pub created_at: Instant,
    /// Last change.
    pub updated_at: Instant,
}

/// A coin in an account.
pub struct Position {
    /// Row id.
    pub id: Uuid,
    /// Coins held.
    pub quantity: f64,
    /// What they cost, AUD.
    pub cost: f64,
    /// First and last change; absent until there is a row.
    pub dates: Option<(Instant, Instant)>,
}

impl Position {
    fn average_price(&self) -> f64 {
        if self.quantity > 0.0 {
            self.cost / self.quantity
        } else {
            0.0
        }
    }
}

/// Cash and positions of one user.
pub struct Portfolio {
    /// Whose.
    pub user_id: Uuid,
    /// The id as JSON has it.
    pub user_text: String,
    /// AUD.
    pub cash: f64,
    cash_row: Uuid,
    opened_at: Instant,
    changed_at: Instant,
    /// One a coin.
    pub positions: [Position; COIN_COUNT],
    day: i64,
    opening_value: f64,
}

impl Portfolio {
    /// An account with cash alone.
    pub fn open(
        user_id: Uuid,
        cash: f64,
        opened_at: Instant,
        mut new_id: impl FnMut() -> Uuid,
    ) -> Self {
        Self {
            user_id,
            user_text: user_id.to_string(),
            cash,
            cash_row: new_id(),
            opened_at,
            changed_at: opened_at,
            positions: std::array::from_fn(|_| Position {
                id: new_id(),
                quantity: 0.0,
                cost: 0.0,
                dates: None,
            }),
            day: i64::MIN,
            opening_value: cash,
        }
    }

    /// Cash and coins at these prices, AUD.
    pub fn value(&self, prices: &[f64; COIN_COUNT]) -> f64 {
        let coins: f64 = self
            .positions
            .iter()
            .zip(prices)
            .map(|(position, price)| position.quantity * price)
            .sum();
        self.cash + coins
    }

    /// Loss since midnight UTC as a share of the value then: positive for a loss, negative for a gain.
    pub fn daily_loss(&mut self, at: Instant, prices: &[f64; COIN_COUNT]) -> f64 {
        let value = self.value(prices);
        if at.day() != self.day {
            self.day = at.day();
            self.opening_value = value;
        }
        1.0 - value / self.opening_value
    }

    /// Books a bought amount.
    pub fn buy(&mut self, coin: usize, quantity: f64, cost: f64, at: Instant) {
        let position = &mut self.positions[coin];
        position.quantity += quantity;
        position.cost += cost;
        self.cash -= cost;
        self.touch(coin, at);
    }

    /// Books a sold amount.
    pub fn sell(&mut self, coin: usize, quantity: f64, proceeds: f64, at: Instant) {
        let position = &mut self.positions[coin];
        let sold = (quantity / position.quantity).clamp(0.0, 1.0);
        position.cost -= position.cost * sold;
        position.quantity = (position.quantity - quantity).max(0.0);
        self.cash += proceeds;
        self.touch(coin, at);
    }

    fn touch(&mut self, coin: usize, at: Instant) {
        let dates = &mut self.positions[coin].dates;
        *dates = Some((dates.map_or(at, |(first, _)| first), at));
        self.changed_at = at;
    }

    /// Puts a stored position back, as of `at`.
    pub fn restore(&mut self, coin: usize, quantity: f64, cost: f64, id: Uuid, at: Instant) {
        self.positions[coin] = Position {
            id,
            quantity,
            cost,
            dates: Some((at, at)),
        };
    }

    /// The AUD row, and a row for each coin that was ever held.
    pub fn holdings(&self) -> impl Iterator<Item = Holding> {
        let cash = Holding {
            id: self.cash_row,
            coin: "AUD",
            quantity: self.cash,
            average_price: 1.0,
            cost: self.cash,
            created_at: self.opened_at,
            updated_at: self.changed_at,
        };
        let coins = self
            .positions
            .iter()
            .zip(&COINS)
            .filter_map(|(position, coin)| {
                let (created_at, updated_at) = position.dates?;
                Some(Holding {
                    id: position.id,
                    coin: coin.name,
                    quantity: position.quantity,
                    average_price: position.average_price(),
                    cost: position.cost,
                    created_at,
                    updated_at,
                })
            });
        std::iter::once(cash).chain(coins)
    }

    /// Writes the rows of `positions`.
    pub fn write(&self, rows: &mut Rows) {
        for holding in self.holdings() {
            rows.row(Table::Positions)
                .uuid(holding.id)
                .uuid(self.user_id)
                .text(holding.coin)
                .numeric(holding.quantity, 10)
                .numeric(holding.average_price, 8)
                .numeric(holding.cost, 2)
                .instant(holding.created_at)
                .instant(holding.updated_at)
                .end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_books_the_profit_and_empties_the_position() {
        let mut portfolio = Portfolio::open(Uuid::nil(), 1_000.0, Instant(0), Uuid::nil);
        let prices = [100.0; COIN_COUNT];
        portfolio.buy(0, 2.0, 200.0, Instant(1));
        assert!((portfolio.value(&prices) - 1_000.0).abs() < 1e-9);
        portfolio.sell(0, 2.0, 260.0, Instant(2));
        assert!((portfolio.cash - 1_060.0).abs() < 1e-9);
        assert!(portfolio.positions[0].quantity.abs() < 1e-12);
        assert_eq!(portfolio.positions[0].dates, Some((Instant(1), Instant(2))));
    }

    #[test]
    fn a_days_loss_is_counted_from_midnight() {
        let mut portfolio = Portfolio::open(Uuid::nil(), 1_000.0, Instant(0), Uuid::nil);
        portfolio.buy(0, 5.0, 500.0, Instant(0));
        let opening = [100.0; COIN_COUNT];
        assert!(portfolio.daily_loss(Instant(1), &opening).abs() < 1e-9);
        let later = [80.0; COIN_COUNT];
        assert!((portfolio.daily_loss(Instant(2), &later) - 0.1).abs() < 1e-9);
        let next_day = Instant(super::super::time::DAY);
        assert!(portfolio.daily_loss(next_day, &later).abs() < 1e-9);
    }
}
