//! Generates rows with anomalies at fixed fractions of the span, so that histories of every size contain all of them.
//!
//! They use their own random generator and do not affect the paper books, so that the agents decide the same with and
//! without them.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

use super::agents::{self, Agent};
use super::background;
use super::findings::{self, Subject};
use super::history::HistorySpec;
use super::market::COINS;
use super::order_outcome::OrderOutcome;
use super::people::random_id;
use super::record::{CollectorSignal, Decision, Event, Intent, Order, Quantity, TradeDecision};
use super::rows::Rows;
use super::table::Table;
use super::time::{DAY, Instant, MILLISECOND};
use super::timeline::{Happening, Scheduled, share_of};
use super::trade::Course;
use super::trading::{Engine, Proposal};

/// Distinguishes the generator of anomalies from that of the engine.
const SALT: u64 = 0x9A17_ED00;
/// 0001-01-01T00:00:00Z, the time of an unset clock.
const YEAR_ONE: Instant = Instant(-62_135_596_800_000_000);
/// Time of the late-committed event, as a fraction of the span.
const LATE: f64 = 0.6;
/// Value of a normal generated trade in AUD.
const SMALL_TRADE: f64 = 640.0;

/// Kind of an anomaly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Plant {
    /// The last decision of the algorithm that falls silent.
    LastDecision,
    /// A complete trade with a flaw.
    Trade(Flaw),
    /// An order of the silent algorithm without approval, signal or decision.
    UnannouncedOrder,
    /// A signal of the silent algorithm without an outcome.
    UnansweredSignal,
    /// A rejection of an account that does not exist.
    UnknownActor,
    /// A decision of an algorithm that does not exist.
    UnknownAlgorithm,
    /// A decision, not executed, that names itself as its order.
    SelfReference,
    /// A collector's signal with a strength above 1.
    Overstrong,
    /// A collector's signal one year in the future: a mistyped year.
    FutureSignal(Instant),
    /// An event of the year 1, committed together with the rows around it.
    AncientEvent,
}

impl Plant {
    /// Whether it has an approval or an order, which an enforced stop must prevent.
    pub fn passes(self) -> bool {
        matches!(self, Self::Trade(_) | Self::UnannouncedOrder)
    }
}

/// Flaw of a generated trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Flaw {
    /// Its value in AUD is above the desk's cap, and yet it is approved.
    Oversized(f64),
    /// Its decision says that the Guard blocked it.
    Blocked,
    /// Its confidence is above 1.
    Overconfident,
}

/// The silent algorithm, and the random generator of anomalies.
pub struct Plants {
    pub(super) rng: StdRng,
    /// Registered and deployed, but none of those that trade: so nothing else moves in its name.
    pub(super) silent: Agent,
}

impl Plants {
    /// Deterministic for a seed.
    pub fn new(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed ^ SALT);
        let silent = agents::silent(&mut rng);
        Self { rng, silent }
    }
}

/// Schedule of anomalies in the history of `spec`. Those with approvals or orders avoid the planned episodes.
pub fn plan(spec: &HistorySpec) -> impl Iterator<Item = Scheduled> {
    let future = Plant::FutureSignal(spec.end + 365 * DAY);
    let (start, span) = (spec.start(), spec.span());
    [
        (0.030, Plant::LastDecision),
        (0.150, Plant::UnannouncedOrder),
        (0.215, Plant::UnansweredSignal),
        (0.280, Plant::Trade(Flaw::Oversized(47_500.0))),
        (0.340, Plant::UnknownAlgorithm),
        (0.445, Plant::UnannouncedOrder),
        (0.465, Plant::Trade(Flaw::Blocked)),
        (0.530, Plant::UnansweredSignal),
        (0.585, Plant::UnknownActor),
        (0.655, Plant::Overstrong),
        (0.700, Plant::SelfReference),
        (0.745, Plant::AncientEvent),
        (0.760, future),
        (0.815, Plant::Trade(Flaw::Overconfident)),
        (0.875, Plant::Trade(Flaw::Oversized(52_000.0))),
        (0.935, Plant::UnansweredSignal),
        (0.950, Plant::Trade(Flaw::Blocked)),
        (0.965, Plant::UnannouncedOrder),
    ]
    .into_iter()
    .map(move |(share, plant)| Scheduled {
        at: start + share_of(span, share),
        what: Happening::Plant(plant),
    })
}

impl Engine {
    /// Plants it at `at`.
    pub(super) fn plant(&mut self, plant: Plant, at: Instant, rows: &mut Rows) {
        std::mem::swap(&mut self.rng, &mut self.anomalies.rng);
        match plant {
            Plant::LastDecision => self.plant_last_decision(at, rows),
            Plant::Trade(flaw) => self.plant_trade(flaw, at, rows),
            Plant::UnannouncedOrder => self.plant_order(at, rows),
            Plant::UnansweredSignal => self.plant_signal(at, rows),
            Plant::UnknownActor => self.plant_unknown_actor(at, rows),
            Plant::UnknownAlgorithm => self.plant_unknown_algorithm(at, rows),
            Plant::SelfReference => self.plant_self_reference(at, rows),
            Plant::Overstrong => {
                let id = plant_collected(1.7, at, rows);
                let subject = Subject::Signal(id);
                self.ground_truth
                    .find(findings::CONFIDENCE_OUT_OF_RANGE, subject);
            }
            Plant::FutureSignal(ahead) => {
                let id = plant_collected(0.62, ahead, rows);
                let subject = Subject::Signal(id);
                self.ground_truth.find(findings::FUTURE_TIMESTAMP, subject);
            }
            Plant::AncientEvent => {
                self.plant_lagging(YEAR_ONE, rows);
            }
        }
        std::mem::swap(&mut self.rng, &mut self.anomalies.rng);
    }

    /// The event that must be committed after every other row of the history of `spec`, though it is dated before many.
    pub(super) fn plant_late(&mut self, spec: &HistorySpec) -> Rows {
        let mut rows = Rows::default();
        std::mem::swap(&mut self.rng, &mut self.anomalies.rng);
        let at = spec.start() + share_of(spec.span(), LATE);
        let id = self.plant_lagging(at, &mut rows);
        self.ground_truth
            .find(findings::CLOCK_BACKWARDS, Subject::Event(id));
        std::mem::swap(&mut self.rng, &mut self.anomalies.rng);
        rows
    }

    /// A minor event: a lagging collector.
    fn plant_lagging(&mut self, at: Instant, rows: &mut Rows) -> Uuid {
        let details = background::lagging_details(self.rng.random_range(60..900));
        let id = random_id(&mut self.rng);
        Event {
            event_type: "COLLECTOR_LAGGING",
            severity: "warning",
            details: Some(&details),
            user_id: None,
            id,
            at,
        }
        .write(rows);
        id
    }

    fn plant_last_decision(&mut self, at: Instant, rows: &mut Rows) {
        self.anomalies.silent.book.last_decision = Some(at);
        let id = random_id(&mut self.rng);
        hold(&self.anomalies.silent.id, id, at).write(rows);
    }

    fn plant_unknown_algorithm(&mut self, at: Instant, rows: &mut Rows) {
        let (algorithm, id) = (random_id(&mut self.rng), random_id(&mut self.rng));
        hold(&format!("algo:{algorithm}"), id, at).write(rows);
        self.ground_truth
            .find(findings::ORPHAN_REFERENCE, Subject::Algorithm(algorithm));
    }

    fn plant_self_reference(&mut self, at: Instant, rows: &mut Rows) {
        let id = random_id(&mut self.rng);
        TradeDecision {
            order_id: Some(id),
            ..hold(&self.agents[0].id, id, at)
        }
        .write(rows);
        self.ground_truth
            .find(findings::ORPHAN_REFERENCE, Subject::Order(id));
    }

    /// Signal, approval, order, decision, second approval and fill, with the flaw. The Guard is not asked.
    fn plant_trade(&mut self, flaw: Flaw, at: Instant, rows: &mut Rows) {
        let (agent, coin) = match flaw {
            Flaw::Oversized(_) => (0, 0),
            Flaw::Blocked => (2, 1),
            Flaw::Overconfident => (1, 2),
        };
        let proposal = Proposal {
            agent,
            coin,
            decision: Decision::Buy,
            reason: "Signal is strong enough to buy.".to_owned(),
            confidence: match flaw {
                Flaw::Overconfident => 1.25,
                Flaw::Oversized(_) | Flaw::Blocked => 0.81,
            },
            price: self.market.last()[coin],
            at,
        };
        let value = match flaw {
            Flaw::Oversized(value) => value,
            Flaw::Blocked | Flaw::Overconfident => SMALL_TRADE,
        };
        let block_reason = (flaw == Flaw::Blocked)
            .then_some("Daily loss limit exceeded: 5.20% lost since 00:00 UTC (limit 5.0%)");
        let names = self.names(&self.agents[agent]);
        let intent = names.intent(&proposal, Quantity::from_coins(value / proposal.price));
        let signal = self.signal(&intent, coin, names.user_id, at, rows);
        let checked = at + 15 * MILLISECOND;
        let approval = self.approve(&intent, names.user_id, proposal.price, checked, rows);
        let course = Course {
            order_outcome: OrderOutcome::Unbooked,
            block_reason,
        };
        let decision = self
            .execute(&proposal, &intent, names.user_id, checked, &course, rows)
            .decision;
        let ground_truth = &mut self.ground_truth;
        match flaw {
            Flaw::Oversized(_) => {
                ground_truth.find(findings::LIMIT_EXCEEDED, Subject::Event(approval));
            }
            Flaw::Blocked => {
                ground_truth.find(findings::BLOCKED_YET_ORDERED, Subject::Decision(decision));
            }
            Flaw::Overconfident => {
                for subject in [Subject::Event(signal), Subject::Decision(decision)] {
                    ground_truth.find(findings::CONFIDENCE_OUT_OF_RANGE, subject);
                }
            }
        }
    }

    fn plant_order(&mut self, at: Instant, rows: &mut Rows) {
        let id = random_id(&mut self.rng);
        let owner = &self.portfolios[self.anomalies.silent.owner];
        let price = background::rounded(self.market.last()[0], 8);
        let (submitted, filled) = (at + 4 * MILLISECOND, at + 850 * MILLISECOND);
        Order {
            id,
            user_id: owner.user_id,
            algorithm_id: self.anomalies.silent.algorithm_id(),
            coin: COINS[0].name,
            side: Decision::Buy,
            quantity: SMALL_TRADE,
            price: Some(price),
            filled_quantity: background::rounded(SMALL_TRADE / price, 10),
            status: "filled",
            error_message: None,
            exchange_id: Some(random_id(&mut self.rng)),
            created_at: at,
            updated_at: filled + 3,
            submitted_at: Some(submitted),
            filled_at: Some(filled),
        }
        .write(rows);
        let subject = Subject::Order(id);
        self.ground_truth.pass(subject, at);
        self.ground_truth
            .find(findings::ORDER_WITHOUT_DECISION, subject);
    }

    fn plant_signal(&mut self, at: Instant, rows: &mut Rows) {
        let names = self.names(&self.anomalies.silent);
        let coin = 1;
        let price = self.market.last()[coin];
        let intent = Intent {
            user: &names.user,
            algorithm: names.algorithm.as_deref(),
            coin: COINS[coin].name,
            side: Decision::Buy,
            quantity: Quantity::from_coins(SMALL_TRADE / price),
            confidence: 0.64,
            price,
        };
        let id = self.signal(&intent, coin, names.user_id, at, rows);
        self.ground_truth
            .find(findings::SIGNAL_WITHOUT_OUTCOME, Subject::Event(id));
    }

    fn plant_unknown_actor(&mut self, at: Instant, rows: &mut Rows) {
        let user = random_id(&mut self.rng);
        let price = self.market.last()[0];
        let intent = Intent {
            user: &user.to_string(),
            algorithm: None,
            coin: COINS[0].name,
            side: Decision::Buy,
            quantity: Quantity::from_coins(SMALL_TRADE / price),
            confidence: 0.5,
            price,
        };
        let details = intent.rejection_details(
            "Position size limit exceeded for BTC: 12400.00 AUD would be 24.8% of the portfolio (limit 20.0%)",
        );
        Event {
            event_type: "TRADE_REJECTED",
            severity: "warning",
            details: Some(&details),
            // The foreign key of this column would refuse the account.
            user_id: None,
            id: random_id(&mut self.rng),
            at,
        }
        .write(rows);
        self.ground_truth
            .find(findings::UNKNOWN_ACTOR, Subject::User(user));
    }
}

/// A decision to do nothing.
fn hold(agent_id: &str, id: Uuid, at: Instant) -> TradeDecision<'_> {
    TradeDecision {
        agent_id,
        decision: Decision::Hold,
        reason: "No clear signal, holding.",
        confidence: 0.41,
        asset: COINS[0].name,
        price: Some(COINS[0].base),
        is_executed: false,
        order_id: None,
        block_reason: None,
        id,
        at,
    }
}

/// Writes a collector's signal. Returns the id that the sequence gives it: its place among all rows of that table, which
/// one COPY inserts in order into an empty database.
fn plant_collected(strength: f64, at: Instant, rows: &mut Rows) -> u64 {
    CollectorSignal {
        kind: "buy",
        asset: COINS[0].name,
        strength,
        at,
        source: "order_book_imbalance",
        context: "{\"coin\": \"BTC\", \"imbalance\": 0.62, \"window_minutes\": 15}",
    }
    .write(rows);
    rows.count(Table::Signal)
}
