//! Rules on traces: orders without a decision, signals without an outcome, exceeded limits.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::events::{About, about};
use super::slice::{DecisionRow, EventRow, Found, Known, Limit, PATIENCE, Slice};
use super::{Rule, Subject, SubjectKind};
use crate::details::{APPROVED, SIGNAL, algorithm_of_agent, step};
use crate::link::LINK_WITHIN;
use crate::time::Timestamp;
use crate::trace::{Chain, Matcher, RowId, Step, StepKind};

pub(super) fn look(slice: &Slice, known: &Known<'_>, found: &mut Found) {
    let matcher = Matcher::of(steps(slice));
    let inside = |at: Timestamp| slice.span.contains(at);
    // Missing rows can only be reported after the ten seconds within which they may follow.
    let ripe = |at: Timestamp| inside(at) && known.now.micros_since(at) > LINK_WITHIN;
    for event in &slice.events {
        let Some(chain) = matcher.chain_of(RowId::Event(event.id)) else {
            continue;
        };
        match event.event_type.as_str() {
            SIGNAL if ripe(event.at) => signal(event, chain, found),
            APPROVED if inside(event.at) => approval(event, chain, known.limits, found),
            _ => {}
        }
    }
    for order in slice.orders.iter().filter(|order| ripe(order.at)) {
        if let Some(missing) = matcher
            .chain_of(RowId::Order(order.id))
            .and_then(unannounced)
        {
            let about = About {
                subject: Subject::new(SubjectKind::Order, &order.id),
                at: order.at,
                asset: Some(order.coin.clone()),
                algorithm: order.algorithm.map(|id| id.to_string()),
            };
            let summary = format!("The order has {missing} before it.");
            found.add(Rule::OrderWithoutDecision, about, summary);
        }
    }
    for row in slice.decisions.iter().filter(|row| inside(row.at)) {
        decision(row, known.now, found);
    }
}

fn steps(slice: &Slice) -> Vec<Step> {
    let events = slice.events.iter().filter_map(|event| {
        let kind = (event.event_type.as_str(), event.severity.as_str());
        step(event.id, event.at, kind, event.user, &event.details.trade)
    });
    let orders = slice.orders.iter().map(|order| {
        let algorithm = order.algorithm.map(|id| id.to_string());
        Step::new(RowId::Order(order.id), order.at, StepKind::Order)
            .of(algorithm.as_deref(), Some(&order.coin), Some(&order.side))
            .by(Some(order.user), order.quantity)
    });
    let decisions = slice.decisions.iter().map(|row| {
        let deed = StepKind::Decision {
            order: row.order,
            block_reason: row.block_reason.clone(),
        };
        let algorithm = algorithm_of_agent(&row.agent).map(|id| id.to_string());
        Step::new(RowId::Decision(row.id), row.at, deed).of(
            algorithm.as_deref(),
            Some(&row.asset),
            Some(&row.decision),
        )
    });
    events.chain(orders).chain(decisions).collect()
}

fn signal(event: &EventRow, chain: &Chain, found: &mut Found) {
    let details = &event.details;
    let side = details.trade.side.as_deref().unwrap_or_default();
    let acts = !matches!(side.to_ascii_lowercase().as_str(), "hold" | "neutral");
    if details.complaint.is_none() && acts && !chain.has_verdict() {
        let what = match (&details.trade.side, &details.trade.coin) {
            (Some(side), Some(coin)) => format!("The signal to {side} {coin}"),
            (None, _) => "The signal, which names no side,".to_owned(),
            (_, None) => "The signal, which names no coin,".to_owned(),
        };
        let summary = format!("{what} led to neither an approval nor a rejection.");
        found.add(Rule::SignalWithoutOutcome, about(event), summary);
    }
}

fn approval(event: &EventRow, chain: &Chain, limits: &[Limit], found: &mut Found) {
    let details = &event.details.trade;
    let is_first = chain.checks.first().map(|check| check.row) == Some(RowId::Event(event.id));
    let sells = details
        .side
        .as_deref()
        .is_some_and(|side| side.eq_ignore_ascii_case("sell"));
    let value = details.value.as_deref().and_then(|text| {
        let exact = Decimal::from_str(text);
        exact.or_else(|_| Decimal::from_scientific(text)).ok()
    });
    let (true, false, Some(value)) = (is_first, sells, value) else {
        return;
    };
    let passed: Vec<String> = limits
        .iter()
        .filter(|limit| {
            limit.binds(event) && limit.amount.decimal().is_some_and(|most| value > most)
        })
        .map(|limit| {
            let changed = if limit.changed_at > event.at {
                ", as it stands now: its row has changed since"
            } else {
                ""
            };
            format!("{} ({} AUD{changed})", limit.name, limit.amount)
        })
        .collect();
    if !passed.is_empty() {
        let text = details.value.as_deref().unwrap_or_default();
        let summary = format!("A trade of {text} AUD passes {}.", passed.join(" and "));
        found.add(Rule::LimitExceeded, about(event), summary);
    }
}

impl Limit {
    /// Whether it applied to the trade of this approval.
    fn binds(&self, event: &EventRow) -> bool {
        let details = &event.details.trade;
        let named = |text: &Option<String>| Uuid::try_parse(text.as_deref()?).ok();
        let user = event.user.or_else(|| named(&details.user));
        let binds = |whom: Option<Uuid>, is: Option<Uuid>| whom.is_none() || whom == is;
        binds(self.user, user)
            && binds(self.algorithm, named(&details.algorithm))
            && self.since <= event.at
            && self.until.is_none_or(|until| event.at < until)
    }
}

/// The step that is missing before an order, if any.
fn unannounced(chain: &Chain) -> Option<&'static str> {
    let orphaned = chain.decision.is_none() && chain.signal.is_none();
    match (chain.checks.is_empty(), orphaned) {
        (true, true) => Some("no approval, no decision and no signal"),
        (true, false) => Some("no approval"),
        (false, true) => Some("an approval, but neither a decision nor a signal"),
        (false, false) => None,
    }
}

fn decision(row: &DecisionRow, now: Timestamp, found: &mut Found) {
    let about = || About {
        subject: Subject::new(SubjectKind::Decision, &row.id),
        at: row.at,
        asset: Some(row.asset.clone()),
        algorithm: algorithm_of_agent(&row.agent).map(|id| id.to_string()),
    };
    if row.block_reason.is_some() && (row.order.is_some() || row.is_executed) {
        let order = row.order.map_or_else(
            || "says that an order was submitted".to_owned(),
            |id| format!("names the order {id}"),
        );
        let summary = format!("The decision has a block reason and {order}.");
        found.add(Rule::BlockedYetOrdered, about(), summary);
    }
    if !row.is_executed {
        return;
    }
    match (&row.order_state, row.order) {
        (Some(order), Some(id)) => {
            if order.is_open() {
                found.waiting.push(row.id);
            }
            let late = order.is_open() && now.micros_since(order.created_at) > PATIENCE;
            if late || matches!(order.status.as_str(), "failed" | "cancelled") {
                let summary = format!("Its order {id} is {}, not filled.", order.status);
                found.add(Rule::ExecutedNotFilled, about(), summary);
            }
        }
        // The order may be committed after the decision.
        _ if now.micros_since(row.at) <= LINK_WITHIN => found.waiting.push(row.id),
        (_, Some(id)) => {
            let summary = format!("Its order {id} does not exist.");
            found.add(Rule::ExecutedWithoutOrder, about(), summary);
        }
        (_, None) => {
            let summary = "The decision says executed and names no order.";
            found.add(Rule::ExecutedWithoutOrder, about(), summary);
        }
    }
}

/// Checks executed decisions again whose orders were open.
#[must_use]
pub fn look_again(decisions: &[DecisionRow], now: Timestamp) -> Found {
    let mut found = Found::default();
    for row in decisions {
        decision(row, now, &mut found);
    }
    found
}
