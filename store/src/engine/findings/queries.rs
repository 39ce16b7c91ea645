//! Each rule of `domain::finding` as readable SQL that an auditor can run by hand. The SQL is written independently of
//! the rules, so that each checks the other.
//!
//! The first three columns are the subject's kind, id and time.

use domain::finding::Rule;

use crate::engine::fragments::{number, readable};

/// The SQL of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleQuery {
    /// One statement for psql, against the engine's database.
    pub text: String,
    /// How its results differ from the rule's, in sentences; `None` when they are the same.
    pub differs: Option<&'static str>,
}

/// CTE of events; details that PostgreSQL cannot parse are NULL.
const EVENT: &str = "event AS (
  -- Details that PostgreSQL cannot take apart are as if they were not there.
  SELECT id, \"timestamp\", event_type, severity, user_id,
    @{details} AS details
  FROM public.audit_log
)";

/// CTE of kill-switch events that switch on or off, each with the state before it.
const SWITCH: &str = "WITH @{event},
said AS (
  SELECT id, \"timestamp\",
    CASE event_type WHEN 'kill_switch_toggle' THEN 'toggle' ELSE 'emergency stop' END AS mechanism,
    CASE event_type WHEN 'EMERGENCY_STOP_ACTIVATED' THEN true WHEN 'EMERGENCY_STOP_CLEARED' THEN false
      ELSE details->>'active' = 'true' END AS stops,
    details->'source' IS NOT NULL AS is_mirror
  FROM event
  WHERE event_type IN ('EMERGENCY_STOP_ACTIVATED', 'EMERGENCY_STOP_CLEARED')
    OR event_type = 'kill_switch_toggle' AND json_typeof(details->'active') = 'boolean'
),
switch AS (
  SELECT *, coalesce(lag(stops) OVER (PARTITION BY mechanism ORDER BY \"timestamp\", id), false) AS was_on
  FROM said
)";

/// CTE of episodes, from an activation to the next clear of the same mechanism.
const STOPS: &str = "@{switch},
change AS (
  SELECT id AS episode, mechanism, stops, \"timestamp\" AS activated_at,
    coalesce(lead(\"timestamp\") OVER (PARTITION BY mechanism ORDER BY \"timestamp\", id), 'infinity')
      AS cleared_at
  FROM switch WHERE stops <> was_on
),
stops AS (SELECT * FROM change WHERE stops)";

/// The query of a rule.
#[must_use]
pub fn rule_query(rule: Rule) -> RuleQuery {
    RuleQuery {
        text: expanded(template(rule)),
        differs: differs(rule),
    }
}

const fn template(rule: Rule) -> &'static str {
    match rule {
        Rule::LeakDuringStop => include_str!("queries/leak-during-stop.sql"),
        Rule::ExecutedWithoutOrder => include_str!("queries/executed-without-order.sql"),
        Rule::ExecutedNotFilled => include_str!("queries/executed-not-filled.sql"),
        Rule::OrderWithoutDecision => include_str!("queries/order-without-decision.sql"),
        Rule::SignalWithoutOutcome => include_str!("queries/signal-without-outcome.sql"),
        Rule::BlockedYetOrdered => include_str!("queries/blocked-yet-ordered.sql"),
        Rule::StopNeverCleared => include_str!("queries/stop-never-cleared.sql"),
        Rule::ClearWithoutStop => include_str!("queries/clear-without-stop.sql"),
        Rule::StopTwice => include_str!("queries/stop-twice.sql"),
        Rule::StateDisagrees => include_str!("queries/state-disagrees.sql"),
        Rule::LimitExceeded => include_str!("queries/limit-exceeded.sql"),
        Rule::ClockBackwards => include_str!("queries/clock-backwards.sql"),
        Rule::FutureTimestamp => include_str!("queries/future-timestamp.sql"),
        Rule::Silence => include_str!("queries/silence.sql"),
        Rule::UnknownActor => include_str!("queries/unknown-actor.sql"),
        Rule::OrphanReference => include_str!("queries/orphan-reference.sql"),
        Rule::ConfidenceOutOfRange => include_str!("queries/confidence-out-of-range.sql"),
        Rule::UnreadableDetails => include_str!("queries/unreadable-details.sql"),
        Rule::RecordUnprotected => include_str!("queries/record-unprotected.sql"),
    }
}

const fn differs(rule: Rule) -> Option<&'static str> {
    match rule {
        Rule::OrderWithoutDecision => Some(
            "The rule gives each approval and each signal to one order at most. The query asks only whether one \
             is near enough: of two orders behind one approval it shows neither.",
        ),
        Rule::SignalWithoutOutcome => Some(
            "The rule gives each approval and each rejection to one signal of the same quantity. The query asks \
             only whether one is near enough: of two signals before one approval it shows neither. It also shows \
             signals that the rule leaves to unreadable-details.",
        ),
        Rule::StateDisagrees => Some(
            "SQL cannot ask Redis. The query compares the setting with the last event; the rule also asks for \
             the key omc:emergency_stop: redis-cli GET omc:emergency_stop.",
        ),
        Rule::LimitExceeded => Some(
            "Of the Guard’s two checks of one trade the rule takes the first; the query shows both.",
        ),
        Rule::RecordUnprotected => Some(
            "It is asked in the database of schema audit_console, and shows triggers that are off and rights to \
             change what is only added to. The rule also compares columns, constraints, functions and owners, \
             and the rights of the role that the console logs in as; a finding’s summary names what is wrong.",
        ),
        _ => None,
    }
}

/// Expands the statement's placeholders, each part before those that it contains.
fn expanded(template: &str) -> String {
    let parts = [
        ("@{stops}", STOPS.to_owned()),
        ("@{switch}", SWITCH.to_owned()),
        ("@{event}", EVENT.to_owned()),
        ("@{details}", guarded("details")),
        ("@{value}", guarded("value")),
        (
            "@{trade_value}",
            number("(details->>'trade_value')").to_string(),
        ),
        ("@{max_value}", number("(value->>'max_value')").to_string()),
        (
            "@{confidence}",
            number("(details->'signal'->>'confidence')").to_string(),
        ),
    ];
    let text = template.trim().to_owned();
    parts
        .iter()
        .fold(text, |text, (name, part)| text.replace(name, part))
}

/// The guard of a JSON column, with one case per line.
fn guarded(column: &'static str) -> String {
    readable(column)
        .to_string()
        .replace(" WHEN ", "\n      WHEN ")
        .replace(" END)", "\n    END)")
}
