//! What is looked for.

use crate::filter::ParamEnum;
pub use crate::filter::Severity;

/// A rule. Its word is its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Approved or created while a stop was declared or enforced.
    LeakDuringStop,
    /// A decision says executed, its order does not exist.
    ExecutedWithoutOrder,
    /// An executed decision's order failed, was cancelled, or is still open.
    ExecutedNotFilled,
    /// An order that nothing announced.
    OrderWithoutDecision,
    /// A signal that led to nothing.
    SignalWithoutOutcome,
    /// A decision with a block reason that has an order.
    BlockedYetOrdered,
    /// An activation without a clear.
    StopNeverCleared,
    /// A clear without an activation.
    ClearWithoutStop,
    /// An activation of what is active.
    StopTwice,
    /// The setting, Redis and the last event differ.
    StateDisagrees,
    /// An approval beyond a limit.
    LimitExceeded,
    /// A row that was written after rows that bear a later time.
    ClockBackwards,
    /// A row ahead of now.
    FutureTimestamp,
    /// An active algorithm that does nothing.
    Silence,
    /// A user id that no table knows.
    UnknownActor,
    /// Another id that no table knows.
    OrphanReference,
    /// A confidence that is no number from 0 to 1.
    ConfidenceOutOfRange,
    /// Details that are not what the engine writes.
    UnreadableDetails,
    /// The console's own record can be rewritten.
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

/// What a rule needs to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// The stream of rows, span by span.
    Stream,
    /// What holds now.
    State,
}

impl Rule {
    /// Every rule, in the order of the page.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::VALUES.iter().map(|(rule, _)| *rule)
    }

    /// What it needs to look at.
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

    /// How grave what it finds is.
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

    /// How it is told, and what it cannot tell.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::LeakDuringStop => {
                "Each TRADE_APPROVED event and each order whose time lies in an episode, from its activation to \
                 its clear, of either mechanism. Both of the Guard’s checks count, as on the kill switch’s own \
                 pages. The Guard obeys the emergency stop alone: while only the toggle is on, all of its \
                 approvals are leaks."
            }
            Self::ExecutedWithoutOrder => {
                "is_executed is true, and execution_order_id is empty or names no row of orders. The engine has \
                 no foreign key there. Looked at ten seconds after the decision at the earliest."
            }
            Self::ExecutedNotFilled => {
                "is_executed means that an order was submitted, not that it was filled. Failed and cancelled \
                 orders count at once; pending and submitted ones, and partly filled ones without a time of the \
                 fill, once they are 15 minutes old. An open order is looked at again until it closes."
            }
            Self::OrderWithoutDecision => {
                "The trace of the order has no TRADE_APPROVED of the same user, algorithm, coin and side in the \
                 ten seconds before it; or no decision names it and no signal leads to it."
            }
            Self::SignalWithoutOutcome => {
                "Within ten seconds after an ALGORITHM_SIGNAL to buy or sell there is no TRADE_APPROVED and no \
                 TRADE_REJECTED of the same user, algorithm, coin, side and quantity. A signal that cannot be \
                 read is left to unreadable-details."
            }
            Self::BlockedYetOrdered => {
                "block_reason is set, and so is execution_order_id or is_executed. One of them is untrue, or the \
                 Guard was passed by."
            }
            Self::StopNeverCleared => {
                "An episode of the emergency stop or of the toggle that is still open. It goes when it is cleared."
            }
            Self::ClearWithoutStop => {
                "EMERGENCY_STOP_CLEARED, or a toggle to off, while that mechanism was not active by the event log: \
                 an activation may be missing from it."
            }
            Self::StopTwice => {
                "A further activation inside an episode of the same mechanism. The two rows of one activation of \
                 the emergency stop count once."
            }
            Self::StateDisagrees => {
                "Read now: the key kill_switch of system_setting, the key omc:emergency_stop of Redis, and what the \
                 last kill-switch event says. Without an answer from Redis the other two are compared."
            }
            Self::LimitExceeded => {
                "trade_value of a TRADE_APPROVED that is no sale, against every limit in AUD that can be read: active \
                 rules of type max_position_size with max_value, the deployment’s position_limit and the \
                 algorithm’s default_position_limit. They are read as they stand now; where a limit’s row has \
                 changed since the approval, the finding says so. Percentages are not checked: what the \
                 portfolio was worth is not recorded. Of the Guard’s two checks the first counts."
            }
            Self::ClockBackwards => {
                "PostgreSQL numbers its transactions. An event whose transaction is younger than those of most of the \
                 eight events that follow it by five seconds or more was written late, was given a wrong time, or \
                 was changed afterwards. Rows that were loaded in one transaction cannot be told apart."
            }
            Self::FutureTimestamp => {
                "Decisions, events, orders and collectors’ signals more than a minute ahead of the database’s clock. \
                 It goes when that time has come."
            }
            Self::Silence => {
                "A deployment that is active, and whose last execution, activation and newest decision all lie \
                 further back than ten times its execution frequency. It goes when the algorithm moves."
            }
            Self::UnknownActor => {
                "details.user_id, details.triggered_by and the user columns, looked up in the table of users. One \
                 finding an id, at the first row that names it."
            }
            Self::OrphanReference => {
                "Algorithm ids in agents’ names, orders and details, and order ids of decisions that were not \
                 executed, looked up in their tables. One finding an id, at the first row that names it."
            }
            Self::ConfidenceOutOfRange => {
                "confidence_score of decisions, strength of collectors’ signals, details.signal.confidence of \
                 executors’ signals. NaN and the infinities are no numbers from 0 to 1."
            }
            Self::UnreadableDetails => {
                "Details of the engine’s trade and kill-switch events that are NULL, hold an escape that is no \
                 character, or hold a known key with a value of another type than the engine writes; of other \
                 events, details that PostgreSQL cannot take apart."
            }
            Self::RecordUnprotected => {
                "Checked each minute in schema audit_console: the console’s role owns nothing and has exactly the \
                 rights that it needs, also through PUBLIC and through other roles; columns, constraints, triggers \
                 and trigger functions are as the migrations made them, and in force. One finding a table. While \
                 it holds, nothing is written to the record: no review, no note, no log-in, no role. It goes at \
                 the next check after the cause has gone."
            }
        }
    }
}
