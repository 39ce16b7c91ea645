//! Rows of lists, built from their subjects.

use domain::catalogue::{ListRow, RowKey, Value, View};
use domain::event::Event;
use domain::filter::ParamEnum as _;
use domain::finding::StoredFinding;
use domain::order::OrderLink;
use domain::signal::{Signal, SignalId, SignalOutcome, Verdict};
use domain::time::Timestamp;
use domain::trade::Decision;
use store::views;

/// A row whose columns have the values that `value` says by name.
fn row(view: View, timestamp: Timestamp, key: RowKey, value: impl Fn(&str) -> Value) -> ListRow {
    let columns = view.0.columns.iter();
    ListRow {
        timestamp,
        key,
        values: columns.map(|column| value(column.name)).collect(),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "ids and references alike")]
fn text(text: impl ToString) -> Value {
    Value::Text(text.to_string())
}

fn optional<T: ToString>(value: Option<T>) -> Value {
    value.map_or(Value::Null, text)
}

pub fn trade_row(decision: &Decision) -> ListRow {
    let order = decision.order.found().map(|order| &order.brief);
    let key = RowKey::Uuid(decision.id);
    row(
        views::trades(),
        decision.timestamp,
        key,
        |name| match name {
            "id" => text(decision.id),
            "timestamp" => Value::Time(decision.timestamp),
            "agent_id" => text(&decision.agent_id),
            "asset" => text(&decision.asset),
            "decision" => text(&decision.decision),
            "confidence_score" => Value::Float(decision.confidence_score),
            "price_at_decision" => {
                let price = decision.price_at_decision.clone();
                price.map_or(Value::Null, Value::Amount)
            }
            "is_executed" => Value::Bool(decision.is_executed),
            "block_reason" => optional(decision.block_reason.as_ref()),
            "reason" => text(&decision.reason),
            "execution_order_id" => optional(decision.execution_order_id),
            "order_found" => Value::Bool(matches!(decision.order, OrderLink::Found(_))),
            "order_status" => optional(order.map(|order| &order.status)),
            "order_side" => optional(order.map(|order| &order.side)),
            "order_quantity" => order.map_or(Value::Null, |o| Value::Amount(o.quantity.clone())),
            "order_filled_quantity" => {
                order.map_or(Value::Null, |o| Value::Amount(o.filled_quantity.clone()))
            }
            "order_price" => {
                let price = order.and_then(|order| order.price.clone());
                price.map_or(Value::Null, Value::Amount)
            }
            "order_filled_at" => {
                let at = order.and_then(|order| order.filled_at);
                at.map_or(Value::Null, Value::Time)
            }
            other => panic!("no value for {other}"),
        },
    )
}

pub fn signal_row(signal: &Signal) -> ListRow {
    let key = match signal.id {
        SignalId::Executor(id) => RowKey::Uuid(id),
        SignalId::Collector(number) => RowKey::Integer(number),
    };
    let (event, verdict) = match &signal.outcome {
        Some(SignalOutcome::Verdict { event, verdict }) => (Some(event), Some(verdict)),
        _ => (None, None),
    };
    row(views::signals(), signal.timestamp, key, |name| match name {
        "id" => text(signal.id),
        "timestamp" => Value::Time(signal.timestamp),
        "origin" => text(signal.id.origin().as_str()),
        "algorithm_id" => optional(signal.algorithm_id.as_ref()),
        "algorithm_name" => optional(signal.algorithm_name.as_ref()),
        "coin" => optional(signal.coin.as_ref()),
        "action" => optional(signal.action.as_ref()),
        "quantity" => optional(signal.quantity.as_ref()),
        "confidence" => optional(signal.confidence.as_ref()),
        "price" => optional(signal.price.as_ref()),
        "source" => optional(signal.source.as_ref()),
        "details" => optional(signal.details.as_ref()),
        "outcome_event" => optional(event),
        "outcome_verdict" => optional(verdict.map(|verdict| match verdict {
            Verdict::Rejected(_) => "TRADE_REJECTED",
            Verdict::Approved | Verdict::Ordered(_) => "TRADE_APPROVED",
        })),
        "rejection_reason" => match verdict {
            Some(Verdict::Rejected(reason)) => optional(reason.as_ref()),
            _ => Value::Null,
        },
        "order_status" => match verdict {
            Some(Verdict::Ordered(status)) => text(status),
            _ => Value::Null,
        },
        other => panic!("no value for {other}"),
    })
}

pub fn event_row(event: &Event) -> ListRow {
    let key = RowKey::Uuid(event.id);
    row(views::events(), event.timestamp, key, |name| match name {
        "id" => text(event.id),
        "timestamp" => Value::Time(event.timestamp),
        "event_type" => text(&event.event_type),
        "severity" => text(&event.severity),
        "user_id" => optional(event.user_id),
        "user_email" => optional(event.user_email.as_ref()),
        "details" => optional(event.details.as_ref()),
        other => panic!("no value for {other}"),
    })
}

pub fn finding_row(stored: &StoredFinding) -> ListRow {
    let finding = &stored.finding;
    let key = RowKey::Uuid(stored.id);
    row(views::findings(), finding.at, key, |name| match name {
        "id" => text(stored.id),
        "rule" => text(finding.rule.as_str()),
        "severity" => text(finding.rule.severity().as_str()),
        "found_at" => Value::Time(stored.found_at),
        "timestamp" => Value::Time(finding.at),
        "subject_kind" => text(finding.subject.kind.as_str()),
        "subject_id" => text(&finding.subject.id),
        "asset" => optional(finding.asset.as_ref()),
        "algorithm_id" => optional(finding.algorithm.as_ref()),
        "algorithm_name" => optional(stored.algorithm_name.as_ref()),
        "summary" => text(&finding.summary),
        "state" => text(stored.state.as_str()),
        other => panic!("no value for {other}"),
    })
}
