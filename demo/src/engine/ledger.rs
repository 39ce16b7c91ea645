//! Stores and restores the live engine's positions and deployment totals.

use sqlx::{PgConnection, Row};

use super::history::PRICE_STEP;
use super::market::{COIN_COUNT, COINS, Market};
use super::rows::Rows;
use super::strategy::WINDOW;
use super::time::{Instant, MILLISECOND};
use super::trading::{Engine, INITIAL_EQUITY};
use crate::error::Result;

const STORE_POSITION: &str = "INSERT INTO positions (id, user_id, coin_type, quantity, average_price, total_cost, \
     created_at, updated_at) VALUES ($1, $2, $3, $4::text::numeric, $5::text::numeric, $6::text::numeric, \
     $7::text::timestamptz, $8::text::timestamptz) ON CONFLICT (user_id, coin_type) DO UPDATE SET \
     quantity = excluded.quantity, average_price = excluded.average_price, total_cost = excluded.total_cost, \
     updated_at = excluded.updated_at";
const STORE_DEPLOYMENT: &str = "UPDATE deployed_algorithms SET total_profit_loss = $2::text::numeric, total_trades = $3, \
     last_executed_at = $4::text::timestamptz, updated_at = $4::text::timestamptz WHERE id = $1";
const LAST_PRICES: &str = "SELECT last::float8 FROM price_data_5min WHERE coin_type = $1 AND last > 0 \
     ORDER BY \"timestamp\" DESC LIMIT $2";

impl Engine {
    /// Initial cash of the account in AUD: the hard stop's baseline.
    #[must_use]
    pub fn initial_equity() -> f64 {
        INITIAL_EQUITY
    }

    /// Passes the state in Redis to the Guard.
    pub fn set_live_state(&mut self, is_stopped: bool, is_volatile: bool) {
        self.guard.is_stopped = is_stopped;
        self.guard.is_volatile = is_volatile;
    }

    /// Writes the five-minute prices if a new five minutes began since the last time.
    pub fn record_due_prices(&mut self, now: Instant, rows: &mut Rows) {
        let due = self.next_price;
        if due <= now {
            self.record_prices(due, rows);
            self.next_price = now.next_multiple(PRICE_STEP);
        }
    }

    /// Stores the positions and deployments that changed since the last time.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn store_books(&mut self, database: &mut PgConnection) -> Result<()> {
        let since = self.stored_until;
        let mut newest = since;
        for portfolio in &self.portfolios {
            for holding in portfolio
                .holdings()
                .filter(|holding| holding.updated_at > since)
            {
                newest = newest.max(holding.updated_at);
                sqlx::query(STORE_POSITION)
                    .bind(holding.id)
                    .bind(portfolio.user_id)
                    .bind(holding.coin)
                    .bind(format!("{:.10}", holding.quantity))
                    .bind(format!("{:.8}", holding.average_price))
                    .bind(format!("{:.2}", holding.cost))
                    .bind(holding.created_at.to_string())
                    .bind(holding.updated_at.to_string())
                    .execute(&mut *database)
                    .await?;
            }
        }
        for agent in &self.agents {
            let (Some(algorithm), Some(at)) = (&agent.algorithm, agent.book.last_decision) else {
                continue;
            };
            if at > since {
                sqlx::query(STORE_DEPLOYMENT)
                    .bind(algorithm.deployment_id)
                    .bind(format!("{:.2}", agent.book.profit))
                    .bind(i32::try_from(agent.book.trades).unwrap_or(i32::MAX))
                    .bind(at.to_string())
                    .execute(&mut *database)
                    .await?;
                newest = newest.max(at);
            }
        }
        self.stored_until = newest;
        Ok(())
    }

    /// An engine that resumes at `at` from the database: prices, accounts, profits. The seed is that of the history,
    /// which determines ids. The database has an account's position in a coin but not the agent's share, so agents get
    /// equal parts.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn resume(seed: u64, at: Instant, database: &mut PgConnection) -> Result<Self> {
        let mut engine = Self::open(seed, at);
        engine.next_price = at.next_multiple(PRICE_STEP);
        engine.reseed(seed ^ at.0.unsigned_abs());
        engine.resume_prices(at, database).await?;
        engine.resume_accounts(at, database).await?;
        for agent in &mut engine.agents {
            let Some(algorithm) = &agent.algorithm else {
                continue;
            };
            let totals = sqlx::query("SELECT total_profit_loss::float8, total_trades FROM deployed_algorithms WHERE id = $1")
                .bind(algorithm.deployment_id)
                .fetch_optional(&mut *database)
                .await?;
            if let Some(totals) = totals {
                agent.book.profit = totals.try_get(0)?;
                agent.book.trades = totals.try_get::<i32, _>(1)?.into();
            }
        }
        Ok(engine)
    }

    async fn resume_prices(&mut self, at: Instant, database: &mut PgConnection) -> Result<()> {
        let mut prices = COINS.map(|coin| coin.base);
        for (index, coin) in COINS.iter().enumerate() {
            let recent: Vec<f64> = sqlx::query_scalar(LAST_PRICES)
                .bind(coin.name)
                .bind(i64::try_from(WINDOW).unwrap_or(i64::MAX))
                .fetch_all(&mut *database)
                .await?;
            if let Some(newest) = recent.first() {
                prices[index] = *newest;
            }
            for agent in &mut self.agents {
                for price in recent.iter().rev() {
                    agent.windows[index].push(*price);
                }
            }
        }
        self.market = Market::open(prices, at);
        Ok(())
    }

    async fn resume_accounts(&mut self, at: Instant, database: &mut PgConnection) -> Result<()> {
        for (owner, portfolio) in self.portfolios.iter_mut().enumerate() {
            let positions = sqlx::query(
                "SELECT coin_type, quantity::float8, total_cost::float8, id FROM positions WHERE user_id = $1",
            )
            .bind(portfolio.user_id)
            .fetch_all(&mut *database)
            .await?;
            let holders = self
                .agents
                .iter()
                .filter(|agent| agent.owner == owner)
                .count();
            let part = 1.0 / f64::from(u32::try_from(holders.max(1)).unwrap_or(1));
            for position in positions {
                let coin: String = position.try_get(0)?;
                let (quantity, cost): (f64, f64) = (position.try_get(1)?, position.try_get(2)?);
                let Some(index) = index_of(&coin) else {
                    portfolio.cash = quantity;
                    continue;
                };
                portfolio.restore(
                    index,
                    quantity,
                    cost,
                    position.try_get(3)?,
                    at + -MILLISECOND,
                );
                for agent in self.agents.iter_mut().filter(|agent| agent.owner == owner) {
                    agent.book.coins[index] = quantity * part;
                    agent.book.cost[index] = cost * part;
                }
            }
        }
        Ok(())
    }
}

/// The coin's place in every array; `None` for AUD.
fn index_of(coin: &str) -> Option<usize> {
    (0..COIN_COUNT).find(|index| COINS[*index].name == coin)
}
