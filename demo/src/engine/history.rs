//! Generates a history: a number of decisions over a number of days, with all other events, in order of time.

use std::f64::consts::TAU;

use rand::Rng;

use super::ground_truth::GroundTruth;
use super::rows::Rows;
use super::time::{DAY, Instant, MINUTE, SECOND};
use super::timeline::{self, Scheduled};
use super::trading::Engine;

/// Interval of rows of `price_data_5min`.
pub(super) const PRICE_STEP: i64 = 5 * MINUTE;
/// Time without decisions at the end, in which the last trade is settled.
const SETTLING: i64 = 10 * SECOND;
/// How much busier the busiest hour of a day is than the average, as a fraction.
const RHYTHM: f64 = 0.45;
/// Decisions per collector's signal.
const DECISIONS_A_SIGNAL: u64 = 20;
/// Decisions per minor event of the platform.
const DECISIONS_AN_EVENT: u64 = 120;

/// Specification of a history. Equal specifications give equal rows, including ids.
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
    /// Additional kill-switch episodes for measurements; if any, one more long one.
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

    /// Time at which this fraction of the decisions is made. Evenly spread over the days, with a busy and a quiet half
    /// in each.
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

/// Results of generating a history besides its rows.
pub struct Finished {
    /// The engine, which can go on trading.
    pub engine: Engine,
    /// What was planted.
    pub ground_truth: GroundTruth,
    /// Rows that must be committed in a separate transaction after all others, despite an earlier time.
    pub late: Rows,
}

/// A history that is being generated.
pub struct History {
    engine: Engine,
    spec: HistorySpec,
    plan: std::iter::Peekable<std::vec::IntoIter<Scheduled>>,
    next_price: Instant,
    made: u64,
}

impl History {
    /// Starts the history of `spec`.
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

    /// Generates the next decision and everything before it. Returns `false` at the end. `rows` must be the same in
    /// every call, since generated ids depend on its counts.
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

    /// Writes the tables of present state: accounts, algorithms, positions, settings.
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

    /// Generates prices and events up to `until`.
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

    /// Time of the next decision.
    #[allow(clippy::cast_precision_loss, reason = "counts far below 2^53")]
    fn moment(&mut self) -> Instant {
        let jitter: f64 = self.engine.rng.random_range(0.0..0.9);
        self.spec
            .moment((self.made as f64 + jitter) / self.spec.rows as f64)
    }
}
