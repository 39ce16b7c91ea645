//! Expected findings of a history, recorded while its rows are written: one entry for each finding that the rules must
//! report, and no others.
//!
//! Most are generated on purpose. Some come with ordinary trading: leaks through a toggle, failed orders, and in a
//! sparse history algorithms that decide too rarely. Findings that depend on Redis are left out.

use uuid::Uuid;

use super::ground_truth::{GroundTruth, Mechanism};
use super::hostile::Hostile;
use super::order_outcome::OrderOutcome;
use super::time::{Instant, MINUTE};

/// An approval or an order inside an episode of either mechanism, its first moment included, its last not.
pub const LEAK_DURING_STOP: &str = "leak-during-stop";
/// An executed decision whose order does not exist.
pub const EXECUTED_WITHOUT_ORDER: &str = "executed-without-order";
/// An executed decision whose order failed, was cancelled, or was still open at the end, 15 minutes after it was made.
pub const EXECUTED_NOT_FILLED: &str = "executed-not-filled";
/// An order that no approval and no signal announced and no decision names.
pub const ORDER_WITHOUT_DECISION: &str = "order-without-decision";
/// An executor's signal that was neither approved nor rejected.
pub const SIGNAL_WITHOUT_OUTCOME: &str = "signal-without-outcome";
/// A decision that was blocked and yet names an order.
pub const BLOCKED_YET_ORDERED: &str = "blocked-yet-ordered";
/// An episode that is open at the end.
pub const STOP_NEVER_CLEARED: &str = "stop-never-cleared";
/// A mechanism that is cleared though it is not active.
pub const CLEAR_WITHOUT_STOP: &str = "clear-without-stop";
/// A mechanism that is activated though it is active.
pub const STOP_TWICE: &str = "stop-twice";
/// The first approval of a purchase whose value passes a limit in AUD.
pub const LIMIT_EXCEEDED: &str = "limit-exceeded";
/// An event that was committed after others which bear a later time.
pub const CLOCK_BACKWARDS: &str = "clock-backwards";
/// A row that bears a time ahead of the clock.
pub const FUTURE_TIMESTAMP: &str = "future-timestamp";
/// An active deployment that has not run for ten of its periods.
pub const SILENCE: &str = "silence";
/// An event that names an account which does not exist.
pub const UNKNOWN_ACTOR: &str = "unknown-actor";
/// The id of an algorithm, or of an order on a decision that is not executed, which does not exist.
pub const ORPHAN_REFERENCE: &str = "orphan-reference";
/// A confidence or strength that is not a number from 0 to 1.
pub const CONFIDENCE_OUT_OF_RANGE: &str = "confidence-out-of-range";
/// An event of a known type whose details cannot be read.
pub const UNREADABLE_DETAILS: &str = "unreadable-details";

/// How long an order may be open before that is a finding.
const FILL_LIMIT: i64 = 15 * MINUTE;

/// An expected finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExpectedFinding {
    /// Which rule finds it: one of this module's constants.
    pub rule: &'static str,
    /// What [`Self::subject_id`] is the id of: `event`, `order`, `decision`, `signal`, `deployment`, `user` or `algorithm`.
    pub subject_kind: &'static str,
    /// The row's id, or the id that no row has. A UUID, except for a collector's signal.
    pub subject_id: String,
}

/// The subject of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// `audit_log.id`.
    Event(Uuid),
    /// `orders.id`.
    Order(Uuid),
    /// `trade_audit.id`.
    Decision(Uuid),
    /// `signal.id`.
    Signal(u64),
    /// `deployed_algorithms.id`.
    Deployment(Uuid),
    /// An account's id that no account has.
    User(Uuid),
    /// An algorithm's id that no algorithm has.
    Algorithm(Uuid),
}

impl Subject {
    /// Kind and id, as in a finding.
    fn told(self) -> (&'static str, String) {
        match self {
            Self::Event(id) => ("event", id.to_string()),
            Self::Order(id) => ("order", id.to_string()),
            Self::Decision(id) => ("decision", id.to_string()),
            Self::Signal(id) => ("signal", id.to_string()),
            Self::Deployment(id) => ("deployment", id.to_string()),
            Self::User(id) => ("user", id.to_string()),
            Self::Algorithm(id) => ("algorithm", id.to_string()),
        }
    }
}

/// Rows whose findings depend on later rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unjudged {
    /// Approvals and orders: a switch may still be thrown before the instant that they bear.
    passed: Vec<(Subject, Instant)>,
    /// Decisions whose order stays open, with the order's first instant.
    stuck: Vec<(Uuid, Instant)>,
}

impl GroundTruth {
    /// Notes a finding.
    pub(super) fn find(&mut self, rule: &'static str, subject: Subject) {
        let (subject_kind, subject_id) = subject.told();
        self.findings.push(ExpectedFinding {
            rule,
            subject_kind,
            subject_id,
        });
    }

    /// Notes that an approval or an order passed at `at`: a leak if an episode turns out to hold that instant.
    pub(super) fn pass(&mut self, subject: Subject, at: Instant) {
        self.unjudged.passed.push((subject, at));
    }

    /// Judges what passed before `now`, ahead of which every switch has been thrown. A trade's rows run only a moment
    /// ahead of the clock, so little ever waits.
    pub(super) fn judge_passed(&mut self, now: Instant) {
        let (due, waiting) = std::mem::take(&mut self.unjudged.passed)
            .into_iter()
            .partition(|(_, at)| *at < now);
        self.unjudged.passed = waiting;
        for (subject, at) in due {
            if self.is_stopped_at(at) {
                self.find(LEAK_DURING_STOP, subject);
            }
        }
    }

    fn is_stopped_at(&self, at: Instant) -> bool {
        [Mechanism::EmergencyStop, Mechanism::Toggle]
            .into_iter()
            .any(|mechanism| {
                let latest =
                    self.episodes.iter().rev().find(|episode| {
                        episode.mechanism == mechanism && episode.activated_at <= at
                    });
                latest.is_some_and(|episode| episode.cleared_at.is_none_or(|end| at < end))
            })
    }

    /// Notes how the order ended that the executed `decision` names.
    pub(super) fn end_order(
        &mut self,
        order_outcome: OrderOutcome,
        order: Uuid,
        created: Instant,
        decision: Uuid,
    ) {
        match order_outcome {
            OrderOutcome::Missing => {
                self.missing_orders.push(decision);
                self.find(EXECUTED_WITHOUT_ORDER, Subject::Decision(decision));
            }
            OrderOutcome::Stuck => {
                self.stuck_orders.push(order);
                self.unjudged.stuck.push((decision, created));
            }
            OrderOutcome::Failed => {
                self.failed_orders += 1;
                self.find(EXECUTED_NOT_FILLED, Subject::Decision(decision));
            }
            OrderOutcome::Cancelled => {
                self.cancelled_orders += 1;
                self.find(EXECUTED_NOT_FILLED, Subject::Decision(decision));
            }
            OrderOutcome::Partial => self.partial_orders += 1,
            OrderOutcome::Filled | OrderOutcome::Unbooked => {}
        }
    }

    /// Notes a hostile row. Most are odd without being wrong.
    pub(super) fn note_hostile(&mut self, kind: Hostile, id: Uuid) {
        self.hostile.push((kind, id));
        match kind {
            Hostile::NanConfidence | Hostile::InfiniteConfidence => {
                self.find(CONFIDENCE_OUT_OF_RANGE, Subject::Decision(id));
            }
            Hostile::NullDetails
            | Hostile::WrongTypes
            | Hostile::EscapedNul
            | Hostile::LoneSurrogate => self.find(UNREADABLE_DETAILS, Subject::Event(id)),
            _ => {}
        }
    }

    /// Judges what only the end of the history decides.
    pub(super) fn judge_rest(&mut self, end: Instant) {
        self.judge_passed(Instant(i64::MAX));
        for (decision, created) in std::mem::take(&mut self.unjudged.stuck) {
            if created + FILL_LIMIT < end {
                self.find(EXECUTED_NOT_FILLED, Subject::Decision(decision));
            }
        }
        let open = self
            .episodes
            .iter()
            .filter(|episode| episode.cleared_at.is_none());
        for id in open.map(|episode| episode.id).collect::<Vec<_>>() {
            self.find(STOP_NEVER_CLEARED, Subject::Event(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::timeline::Actor;

    const FIRST: Uuid = Uuid::from_u128(1);
    const SECOND: Uuid = Uuid::from_u128(2);

    /// Ids of what a rule found.
    fn found(ground_truth: &GroundTruth, rule: &str) -> Vec<String> {
        let findings = ground_truth.findings.iter();
        findings
            .filter(|finding| finding.rule == rule)
            .map(|finding| finding.subject_id.clone())
            .collect()
    }

    #[test]
    fn a_row_that_runs_ahead_of_the_clock_waits_for_the_switch() {
        let mut ground_truth = GroundTruth::default();
        ground_truth.pass(Subject::Event(FIRST), Instant(12));
        ground_truth.judge_passed(Instant(10));
        ground_truth.activate(Mechanism::Toggle, Actor::Admin, Uuid::nil(), Instant(12));
        ground_truth.clear(Mechanism::Toggle, Actor::Admin, Uuid::nil(), Instant(20));
        ground_truth.pass(Subject::Order(SECOND), Instant(20));
        ground_truth.judge_rest(Instant(30));
        assert_eq!(found(&ground_truth, LEAK_DURING_STOP), [FIRST.to_string()]);
        assert_eq!(ground_truth.unjudged, Unjudged::default());
    }

    #[test]
    fn an_order_is_stuck_after_fifteen_minutes() {
        let mut ground_truth = GroundTruth::default();
        ground_truth.end_order(OrderOutcome::Stuck, Uuid::nil(), Instant(0), FIRST);
        ground_truth.end_order(OrderOutcome::Stuck, Uuid::nil(), Instant(1), SECOND);
        ground_truth.judge_rest(Instant(FILL_LIMIT + 1));
        assert_eq!(
            found(&ground_truth, EXECUTED_NOT_FILLED),
            [FIRST.to_string()]
        );
    }
}
