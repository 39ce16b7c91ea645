//! Texts about each rule on its page: how it works, and what it cannot detect.

use super::Rule;

impl Rule {
    /// How it works, and what it cannot detect.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::LeakDuringStop => LEAK_DURING_STOP,
            Self::ExecutedWithoutOrder => EXECUTED_WITHOUT_ORDER,
            Self::ExecutedNotFilled => EXECUTED_NOT_FILLED,
            Self::OrderWithoutDecision => ORDER_WITHOUT_DECISION,
            Self::SignalWithoutOutcome => SIGNAL_WITHOUT_OUTCOME,
            Self::BlockedYetOrdered => BLOCKED_YET_ORDERED,
            Self::StopNeverCleared => STOP_NEVER_CLEARED,
            Self::ClearWithoutStop => CLEAR_WITHOUT_STOP,
            Self::StopTwice => STOP_TWICE,
            Self::StateDisagrees => STATE_DISAGREES,
            Self::LimitExceeded => LIMIT_EXCEEDED,
            Self::ClockBackwards => CLOCK_BACKWARDS,
            Self::FutureTimestamp => FUTURE_TIMESTAMP,
            Self::Silence => SILENCE,
            Self::UnknownActor => UNKNOWN_ACTOR,
            Self::OrphanReference => ORPHAN_REFERENCE,
            Self::ConfidenceOutOfRange => CONFIDENCE_OUT_OF_RANGE,
            Self::UnreadableDetails => UNREADABLE_DETAILS,
            Self::RecordUnprotected => RECORD_UNPROTECTED,
        }
    }
}

const LEAK_DURING_STOP: &str = "Each TRADE_APPROVED event and each order whose time lies in an episode, from its activation to \
    its clear, of either mechanism. Both of the Guard’s checks count, as on the kill switch’s own \
    pages. The Guard obeys the emergency stop alone: while only the toggle is on, all of its \
    approvals are leaks.";

const EXECUTED_WITHOUT_ORDER: &str = "is_executed is true, and execution_order_id is empty or names no row of orders. The engine has \
    no foreign key there. Looked at ten seconds after the decision at the earliest.";

const EXECUTED_NOT_FILLED: &str = "is_executed means that an order was submitted, not that it was filled. Failed and cancelled \
    orders count at once; pending and submitted ones, and partly filled ones without a time of the \
    fill, once they are 15 minutes old. An open order is looked at again until it closes.";

const ORDER_WITHOUT_DECISION: &str = "The trace of the order has no TRADE_APPROVED of the same user, algorithm, coin and side in the \
    ten seconds before it; or no decision names it and no signal leads to it.";

const SIGNAL_WITHOUT_OUTCOME: &str = "Within ten seconds after an ALGORITHM_SIGNAL to buy or sell there is no TRADE_APPROVED and no \
    TRADE_REJECTED of the same user, algorithm, coin, side and quantity. A signal that cannot be \
    read is left to unreadable-details.";

const BLOCKED_YET_ORDERED: &str = "block_reason is set, and so is execution_order_id or is_executed. One of them is untrue, or the \
    Guard was passed by.";

const STOP_NEVER_CLEARED: &str = "An episode of the emergency stop or of the toggle that is still open. It goes when it is cleared.";

const CLEAR_WITHOUT_STOP: &str = "EMERGENCY_STOP_CLEARED, or a toggle to off, while that mechanism was not active by the event log: \
    an activation may be missing from it.";

const STOP_TWICE: &str = "A further activation inside an episode of the same mechanism. The two rows of one activation of \
    the emergency stop count once.";

const STATE_DISAGREES: &str = "Read now: the key kill_switch of system_setting, the key omc:emergency_stop of Redis, and what the \
    last kill-switch event says. Without an answer from Redis the other two are compared.";

const LIMIT_EXCEEDED: &str = "trade_value of a TRADE_APPROVED that is no sale, against every limit in AUD that can be read: active \
    rules of type max_position_size with max_value, the deployment’s position_limit and the \
    algorithm’s default_position_limit. They are read as they stand now; where a limit’s row has \
    changed since the approval, the finding says so. Percentages are not checked: what the \
    portfolio was worth is not recorded. Of the Guard’s two checks the first counts.";

const CLOCK_BACKWARDS: &str = "PostgreSQL numbers its transactions. An event whose transaction is younger than those of most of the \
    eight events that follow it by five seconds or more was written late, was given a wrong time, or \
    was changed afterwards. Rows that were loaded in one transaction cannot be told apart.";

const FUTURE_TIMESTAMP: &str = "Decisions, events, orders and collectors’ signals more than a minute ahead of the database’s clock. \
    It goes when that time has come.";

const SILENCE: &str = "A deployment that is active, and whose last execution, activation and newest decision all lie \
    further back than ten times its execution frequency. It goes when the algorithm moves.";

const UNKNOWN_ACTOR: &str = "details.user_id, details.triggered_by and the user columns, looked up in the table of users. One \
    finding an id, at the first row that names it.";

const ORPHAN_REFERENCE: &str = "Algorithm ids in agents’ names, orders and details, and order ids of decisions that were not \
    executed, looked up in their tables. One finding an id, at the first row that names it.";

const CONFIDENCE_OUT_OF_RANGE: &str = "confidence_score of decisions, strength of collectors’ signals, details.signal.confidence of \
    executors’ signals. NaN and the infinities are no numbers from 0 to 1.";

const UNREADABLE_DETAILS: &str = "Details of the engine’s trade and kill-switch events that are NULL, hold an escape that is no \
    character, or hold a known key with a value of another type than the engine writes; of other \
    events, details that PostgreSQL cannot take apart.";

const RECORD_UNPROTECTED: &str = "Checked each minute in schema audit_console: the console’s role owns nothing and has exactly the \
    rights that it needs, also through PUBLIC and through other roles; columns, constraints, triggers \
    and trigger functions are as the migrations made them, and in force. One finding a table. While \
    it holds, nothing is written to the record: no review, no note, no log-in, no role. It goes at \
    the next check after the cause has gone.";
