//! The rules of findings.

use crate::filter::ParamEnum;
pub use crate::filter::Severity;

/// A rule. Its word is its id in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Approved or created while a stop was declared or enforced.
    LeakDuringStop,
    /// A decision is marked as executed, but its order does not exist.
    ExecutedWithoutOrder,
    /// An executed decision's order failed, was cancelled, or is still open.
    ExecutedNotFilled,
    /// An order without a preceding approval, or with neither a decision nor a signal.
    OrderWithoutDecision,
    /// A signal without an approval or a rejection.
    SignalWithoutOutcome,
    /// A decision with a block reason that has an order.
    BlockedYetOrdered,
    /// An activation without a clear.
    StopNeverCleared,
    /// A clear without an activation.
    ClearWithoutStop,
    /// An activation while already active.
    StopTwice,
    /// The setting, Redis and the last event disagree.
    StateDisagrees,
    /// An approval above a limit.
    LimitExceeded,
    /// A row that was written after rows with a later time.
    ClockBackwards,
    /// A row with a time in the future.
    FutureTimestamp,
    /// An active algorithm without activity.
    Silence,
    /// A user id that does not exist.
    UnknownActor,
    /// Another id that does not exist.
    OrphanReference,
    /// A confidence that is not a number from 0 to 1.
    ConfidenceOutOfRange,
    /// Details in a format that the engine does not write.
    UnreadableDetails,
    /// The console's own record is not protected.
    RecordUnprotected,
}

impl ParamEnum for Rule {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::LeakDuringStop, "leak-during-stop"),
        (Self::ExecutedWithoutOrder, "executed-without-order"),
        (Self::ExecutedNotFilled, "executed-not-filled"),
        (Self::OrderWithoutDecision, "order-without-decision"),
        (Self::SignalWithoutOutcome, "signal-without-outcome"),
        (Self::BlockedYetOrdered, "blocked-yet-ordered"),
        (Self::StopNeverCleared, "stop-never-cleared"),
        (Self::ClearWithoutStop, "clear-without-stop"),
        (Self::StopTwice, "stop-twice"),
        (Self::StateDisagrees, "state-disagrees"),
        (Self::LimitExceeded, "limit-exceeded"),
        (Self::ClockBackwards, "clock-backwards"),
        (Self::FutureTimestamp, "future-timestamp"),
        (Self::Silence, "silence"),
        (Self::UnknownActor, "unknown-actor"),
        (Self::OrphanReference, "orphan-reference"),
        (Self::ConfidenceOutOfRange, "confidence-out-of-range"),
        (Self::UnreadableDetails, "unreadable-details"),
        (Self::RecordUnprotected, "record-unprotected"),
    ];
    const EXPECTED: &'static str = "the id of a rule, for example leak-during-stop";
}

/// The data that a rule checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Rows, span by span.
    Stream,
    /// The present state.
    State,
}

impl Rule {
    /// Every rule, in the order of the page.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::VALUES.iter().map(|(rule, _)| *rule)
    }

    /// The data that it checks.
    #[must_use]
    pub const fn group(self) -> Group {
        match self {
            Self::StopNeverCleared
            | Self::ClearWithoutStop
            | Self::StopTwice
            | Self::StateDisagrees
            | Self::FutureTimestamp
            | Self::Silence
            | Self::RecordUnprotected => Group::State,
            _ => Group::Stream,
        }
    }

    /// The severity of its findings.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::LeakDuringStop
            | Self::ExecutedWithoutOrder
            | Self::OrderWithoutDecision
            | Self::BlockedYetOrdered
            | Self::StateDisagrees
            | Self::LimitExceeded
            | Self::RecordUnprotected => Severity::Critical,
            Self::SignalWithoutOutcome
            | Self::StopNeverCleared
            | Self::ClockBackwards
            | Self::UnknownActor => Severity::Error,
            Self::ExecutedNotFilled
            | Self::ClearWithoutStop
            | Self::FutureTimestamp
            | Self::Silence
            | Self::OrphanReference
            | Self::ConfidenceOutOfRange
            | Self::UnreadableDetails => Severity::Warning,
            Self::StopTwice => Severity::Info,
        }
    }

    /// The rule in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::LeakDuringStop => {
                "A trade was approved, or an order created, while a stop was declared or enforced."
            }
            Self::ExecutedWithoutOrder => {
                "A decision says that an order was submitted, and that order does not exist."
            }
            Self::ExecutedNotFilled => {
                "The order of an executed decision failed, was cancelled, or is still open after 15 minutes."
            }
            Self::OrderWithoutDecision => {
                "An order has no approval before it, or neither a decision nor a signal."
            }
            Self::SignalWithoutOutcome => {
                "An algorithm’s signal led to neither an approval nor a rejection."
            }
            Self::BlockedYetOrdered => {
                "The Guard blocked a decision, and yet the decision has an order."
            }
            Self::StopNeverCleared => "A stop was activated and has not been cleared.",
            Self::ClearWithoutStop => "A stop was cleared that was not active.",
            Self::StopTwice => "A stop was activated while it was active already.",
            Self::StateDisagrees => {
                "The setting in the database, Redis and the last kill-switch event do not say the same."
            }
            Self::LimitExceeded => {
                "A trade was approved whose value passes a limit in AUD that was in force."
            }
            Self::ClockBackwards => {
                "An event was written after events that bear a later time, or was changed afterwards."
            }
            Self::FutureTimestamp => "A row bears a time that has not come yet.",
            Self::Silence => "An active algorithm has done nothing for ten of its periods.",
            Self::UnknownActor => "A row names a user whom the table of users does not hold.",
            Self::OrphanReference => {
                "A row names an algorithm or an order that its table does not hold."
            }
            Self::ConfidenceOutOfRange => "A confidence is not a number from 0 to 1.",
            Self::UnreadableDetails => {
                "An event’s details are missing, cannot be read, or hold a value of the wrong type."
            }
            Self::RecordUnprotected => {
                "The console’s own record can be rewritten: a right, a trigger or a constraint is not as it must be."
            }
        }
    }
}
