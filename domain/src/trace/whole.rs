//! A trace with its rows and background.

use uuid::Uuid;

use super::{Link, RowId};
use crate::amount::Amount;
use crate::details::{TradeDetails, algorithm_of_agent};
use crate::dossier::Span;
use crate::episode::Episode;
use crate::event::Event;
use crate::finding::{Subject, SubjectKind};
use crate::order::{Order, OrderLink};
use crate::strategy::{Algorithm, Deployment, Position, Promotion};
use crate::time::Timestamp;
use crate::trade::TradeDetail;

/// A row of a trace, and why it is in the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<T> {
    /// The row.
    pub row: T,
    /// Why it is in the trace.
    pub link: Link,
}

/// One trade from its signal to its position. A missing part was not found within [`super::REACH`] of the requested
/// row.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The requested row.
    pub subject: RowId,
    /// `ALGORITHM_SIGNAL`.
    pub signal: Option<Part<Event>>,
    /// `TRADE_APPROVED`: the first check, and the second if there is one.
    pub checks: Vec<Part<Event>>,
    /// `TRADE_REJECTED`, the row with the reason in words.
    pub rejection: Option<Part<Event>>,
    /// The error row of a rejection by the kill switch.
    pub rejection_error: Option<Part<Event>>,
    /// The decision.
    pub decision: Option<Part<TradeDetail>>,
    /// The order.
    pub order: Option<Part<Order>>,
    /// Whether there were more rows of this coin nearby than were read; the nearest in time were read.
    pub is_cut: bool,
    /// Its background.
    pub background: Background,
}

/// Background of a trade.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Background {
    /// The algorithm, if the trace has one and it exists.
    pub algorithm: Option<Algorithm>,
    /// Its present deployments for the trade's user; for all users if none is known.
    pub deployments: Vec<Deployment>,
    /// Promotions of the algorithm, in order of creation.
    pub promotions: Vec<Promotion>,
    /// Kill-switch episodes that overlap with the trace.
    pub stops: Vec<Episode>,
    /// The user's present position in the coin.
    pub position: Option<Position>,
    /// Prices of the coin around the trade in AUD, every five minutes.
    pub prices: Vec<(Timestamp, Amount)>,
}

/// Microseconds of prices before and after a trade: one hour.
const PRICES_AROUND: i64 = 3_600_000_000;
/// A fill later than this does not extend the span of prices: six hours after the first row, in microseconds.
const LATE_FILL: i64 = 6 * PRICES_AROUND;

impl Trace {
    /// Its events, in the order of a trade.
    pub fn events(&self) -> impl Iterator<Item = &Part<Event>> {
        self.signal
            .iter()
            .chain(&self.checks)
            .chain(&self.rejection_error)
            .chain(&self.rejection)
    }

    /// Subjects of findings about it: its rows, and the order that its decision refers to.
    #[must_use]
    pub fn subjects(&self) -> Vec<Subject> {
        let decision = self.decision.as_ref().map(|part| &part.row.decision);
        let order = self.order.as_ref().map(|part| part.row.id);
        let order = order.or_else(|| decision?.execution_order_id);
        let events = self
            .events()
            .map(|part| Subject::new(SubjectKind::Event, &part.row.id));
        events
            .chain(decision.map(|row| Subject::new(SubjectKind::Decision, &row.id)))
            .chain(order.map(|id| Subject::new(SubjectKind::Order, &id)))
            .collect()
    }

    /// Times of its rows and of its order's submission and fill.
    fn moments(&self) -> impl Iterator<Item = Timestamp> {
        let decision = self.decision.iter();
        let order = self.order.iter().map(|part| &part.row);
        self.events()
            .map(|part| part.row.timestamp)
            .chain(decision.map(|part| part.row.decision.timestamp))
            .chain(order.flat_map(|order| {
                let later = [order.submitted_at, order.brief.filled_at];
                std::iter::once(order.created_at).chain(later.into_iter().flatten())
            }))
    }

    /// The span from its first to its last time, both included.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        Some(Span {
            from: self.moments().min()?,
            to: self.moments().max()?,
        })
    }

    /// Whether the episode was in force at any time of the trade.
    #[must_use]
    pub fn touches(&self, episode: &Episode) -> bool {
        let stop = Span::inside(episode);
        self.span()
            .is_some_and(|span| stop.from <= span.to && span.from < stop.to)
    }

    /// The span of prices to show: from an hour before its first row to an hour after its fill.
    #[must_use]
    pub fn prices_span(&self) -> Option<Span> {
        let from = self.moments().min()?;
        let last = self
            .moments()
            .filter(|at| at.micros_since(from) <= LATE_FILL)
            .max()?;
        Some(Span {
            from: from.plus_micros(-PRICES_AROUND),
            to: last.plus_micros(PRICES_AROUND),
        })
    }

    /// The user: from the order, else from the events.
    #[must_use]
    pub fn user(&self) -> Option<Uuid> {
        let order = self.order.as_ref().map(|part| part.row.user_id);
        order.or_else(|| self.events().find_map(|part| part.row.user_id))
    }

    /// The algorithm: from the order, else from the events, else from the agent's name.
    #[must_use]
    pub fn algorithm(&self) -> Option<Uuid> {
        let named = |event: &Event| {
            let details = TradeDetails::of(event);
            Uuid::try_parse(details.algorithm.as_deref()?).ok()
        };
        let agent = || algorithm_of_agent(&self.decision.as_ref()?.row.decision.agent_id);
        self.order
            .as_ref()
            .and_then(|part| part.row.algorithm_id)
            .or_else(|| self.events().find_map(|part| named(&part.row)))
            .or_else(agent)
    }

    /// Its coin.
    #[must_use]
    pub fn coin(&self) -> Option<String> {
        let order = self.order.as_ref().map(|part| part.row.coin_type.clone());
        let decision = || Some(self.decision.as_ref()?.row.decision.asset.clone());
        let event = || {
            self.events()
                .find_map(|part| TradeDetails::of(&part.row).coin)
        };
        order.or_else(decision).or_else(event)
    }

    /// `BUY`, `SELL`, or what the rows have.
    #[must_use]
    pub fn side(&self) -> Option<String> {
        let decision = self.decision.as_ref();
        let decision = decision.map(|part| part.row.decision.decision.clone());
        let order = || Some(self.order.as_ref()?.row.brief.side.clone());
        let event = || {
            self.events()
                .find_map(|part| TradeDetails::of(&part.row).side)
        };
        decision.or_else(order).or_else(event)
    }

    /// Time of the decision, else of the first row.
    #[must_use]
    pub fn decided_at(&self) -> Option<Timestamp> {
        let decision = self.decision.as_ref();
        decision
            .map(|part| part.row.decision.timestamp)
            .or_else(|| self.moments().min())
    }

    /// The missing steps, in the order of a trade.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let decision = self.decision.as_ref().map(|part| &part.row.decision);
        let has_events = self.events().next().is_some();
        if decision.is_some_and(|row| row.decision.eq_ignore_ascii_case("hold"))
            && self.order.is_none()
            && !has_events
        {
            return Vec::new();
        }
        let has_verdict =
            !self.checks.is_empty() || self.rejection.is_some() || self.rejection_error.is_some();
        let checked_once = self.order.is_some()
            && self.checks.len() == 1
            && self.rejection.is_none()
            && self.algorithm().is_some();
        let gaps = [
            self.signal.is_none().then_some(Gap::Signal),
            (!has_verdict).then_some(Gap::Verdict),
            decision.is_none().then_some(Gap::Decision),
            self.no_order().map(Gap::Order),
            checked_once.then_some(Gap::SecondCheck),
        ];
        gaps.into_iter().flatten().collect()
    }

    fn no_order(&self) -> Option<NoOrder> {
        if self.order.is_some() {
            return None;
        }
        let decision = self.decision.as_ref().map(|part| &part.row.decision);
        let stopped = self.rejection.is_some()
            || self.rejection_error.is_some()
            || decision.is_some_and(|row| row.block_reason.is_some());
        Some(match decision {
            Some(row) if row.order != OrderLink::None => NoOrder::Missing,
            Some(row) if row.is_executed => NoOrder::Unnamed,
            _ if stopped => NoOrder::Stopped,
            _ => NoOrder::NotFound,
        })
    }
}

/// A missing step of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// No signal.
    Signal,
    /// Neither an approval nor a rejection.
    Verdict,
    /// No decision.
    Decision,
    /// No order, with the reason.
    Order(NoOrder),
    /// Only one of the Guard's two checks of an algorithm's trade.
    SecondCheck,
}

/// Why there is no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoOrder {
    /// The decision refers to one that does not exist.
    Missing,
    /// The decision is marked as executed but refers to no order.
    Unnamed,
    /// The Guard blocked the trade, so none is expected.
    Stopped,
    /// For an unknown reason.
    NotFound,
}
