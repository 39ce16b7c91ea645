//! Traces: signal → the Guard's checks → decision → order, matched across tables without foreign keys.
//!
//! `trade_audit.execution_order_id` is the only key between them; a link by it is certain. Every other link is inferred
//! by a [`Rule`], and states the distance of the rows and which other candidates there were. [`Matcher`] infers links
//! over an ordered stream of [`Step`]s; a [`Trace`] is the result for one row, with the rows themselves and their
//! background.

mod matcher;
mod step;
mod whole;

use uuid::Uuid;

use crate::link::LINK_WITHIN;
use crate::time::Timestamp;

pub use matcher::Matcher;
pub use step::{Step, StepKind};
pub use whole::{Background, Gap, NoOrder, Part, Trace};

/// Maximum distance in microseconds between rows of a trace: the sum of all links at their longest.
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

/// Rule by which a row was assigned to a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A check or a rejection follows a signal: same user, algorithm, coin, side and quantity.
    Verdict,
    /// The Guard's second check before execution: an approval after an approval of the same trade.
    SecondCheck,
    /// The error row before the warning row of a rejection by the kill switch: same user.
    DoubledRejection,
    /// An order follows an approval: same user, algorithm, coin and side.
    Order,
    /// A blocked decision follows the rejection: same coin and side, same algorithm if its agent names one, and same
    /// wording if both have it.
    Blocked,
    /// A decision without an existing order follows its signal or approval: same coin and side, and same algorithm if
    /// its agent names one.
    Undelivered,
}

impl Rule {
    /// The rule as the end of a sentence: `same user, algorithm, coin, side and quantity`.
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

/// Why a row is in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// It is the first row.
    First,
    /// By `trade_audit.execution_order_id`.
    Key,
    /// By a rule.
    Inferred {
        /// The rule.
        rule: Rule,
        /// The row that it was linked to.
        to: RowId,
        /// Microseconds between the two.
        distance: i64,
        /// Other candidates, nearest first, at most [`MOST_OTHERS`].
        others: Vec<RowId>,
    },
}

/// Maximum number of other candidates that are kept.
pub const MOST_OTHERS: usize = 5;

/// A row in a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// The row.
    pub row: RowId,
    /// Its time.
    pub at: Timestamp,
    /// Why it is in the trace.
    pub link: Link,
}

/// The rows of one trade. A missing part was not found in the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// `ALGORITHM_SIGNAL`.
    pub signal: Option<Placed>,
    /// `TRADE_APPROVED`: the first check, and the second if there is one.
    pub checks: Vec<Placed>,
    /// `TRADE_REJECTED`, the row with the reason in words: before any check, or instead of the second one.
    pub rejection: Option<Placed>,
    /// The error row of a rejection by the kill switch.
    pub rejection_error: Option<Placed>,
    /// The decision.
    pub decision: Option<Placed>,
    /// The order.
    pub order: Option<Placed>,
}

impl Chain {
    /// All of its rows, in the order of a trade.
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

    /// Whether it has an approval or a rejection.
    #[must_use]
    pub fn has_verdict(&self) -> bool {
        !self.checks.is_empty() || self.rejection.is_some()
    }
}
