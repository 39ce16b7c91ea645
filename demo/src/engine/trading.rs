//! The engine: at each instant that it is given, one agent looks at one coin and decides.

use std::collections::VecDeque;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use super::agents::{self, Agent, CUSTOMER, STRATEGIST};
use super::anomalies::Plants;
use super::background::{self, Alert, AlertRules, rounded};
use super::ground_truth::{GroundTruth, Mechanism};
use super::guard::{Guard, RULES, soft_exposure_limit, soft_position_limit};
use super::kill_switch::{self, Setting};
use super::market::{COINS, Market, pick_coin};
use super::order_outcome::OrderOutcome;
use super::people::{People, random_id};
use super::portfolio::Portfolio;
use super::reasons::{Context, Restraint};
use super::record::{Decision, TradeDecision};
use super::rows::Rows;
use super::strategy::Reading;
use super::time::{Instant, MILLISECOND};
use super::timeline::Happening;

/// What the strategist's account is opened with, AUD. The hard stop is measured against it.
pub const INITIAL_EQUITY: f64 = 250_000.0;
/// What the customer's is.
const CUSTOMER_EQUITY: f64 = 60_000.0;
/// Cash below which a strategy does not buy, as a share of the account.
const MINIMUM_CASH: f64 = 0.02;
/// AUD below which a holding is not worth selling.
const MINIMUM_HOLDING: f64 = 25.0;
/// How often a strategy asks for a trade although its own arithmetic says that a limit is near.
const CARELESSNESS: f64 = 0.16;

/// The paper-trading engine.
pub struct Engine {
    pub(super) rng: StdRng,
    pub(super) market: Market,
    pub(super) people: People,
    pub(super) agents: Vec<Agent>,
    pub(super) portfolios: [Portfolio; 2],
    pub(super) guard: Guard,
    pub(super) setting: Setting,
    pub(super) alerts: AlertRules,
    pub(super) rule_ids: [Uuid; RULES.len()],
    pub(super) accidents: VecDeque<OrderOutcome>,
    pub(super) ground_truth: GroundTruth,
    pub(super) anomalies: Plants,
    /// When the Guard last approved a trade, or its order was made.
    pub(super) approved_until: Instant,
    /// When live trading records the next prices.
    pub(super) next_price: Instant,
    /// The newest change of the books that live trading has stored.
    pub(super) stored_until: Instant,
}

/// A decision on its way to the Guard.
pub(super) struct Proposal {
    pub(super) agent: usize,
    pub(super) coin: usize,
    pub(super) decision: Decision,
    pub(super) reason: String,
    pub(super) confidence: f64,
    pub(super) price: f64,
    pub(super) at: Instant,
}

impl Engine {
    /// An engine that opens at `at`; the same for the same seed.
    #[must_use]
    pub fn open(seed: u64, at: Instant) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let people = People::new(&mut rng);
        let agents = agents::cast(&mut rng);
        let alerts = AlertRules::new(&mut rng);
        let rule_ids = std::array::from_fn(|_| random_id(&mut rng));
        let mut account = |user, cash| Portfolio::open(user, cash, at, || random_id(&mut rng));
        let portfolios = [
            account(people.strategist.id, INITIAL_EQUITY),
            account(people.customer.id, CUSTOMER_EQUITY),
        ];
        debug_assert_eq!((STRATEGIST, CUSTOMER), (0, 1));
        Self {
            rng,
            market: Market::open(std::array::from_fn(|coin| COINS[coin].base), at),
            people,
            agents,
            portfolios,
            guard: Guard::default(),
            setting: Setting::new(at),
            alerts,
            rule_ids,
            accidents: VecDeque::new(),
            ground_truth: GroundTruth::default(),
            anomalies: Plants::new(seed),
            approved_until: at,
            next_price: at,
            stored_until: at,
        }
    }

    /// Continues with other random numbers; the ids that are already given stay.
    pub(super) fn reseed(&mut self, seed: u64) {
        self.rng = StdRng::seed_from_u64(seed);
    }

    /// Lets an agent decide at `at`. Returns when the last row of that decision is stamped.
    pub fn decide(&mut self, at: Instant, rows: &mut Rows) -> Instant {
        self.ground_truth.judge_passed(at);
        let agent = agents::pick_agent(&self.agents, &mut self.rng);
        let coin = pick_coin(&mut self.rng);
        let price = self.market.price(coin, at, &mut self.rng);
        let watcher = &mut self.agents[agent];
        watcher.windows[coin].push(price);
        watcher.book.last_decision = Some(at);
        let reading = watcher.strategy.read(&watcher.windows[coin]);
        let (decision, restraint) = self.weigh(agent, coin, reading, at);
        let reason = Context {
            strategy: self.agents[agent].strategy,
            reading,
            decision,
            restraint,
            coin: COINS[coin].name,
            price,
        }
        .reason(&mut self.rng);
        let proposal = Proposal {
            agent,
            coin,
            decision,
            reason,
            confidence: self.confidence(decision, reading),
            price,
            at,
        };
        self.ground_truth.decisions += 1;
        if decision == Decision::Hold {
            self.write_decision(&proposal, None, None, at, rows);
            at
        } else {
            self.trade(&proposal, rows)
        }
    }

    /// Turns a score into a decision, with the caution of a strategy that knows its own book.
    fn weigh(
        &mut self,
        agent: usize,
        coin: usize,
        reading: Reading,
        at: Instant,
    ) -> (Decision, Restraint) {
        let Self {
            agents,
            portfolios,
            guard,
            market,
            rng,
            ..
        } = self;
        let agent = &agents[agent];
        let portfolio = &mut portfolios[agent.owner];
        let prices = market.last();
        // Each look also notes the value at midnight, against which the day's loss is measured.
        let _ = portfolio.daily_loss(at, prices);
        let value = portfolio.value(prices);
        if reading.score < -1.0 {
            return if agent.book.coins[coin] * prices[coin] < MINIMUM_HOLDING {
                (Decision::Hold, Restraint::NoPosition)
            } else {
                (Decision::Sell, Restraint::None)
            };
        }
        if reading.score <= 1.0 {
            return (Decision::Hold, Restraint::None);
        }
        let position = portfolio.positions[coin].quantity * prices[coin] / value;
        let exposure = agent.book.exposure() / value;
        let restraint = if portfolio.cash < MINIMUM_CASH * value {
            return (Decision::Hold, Restraint::NoCash);
        } else if position > soft_position_limit(*guard) {
            Restraint::PositionFull
        } else if exposure > soft_exposure_limit(*guard) {
            Restraint::ExposureFull
        } else {
            return (Decision::Buy, Restraint::None);
        };
        if rng.random_bool(CARELESSNESS) {
            (Decision::Buy, Restraint::None)
        } else {
            (Decision::Hold, restraint)
        }
    }

    fn confidence(&mut self, decision: Decision, reading: Reading) -> f64 {
        let strength = reading.score.abs().min(2.6);
        let noise: f64 = self.rng.random_range(-0.12..0.12);
        let confidence = if decision == Decision::Hold {
            0.34 + 0.22 * strength + noise
        } else {
            0.38 + 0.21 * strength + noise
        };
        rounded(confidence.clamp(0.05, 0.995), 3)
    }

    /// Writes a decision that has been carried out, blocked or neither. Returns its id.
    pub(super) fn write_decision(
        &mut self,
        proposal: &Proposal,
        order_id: Option<Uuid>,
        block_reason: Option<&str>,
        at: Instant,
        rows: &mut Rows,
    ) -> Uuid {
        let id = random_id(&mut self.rng);
        TradeDecision {
            agent_id: &self.agents[proposal.agent].id,
            decision: proposal.decision,
            reason: &proposal.reason,
            confidence: proposal.confidence,
            asset: COINS[proposal.coin].name,
            price: Some(proposal.price),
            is_executed: order_id.is_some(),
            order_id,
            block_reason,
            id,
            at,
        }
        .write(rows);
        id
    }

    /// Lets something happen that is not trading.
    pub(super) fn happen(&mut self, what: Happening, at: Instant, rows: &mut Rows) {
        let Self {
            setting,
            people,
            ground_truth,
            rng,
            ..
        } = self;
        match what {
            Happening::Stop(actor) => {
                // A trade that is between its two checks comes first: an enforced stop lets nothing through.
                let at = at.max(self.approved_until + MILLISECOND);
                let id = kill_switch::stop(setting, people, actor, at, rows, rng);
                ground_truth.activate(Mechanism::EmergencyStop, actor, id, at);
                self.guard.is_stopped = true;
                self.alert(Alert::KillSwitch, "Emergency stop activated", at, rows);
            }
            Happening::ClearStop(actor) => {
                let id = kill_switch::clear(setting, people, actor, at, rows, rng);
                ground_truth.clear(Mechanism::EmergencyStop, actor, id, at);
                self.guard.is_stopped = false;
                self.alert(Alert::KillSwitch, "Emergency stop cleared", at, rows);
            }
            Happening::Toggle(actor, is_active) => {
                let id = kill_switch::toggle(setting, people, (actor, is_active), at, rows, rng);
                let message = if is_active {
                    ground_truth.activate(Mechanism::Toggle, actor, id, at);
                    "Kill switch switched on"
                } else {
                    ground_truth.clear(Mechanism::Toggle, actor, id, at);
                    "Kill switch switched off"
                };
                self.alert(Alert::KillSwitch, message, at, rows);
            }
            Happening::Drift(a_day) => self.market.set_drift(a_day),
            Happening::Volatile(is_volatile) => {
                self.guard.is_volatile = is_volatile;
                background::market_status(is_volatile, at, rows, rng);
            }
            Happening::Accident(order_outcome) => self.accidents.push_back(order_outcome),
            Happening::Hostile(kind) => {
                let id = random_id(rng);
                let agent = &self.agents[0];
                kind.write(
                    rows,
                    &agent.id,
                    people.strategist.id,
                    id,
                    at + 7 * MILLISECOND,
                );
                ground_truth.note_hostile(kind, id);
            }
            Happening::Plant(plant) => self.plant(plant, at, rows),
        }
    }

    pub(super) fn alert(&mut self, alert: Alert, message: &str, at: Instant, rows: &mut Rows) {
        self.alerts
            .dispatch(alert, message, at, rows, &mut self.rng);
    }

    /// Writes the prices of every coin at `at`.
    pub(super) fn record_prices(&mut self, at: Instant, rows: &mut Rows) {
        background::record_prices(&mut self.market, at, rows, &mut self.rng);
    }

    /// Writes a collector's signal.
    pub fn collect(&mut self, at: Instant, rows: &mut Rows) {
        background::collect(at, rows, &mut self.rng);
    }

    /// Writes a small event of the platform.
    pub fn chatter(&mut self, at: Instant, rows: &mut Rows) {
        background::chatter(&self.people, at, rows, &mut self.rng);
    }
}
