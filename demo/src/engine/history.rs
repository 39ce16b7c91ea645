//! The past: so many decisions over so many days, with everything that happened besides, in order of time.

use std::f64::consts::TAU;

use rand::Rng;

use super::ground_truth::GroundTruth;
use super::rows::Rows;
use super::time::{DAY, Instant, MINUTE, SECOND};
use super::timeline::{self, Scheduled};
use super::trading::Engine;

/// Distance of two rows of `price_data_5min`.
pub(super) const PRICE_STEP: i64 = 5 * MINUTE;
/// Left free at the end, so that the last trade is settled before it.
const SETTLING: i64 = 10 * SECOND;
/// How much busier the busiest hour of a day is than the average.
const RHYTHM: f64 = 0.45;
/// A collector's signal comes with every so many decisions.
const DECISIONS_A_SIGNAL: u64 = 20;
/// A small event of the platform comes with every so many decisions.
const DECISIONS_AN_EVENT: u64 = 120;

/// Which history: equal specifications give equal rows, ids included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HistorySpec {
    /// Seed of everything random.
    pub seed: u64,
    /// Decisions by agents; at least 500, so that each episode has some inside.
    pub rows: u64,
    /// Days.
    pub days: u32,
    /// The instant at which it ends.
    pub end: Instant,
    /// Kill-switch episodes besides the planned ones, for measuring; with any, one more that is long.
    pub extra_episodes: u32,
}

impl HistorySpec {
    /// The instant at which it starts.
    pub(super) fn start(&self) -> Instant {
        self.end + -self.span()
    }

    /// Microseconds that it covers.
    pub(super) fn span(&self) -> i64 {
        i64::from(self.days) * DAY
    }

    /// Microseconds between two decisions, on average.
    pub(super) fn interval(&self) -> i64 {
        self.span() / i64::try_from(self.rows.max(1)).unwrap_or(i64::MAX)
    }

    /// When this share of the decisions is made: even over the days, with a busy and a quiet half in each.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "a span of years is far below 2^53 microseconds"
    )]
    pub(super) fn moment(&self, share: f64) -> Instant {
        let days = f64::from(self.days);
        let warped = share + RHYTHM * (TAU * days * share).sin() / (TAU * days);
        let span = self.span() - SETTLING;
        self.start() + (span as f64 * warped.clamp(0.0, 1.0)) as i64
    }
}

/// What a history that is made leaves besides its rows.
pub struct Finished {
    /// The engine, which can go on trading.
    pub engine: Engine,
    /// What was planted.
    pub ground_truth: GroundTruth,
    /// Rows that must be committed after all others, in a transaction of their own, though they bear an earlier time.
    pub late: Rows,
}

/// A history being made.
pub struct History {
    engine: Engine,
    spec: HistorySpec,
    plan: std::iter::Peekable<std::vec::IntoIter<Scheduled>>,
    next_price: Instant,
    made: u64,
}

impl History {
    /// Begins the history of `spec`.
    #[must_use]
    pub fn new(spec: HistorySpec) -> Self {
        let start = spec.start();
        Self {
            engine: Engine::open(spec.seed, start),
            spec,
            plan: timeline::plan(&spec).into_iter().peekable(),
            next_price: start.next_multiple(PRICE_STEP),
            made: 0,
        }
    }

    /// Makes the next decision and all that happened before it. False when there is none left. `rows` is to be the same
    /// each time: what is planted counts on its counts.
    pub fn advance(&mut self, rows: &mut Rows) -> bool {
        if self.made == self.spec.rows {
            self.catch_up(self.spec.end, rows);
            return false;
        }
        let at = self.moment();
        self.catch_up(at, rows);
        let settled = self.engine.decide(at, rows);
        if self.made % DECISIONS_A_SIGNAL == 7 {
            self.engine.collect(settled, rows);
        }
        if self.made % DECISIONS_AN_EVENT == 11 {
            self.engine.chatter(settled, rows);
        }
        self.made += 1;
        true
    }

    /// Writes the tables that hold one state: accounts, algorithms, positions, settings.
    #[must_use]
    pub fn finish(mut self, rows: &mut Rows) -> Finished {
        self.engine.write_reference(self.spec.start(), rows);
        let late = self.engine.plant_late(&self.spec);
        self.engine.judge_silence(self.spec.end);
        self.engine.ground_truth.judge_rest(self.spec.end);
        self.engine.next_price = self.next_price;
        self.engine.stored_until = self.spec.end;
        let ground_truth = std::mem::take(&mut self.engine.ground_truth);
        Finished {
            engine: self.engine,
            ground_truth,
            late,
        }
    }

    /// Prices and happenings up to `until`.
    fn catch_up(&mut self, until: Instant, rows: &mut Rows) {
        loop {
            let planned = self.plan.peek().map_or(until, |scheduled| scheduled.at);
            if self.next_price <= planned && self.next_price < until {
                self.engine.record_prices(self.next_price, rows);
                self.next_price = self.next_price + PRICE_STEP;
            } else if let Some(scheduled) = self.plan.next_if(|scheduled| scheduled.at < until) {
                self.engine.happen(scheduled.what, scheduled.at, rows);
            } else {
                return;
            }
        }
    }

    /// When the next decision falls.
    #[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn moment(&mut self) -> Instant {
        let jitter: f64 = self.engine.rng.random_range(0.0..0.9);
        self.spec
            .moment((self.made as f64 + jitter) / self.spec.rows as f64)
    }
}
