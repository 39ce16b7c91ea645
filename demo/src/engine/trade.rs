//! One trade from signal to fill: signal → Guard → order → decision → Guard again → submission → fill.

use rand::Rng;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::agents::Agent;
use super::background::{Alert, rounded};
use super::findings::Subject;
use super::guard::Exposure;
use super::market::COINS;
use super::order_outcome::{self, OrderOutcome};
use super::people::random_id;
use super::record::{Decision, Event, Intent, Order, Quantity};
use super::rows::Rows;
use super::time::{Instant, MILLISECOND, SECOND};
use super::trading::{Engine, Proposal};

/// Who trades, as rows and details name them.
pub(super) struct Names {
    /// The owner of the agent.
    pub(super) user_id: Uuid,
    /// The same as JSON has it.
    pub(super) user: String,
    /// The algorithm as JSON has it; `None` for an agent that is no registered algorithm.
    pub(super) algorithm: Option<String>,
}

impl Names {
    /// The trade of `quantity` that `proposal` asks for.
    pub(super) fn intent(&self, proposal: &Proposal, quantity: Quantity) -> Intent<'_> {
        Intent {
            user: &self.user,
            algorithm: self.algorithm.as_deref(),
            coin: COINS[proposal.coin].name,
            side: proposal.decision,
            quantity,
            confidence: proposal.confidence,
            price: proposal.price,
        }
    }
}

/// How an approved trade goes on.
pub(super) struct Course {
    pub(super) order_outcome: OrderOutcome,
    /// What the decision says against it all the same. Planted only.
    pub(super) block_reason: Option<&'static str>,
}

/// A trade that was carried out.
pub(super) struct Executed {
    /// Its decision's id.
    pub(super) decision: Uuid,
    /// When its last row is stamped.
    pub(super) settled: Instant,
}

/// An order's own instants.
struct Instants {
    created: Instant,
    submitted: Instant,
    settled: Instant,
}

/// What the exchange filled.
struct Fill {
    status: &'static str,
    /// Coins.
    quantity: f64,
    /// AUD.
    price: f64,
}

impl Engine {
    /// Carries a proposal to buy or sell through. Returns when its last row is stamped.
    pub(super) fn trade(&mut self, proposal: &Proposal, rows: &mut Rows) -> Instant {
        let quantity = self.size(proposal);
        let names = self.names(&self.agents[proposal.agent]);
        let intent = names.intent(proposal, quantity);
        let user = names.user_id;
        self.signal(&intent, proposal.coin, user, proposal.at, rows);

        let checked = proposal.at + millis(&mut self.rng, 11, 21);
        if let Err(reason) = self.check(proposal, quantity) {
            return self.reject(proposal, &intent, user, &reason, checked, rows);
        }
        self.approve(&intent, user, proposal.price, checked, rows);
        let order_outcome = self
            .accidents
            .pop_front()
            .unwrap_or_else(|| order_outcome::draw(&mut self.rng));
        let course = Course {
            order_outcome,
            block_reason: None,
        };
        self.execute(proposal, &intent, user, checked, &course, rows)
            .settled
    }

    /// The names under which `agent` trades.
    pub(super) fn names(&self, agent: &Agent) -> Names {
        let owner = &self.portfolios[agent.owner];
        Names {
            user_id: owner.user_id,
            user: owner.user_text.clone(),
            algorithm: agent
                .algorithm
                .as_ref()
                .map(|algorithm| algorithm.id_text.clone()),
        }
    }

    /// Writes the executor's signal for the coin of `intent`, whose index is `coin`. Returns its id.
    pub(super) fn signal(
        &mut self,
        intent: &Intent<'_>,
        coin: usize,
        user: Uuid,
        at: Instant,
        rows: &mut Rows,
    ) -> Uuid {
        let typical = COINS[coin].volume;
        let volume = self.rng.random_range(typical / 2..typical * 2);
        let details = intent.signal_details(volume);
        self.event("ALGORITHM_SIGNAL", "info", &details, user, at, rows)
    }

    /// Writes one of the Guard's approvals, which estimates the price in AUD. Returns its id.
    pub(super) fn approve(
        &mut self,
        intent: &Intent<'_>,
        user: Uuid,
        estimate: f64,
        at: Instant,
        rows: &mut Rows,
    ) -> Uuid {
        let details = intent.approval_details(estimate);
        let id = self.event("TRADE_APPROVED", "info", &details, user, at, rows);
        self.ground_truth.pass(Subject::Event(id), at);
        self.approved_until = at;
        id
    }

    /// How much: a purchase by the size of the account and the confidence, a sale by what the agent holds.
    fn size(&mut self, proposal: &Proposal) -> Quantity {
        let agent = &self.agents[proposal.agent];
        let coins = if proposal.decision == Decision::Buy {
            let portfolio = &self.portfolios[agent.owner];
            let value = portfolio.value(self.market.last());
            let share = self.rng.random_range(0.002..0.009) * (0.6 + 0.6 * proposal.confidence);
            (value * share).min(portfolio.cash * 0.95) / proposal.price
        } else {
            agent.book.coins[proposal.coin] * self.rng.random_range(0.08..0.45)
        };
        Quantity::from_coins(coins)
    }

    fn check(&mut self, proposal: &Proposal, quantity: Quantity) -> Result<(), String> {
        let agent = &self.agents[proposal.agent];
        let portfolio = &mut self.portfolios[agent.owner];
        let prices = self.market.last();
        self.guard.check(&Exposure {
            coin: COINS[proposal.coin].name,
            is_buy: proposal.decision == Decision::Buy,
            trade_value: quantity.coins() * proposal.price,
            position_value: portfolio.positions[proposal.coin].quantity * proposal.price,
            portfolio_value: portfolio.value(prices),
            daily_loss: portfolio.daily_loss(proposal.at, prices),
            algorithm_value: agent.book.exposure(),
        })
    }

    /// A rejection by the emergency stop is two rows, any other is one.
    fn reject(
        &mut self,
        proposal: &Proposal,
        intent: &Intent<'_>,
        user: Uuid,
        reason: &str,
        checked: Instant,
        rows: &mut Rows,
    ) -> Instant {
        let mut at = checked;
        if self.guard.is_stopped {
            let details = format!(
                "{{\"reason\": \"kill_switch_active\", \"user_id\": \"{}\"}}",
                intent.user
            );
            self.event("TRADE_REJECTED", "error", &details, user, at, rows);
            at = at + self.rng.random_range(1_500..8_200);
        }
        self.event(
            "TRADE_REJECTED",
            "warning",
            &intent.rejection_details(reason),
            user,
            at,
            rows,
        );
        let decided = at + self.rng.random_range(2_800..9_000);
        self.write_decision(proposal, None, Some(reason), decided, rows);
        if reason.starts_with("Daily loss") && self.rng.random_bool(0.1) {
            self.alert(Alert::DailyLoss, reason, decided, rows);
        }
        decided
    }

    /// Makes the order of an approved trade, checks it again where an algorithm asked for it, and settles it.
    pub(super) fn execute(
        &mut self,
        proposal: &Proposal,
        intent: &Intent<'_>,
        user: Uuid,
        checked: Instant,
        course: &Course,
        rows: &mut Rows,
    ) -> Executed {
        let order_outcome = course.order_outcome;
        let created = checked + self.rng.random_range(1_300..9_500);
        self.approved_until = created;
        let decided = created + self.rng.random_range(2_600..12_500);
        let order_id = random_id(&mut self.rng);
        let decision =
            self.write_decision(proposal, Some(order_id), course.block_reason, decided, rows);
        self.ground_truth
            .end_order(order_outcome, order_id, created, decision);
        if order_outcome == OrderOutcome::Missing {
            return Executed {
                decision,
                settled: decided,
            };
        }
        self.ground_truth.pass(Subject::Order(order_id), created);
        let second = decided + millis(&mut self.rng, 11, 26);
        if intent.algorithm.is_some() {
            let drift: f64 = self.rng.random_range(-0.0009..0.0009);
            let estimate = proposal.price * (1.0 + drift);
            self.approve(intent, user, estimate, second, rows);
        }
        let submitted = second + self.rng.random_range(1_900..9_900);
        let instants = Instants {
            created,
            submitted,
            settled: submitted + self.rng.random_range(4 * MILLISECOND..3 * SECOND),
        };
        let settled = self.settle(
            proposal,
            intent.quantity,
            order_id,
            order_outcome,
            &instants,
            rows,
        );
        Executed { decision, settled }
    }

    /// Ends the order, books its fill and writes its row in its final state.
    fn settle(
        &mut self,
        proposal: &Proposal,
        quantity: Quantity,
        order_id: Uuid,
        order_outcome: OrderOutcome,
        instants: &Instants,
        rows: &mut Rows,
    ) -> Instant {
        let is_buy = proposal.decision == Decision::Buy;
        // In paper mode a market buy is an amount of AUD to spend.
        let ordered = if is_buy {
            rounded(quantity.coins() * proposal.price, 2)
        } else {
            quantity.coins()
        };
        let fill = self.fill(order_outcome, ordered, is_buy, proposal.price);
        let error_message = (order_outcome == OrderOutcome::Failed)
            .then(|| order_outcome::error_message(&mut self.rng));
        let exchange_id = (order_outcome != OrderOutcome::Stuck
            && order_outcome != OrderOutcome::Failed)
            .then(|| random_id(&mut self.rng));
        let is_filled = fill.quantity > 0.0;
        let settled = if order_outcome == OrderOutcome::Stuck {
            instants.submitted + 5 * MILLISECOND
        } else {
            instants.settled
        };
        let agent = &self.agents[proposal.agent];
        Order {
            id: order_id,
            user_id: self.portfolios[agent.owner].user_id,
            algorithm_id: agent.algorithm_id(),
            coin: COINS[proposal.coin].name,
            side: proposal.decision,
            quantity: ordered,
            price: is_filled.then_some(fill.price),
            filled_quantity: fill.quantity,
            status: fill.status,
            error_message,
            exchange_id,
            created_at: instants.created,
            updated_at: settled + 3,
            submitted_at: Some(instants.submitted),
            filled_at: is_filled.then_some(settled),
        }
        .write(rows);
        if is_filled && order_outcome != OrderOutcome::Unbooked {
            self.book(proposal, &fill, settled);
        }
        settled + 3
    }

    fn fill(
        &mut self,
        order_outcome: OrderOutcome,
        ordered: f64,
        is_buy: bool,
        price: f64,
    ) -> Fill {
        let slippage: f64 = self.rng.random_range(0.0001..0.0008);
        let price = rounded(
            price
                * if is_buy {
                    1.0 + slippage
                } else {
                    1.0 - slippage
                },
            8,
        );
        let (status, share) = match order_outcome {
            OrderOutcome::Filled | OrderOutcome::Unbooked => ("filled", 1.0),
            OrderOutcome::Partial => ("partial", self.rng.random_range(0.15..0.9)),
            OrderOutcome::Cancelled => ("cancelled", 0.0),
            OrderOutcome::Failed => ("failed", 0.0),
            OrderOutcome::Stuck | OrderOutcome::Missing => ("submitted", 0.0),
        };
        let quantity = if is_buy { ordered / price } else { ordered } * share;
        Fill {
            status,
            quantity: rounded(quantity, 10),
            price,
        }
    }

    /// Books a fill in the account and in the agent's own book.
    fn book(&mut self, proposal: &Proposal, fill: &Fill, at: Instant) {
        let agent = &mut self.agents[proposal.agent];
        let portfolio = &mut self.portfolios[agent.owner];
        let book = &mut agent.book;
        let coin = proposal.coin;
        let amount = fill.quantity * fill.price;
        book.trades += 1;
        if proposal.decision == Decision::Buy {
            portfolio.buy(coin, fill.quantity, amount, at);
            book.coins[coin] += fill.quantity;
            book.cost[coin] += amount;
        } else {
            portfolio.sell(coin, fill.quantity, amount, at);
            let sold = (fill.quantity / book.coins[coin]).clamp(0.0, 1.0);
            let cost = book.cost[coin] * sold;
            book.profit += amount - cost;
            book.cost[coin] -= cost;
            book.coins[coin] = (book.coins[coin] - fill.quantity).max(0.0);
        }
    }

    fn event(
        &mut self,
        event_type: &str,
        severity: &str,
        details: &str,
        user: Uuid,
        at: Instant,
        rows: &mut Rows,
    ) -> Uuid {
        let id = random_id(&mut self.rng);
        Event {
            event_type,
            severity,
            details: Some(details),
            user_id: Some(user),
            id,
            at,
        }
        .write(rows);
        id
    }
}

/// So many milliseconds, in microseconds.
fn millis(rng: &mut StdRng, from: i64, to: i64) -> i64 {
    rng.random_range(from * MILLISECOND..to * MILLISECOND)
}
