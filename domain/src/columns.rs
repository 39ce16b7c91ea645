//! The columns of every view's CSV, JSONL and API rows, in order. People's spreadsheets rely on them.

use crate::view::View;

/// Columns of `/trades.csv`.
pub const TRADES: &[&str] = &[
    "id",
    "timestamp",
    "agent_id",
    "asset",
    "decision",
    "confidence_score",
    "price_at_decision",
    "is_executed",
    "block_reason",
    "reason",
    "execution_order_id",
    "order_status",
    "order_side",
    "order_quantity",
    "order_filled_quantity",
    "order_price",
    "order_filled_at",
];

/// Columns of `/signals.csv`.
pub const SIGNALS: &[&str] = &[
    "id",
    "timestamp",
    "origin",
    "algorithm_id",
    "algorithm_name",
    "coin",
    "action",
    "quantity",
    "confidence",
    "price",
    "source",
    "details",
];

/// Columns of `/events.csv`.
pub const EVENTS: &[&str] = &[
    "id",
    "timestamp",
    "event_type",
    "severity",
    "user_id",
    "user_email",
    "details",
];

/// Columns of `/kill-switch.csv`.
pub const KILL_SWITCH: &[&str] = &[
    "id",
    "mechanism",
    "activated_at",
    "activated_by",
    "cleared_at",
    "cleared_by",
    "duration_seconds",
    "rejections",
    "leaked_approvals",
    "leaked_orders",
    "review_status",
    "reviewed_by",
    "reviewed_at",
];

/// Columns of `/findings.csv`.
pub const FINDINGS: &[&str] = &[
    "id",
    "rule",
    "severity",
    "found_at",
    "timestamp",
    "subject_kind",
    "subject_id",
    "asset",
    "algorithm_id",
    "summary",
    "state",
];

/// Columns of an episode's timeline and of its leaks. The last two say how a row is counted: `inside` the
/// episode, and `counts`, which is false for the second row of a rejected attempt and for the Guard's
/// second check of a trade.
pub const TIMELINE_ENTRIES: &[&str] = &[
    "timestamp",
    "seconds_after_activation",
    "kind",
    "event_id",
    "order_id",
    "user",
    "algorithm_id",
    "algorithm_name",
    "coin",
    "side",
    "quantity",
    "value_aud",
    "reason",
    "order_status",
    "order_created_at",
    "order_filled_at",
    "inside",
    "counts",
];

/// The columns of `view`.
#[must_use]
pub const fn of(view: View) -> &'static [&'static str] {
    match view {
        View::Trades => TRADES,
        View::Signals => SIGNALS,
        View::Events => EVENTS,
        View::KillSwitch => KILL_SWITCH,
        View::Findings => FINDINGS,
    }
}
