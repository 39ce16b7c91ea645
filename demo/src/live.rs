//! The present: the engine goes on trading by the real clock, a few rows a second, until it is stopped.

use std::collections::VecDeque;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use redis::aio::MultiplexedConnection;
use sqlx::{Connection, PgConnection};

use crate::engine::{Engine, Instant, Rows, Table};
use crate::error::Result;
use crate::load::copy_into;

/// Shortest and longest pause between two decisions, milliseconds.
const PAUSE: std::ops::Range<u64> = 500..1_300;
/// A collector's signal comes with every so many decisions.
const DECISIONS_A_SIGNAL: u64 = 7;
/// A small event of the platform comes with every so many decisions.
const DECISIONS_AN_EVENT: u64 = 60;
/// How long Redis may take to answer before its last answer is kept.
const REDIS_LIMIT: Duration = Duration::from_millis(500);

const EMERGENCY_STOP: &str = "omc:emergency_stop";
const MARKET_STATUS: &str = "omc:market_status";
const INITIAL_EQUITY: &str = "omc:initial_equity";

/// Live trading.
pub struct Live {
    engine: Engine,
    database: PgConnection,
    redis: Option<MultiplexedConnection>,
    /// Rows of decisions that are not written yet, oldest first, with the instant at which their trade is settled.
    unsettled: VecDeque<(Instant, Rows)>,
    pauses: StdRng,
    decisions: u64,
}

impl Live {
    /// Connects to the engine's database and, where there is one, to Redis, which learns the initial equity.
    ///
    /// # Errors
    /// When either cannot be reached.
    pub async fn connect(
        engine: Engine,
        database_url: &str,
        redis_url: Option<&str>,
    ) -> Result<Self> {
        let redis = match redis_url {
            Some(url) => {
                let mut redis = redis::Client::open(url)?
                    .get_multiplexed_async_connection()
                    .await?;
                redis::cmd("SET")
                    .arg(INITIAL_EQUITY)
                    .arg(format!("{:.1}", Engine::initial_equity()))
                    .query_async::<()>(&mut redis)
                    .await?;
                Some(redis)
            }
            None => None,
        };
        Ok(Self {
            engine,
            database: PgConnection::connect(database_url).await?,
            redis,
            unsettled: VecDeque::new(),
            pauses: StdRng::from_os_rng(),
            decisions: 0,
        })
    }

    /// Trades until dropped.
    ///
    /// # Errors
    /// When the database is gone.
    pub async fn trade(mut self) -> Result<()> {
        loop {
            let pause = Duration::from_millis(self.pauses.random_range(PAUSE));
            tokio::time::sleep(pause).await;
            self.heed_redis().await;
            self.decide();
            self.write_settled().await?;
        }
    }

    /// Asks Redis for the stop and the market's state, as the Guard does before each check. A Redis that does not answer
    /// changes nothing.
    async fn heed_redis(&mut self) {
        let Some(redis) = &mut self.redis else {
            return;
        };
        let mut command = redis::cmd("MGET");
        command.arg(EMERGENCY_STOP).arg(MARKET_STATUS);
        let answer = command.query_async::<(Option<String>, Option<String>)>(redis);
        if let Ok(Ok((stop, market))) = tokio::time::timeout(REDIS_LIMIT, answer).await {
            self.engine.set_live_state(
                stop.as_deref() == Some("true"),
                market.as_deref() == Some("volatile"),
            );
        }
    }

    fn decide(&mut self) {
        let mut rows = Rows::default();
        let now = Instant::now();
        self.engine.record_due_prices(now, &mut rows);
        let settled = self.engine.decide(now, &mut rows);
        if self.decisions % DECISIONS_A_SIGNAL == 3 {
            self.engine.collect(now, &mut rows);
        }
        if self.decisions % DECISIONS_AN_EVENT == 5 {
            self.engine.chatter(now, &mut rows);
        }
        self.decisions += 1;
        self.unsettled.push_back((settled, rows));
    }

    /// Writes what is settled by now, in one transaction together with the books that it changed. A decision waits for
    /// those before it: rows that are committed after later ones look as if the clock had been set back.
    async fn write_settled(&mut self) -> Result<()> {
        let now = Instant::now();
        let waiting = |(settled, _): &(Instant, Rows)| *settled > now;
        let settled = self.unsettled.iter().position(waiting);
        let settled = settled.unwrap_or(self.unsettled.len());
        let mut transaction = self.database.begin().await?;
        for (_, mut rows) in self.unsettled.drain(..settled) {
            for table in Table::ALL {
                if rows.waiting(table) > 0 {
                    copy_into(table, rows.take(table), &mut transaction).await?;
                }
            }
        }
        self.engine.store_books(&mut transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}
