//! Traces: signal → the Guard's checks → decision → order, put together from tables that nothing links.
//!
//! `trade_audit.execution_order_id` is the only key between them: a link by it is a fact. Every other link
//! is inferred, by the rules of [`Rule`], and says so: how far apart the rows are, and which others would
//! have fitted. [`Matcher`] is the state machine that does it, over an ordered stream of [`Step`]s; a [`Trace`]
//! is what it found about one row, with the rows themselves and what they are read against.

mod matcher;
mod step;
mod whole;

use uuid::Uuid;

use crate::link::LINK_WITHIN;
use crate::time::Timestamp;

pub use matcher::Matcher;
pub use step::{Step, StepKind};
pub use whole::{Background, Gap, NoOrder, Part, Trace};

/// How far before and after a row the rest of its trace may lie, in microseconds: every link at its longest.
pub const REACH: i64 = 4 * LINK_WITHIN;

/// A row of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowId {
    /// `audit_log.id`
    Event(Uuid),
    /// `orders.id`
    Order(Uuid),
    /// `trade_audit.id`
    Decision(Uuid),
}

/// By which rule a row was given to a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A check or a rejection follows a signal: same user, algorithm, coin, side and quantity.
    Verdict,
    /// The Guard looks again before it executes: an approval after an approval of the same trade.
    SecondCheck,
    /// Of a rejection by the kill switch, the error row that comes before its warning row: same user.
    DoubledRejection,
    /// An order follows an approval: same user, algorithm, coin and side.
    Order,
    /// A blocked decision follows the rejection: same coin and side, and algorithm where its agent names
    /// one; the same words where one of them has them.
    Blocked,
    /// A decision that names no order that exists follows its signal or approval: same coin and side, and
    /// algorithm where its agent names one.
    Undelivered,
}

impl Rule {
    /// The rule in a sentence's end: `same user, algorithm, coin, side and quantity`.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Verdict => {
                "the nearest check after a signal of the same user, algorithm, coin, side and quantity"
            }
            Self::SecondCheck => {
                "an approval after an approval of the same user, algorithm, coin, side and quantity: the \
                 Guard checks an algorithm’s trade twice"
            }
            Self::DoubledRejection => {
                "the error row of the same user just before: a rejection by the kill switch is two rows"
            }
            Self::Order => {
                "the nearest order after an approval of the same user, algorithm, coin and side"
            }
            Self::Blocked => {
                "the nearest decision with a block reason after a rejection of the same coin and side"
            }
            Self::Undelivered => {
                "the nearest decision after a signal or an approval of the same coin and side"
            }
        }
    }
}

/// Why a row stands in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// The trace begins with it.
    First,
    /// `trade_audit.execution_order_id` says so.
    Key,
    /// A rule says so.
    Inferred {
        /// Which.
        rule: Rule,
        /// The row that it was given to.
        to: RowId,
        /// Microseconds between the two.
        distance: i64,
        /// Other rows that it could have been given to, nearest first, [`MOST_OTHERS`] at the most.
        others: Vec<RowId>,
    },
}

/// So many other candidates are kept.
pub const MOST_OTHERS: usize = 5;

/// A row's place in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The row.
    pub row: RowId,
    /// Its time.
    pub at: Timestamp,
    /// Why it is there.
    pub link: Link,
}

/// What belongs to one trade. A part that is missing was not found in the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// `ALGORITHM_SIGNAL`.
    pub signal: Option<Placed>,
    /// `TRADE_APPROVED`: the first check, and the second one where there is one.
    pub checks: Vec<Placed>,
    /// `TRADE_REJECTED`, the row with the sentence: before any check, or instead of the second one.
    pub rejection: Option<Placed>,
    /// The error row of a rejection by the kill switch.
    pub rejection_error: Option<Placed>,
    /// The decision.
    pub decision: Option<Placed>,
    /// The order.
    pub order: Option<Placed>,
}

impl Chain {
    /// Every row of it, in the order of a trade.
    pub fn rows(&self) -> impl Iterator<Item = &Placed> {
        self.signal
            .iter()
            .chain(self.checks.first())
            .chain(&self.rejection_error)
            .chain(self.rejection.iter().filter(|_| self.checks.is_empty()))
            .chain(&self.decision)
            .chain(&self.order)
            .chain(self.checks.get(1))
            .chain(self.rejection.iter().filter(|_| !self.checks.is_empty()))
    }

    /// Whether the Guard said anything of it.
    #[must_use]
    pub fn has_verdict(&self) -> bool {
        !self.checks.is_empty() || self.rejection.is_some()
    }
}
