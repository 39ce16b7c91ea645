//! Traces: a whole one, a blocked one, one whose order is missing, one that is in doubt, a hostile one.

use app::model::{TracePage, TradePage};
use domain::event::Event;
use domain::order::OrderLink;
use domain::strategy::{Algorithm, Deployment, Position, Promotion};
use domain::time::Timestamp;
use domain::trace::{Background, Link, Part, RowId, Rule, Trace};
use domain::trade::TradeDetail;

use super::events::{STRATEGIST, event};
use super::kill_switch::history;
use super::trades::{blocked, decision, executed, hostile, order, trade_detail};
use super::{amount, at, some, uuid};

const APPROVED: &str = r#"{"user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a", "coin": "BTC", "side": "buy", "quantity": 0.01033987, "estimated_price": 100163.20032732, "trade_value": 1035.674470528, "algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601"}"#;
const SIGNALLED: &str = r#"{"algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601", "signal": {"action": "buy", "coin_type": "BTC", "quantity": "0.01033987", "confidence": 0.527}, "market_data_snapshot": {"coin_type": "BTC", "price": 100163.20032732}}"#;
const STOPPED: &str = "Emergency stop is active - trading is halted";

fn inferred(rule: Rule, to: RowId, distance: i64) -> Link {
    Link::Inferred {
        rule,
        to,
        distance,
        others: Vec::new(),
    }
}

fn step(number: u128, when: &str, kind: &str, severity: &str, details: &str) -> Event {
    event(number, when, kind, severity, STRATEGIST, details)
}

fn signal() -> Part<Event> {
    Part {
        row: step(
            401,
            "2026-11-23T07:35:28.655545Z",
            "ALGORITHM_SIGNAL",
            "info",
            SIGNALLED,
        ),
        link: Link::First,
    }
}

/// A day of prices around the trade, the last one no number.
fn prices() -> Vec<(Timestamp, domain::amount::Amount)> {
    let start = at("2026-11-23T06:35:00Z");
    (0..24)
        .map(|step| {
            let price = if step == 23 {
                "NaN".to_owned()
            } else {
                format!("{}.25000000", 100_000 + (step * 37) % 190)
            };
            (start.plus_micros(step * 300_000_000), amount(&price))
        })
        .collect()
}

fn background() -> Background {
    let promotion = |number: u128, status: &str, created: &str, reviewed: Option<&str>| Promotion {
        id: uuid(number),
        from: "paper".to_owned(),
        to: "floor".to_owned(),
        status: status.to_owned(),
        created_by: "strategist@omc.local".to_owned(),
        created_at: at(created),
        reviewed_by: reviewed.map(|_| "admin@example.com".to_owned()),
        reviewed_at: reviewed.map(at),
        notes: some("Thirty days on paper without a limit hit."),
        rejection_reason: None,
    };
    Background {
        algorithm: Some(Algorithm {
            id: "74ad3880-c88c-4a10-bd8f-5c5659726601".parse().unwrap(),
            name: "MA Crossover".to_owned(),
            version: "1.0.0".to_owned(),
            kind: "rule_based".to_owned(),
            configuration: some(r#"{"short_window": 5, "long_window": 20}"#),
        }),
        deployments: vec![Deployment {
            id: uuid(601),
            name: some("MA on the floor"),
            user: "strategist@omc.local".to_owned(),
            is_active: true,
            position_limit: Some(amount("50000.00")),
            daily_loss_limit: None,
            parameters: some(r#"{"short_window": 7}"#),
            updated_at: at("2026-11-23T09:00:00Z"),
        }],
        promotions: vec![
            promotion(
                602,
                "approved",
                "2026-11-01T00:00:00Z",
                Some("2026-11-02T00:00:00Z"),
            ),
            promotion(603, "pending", "2026-11-23T10:00:00Z", None),
        ],
        stops: Vec::new(),
        position: Some(Position {
            quantity: amount("0.0309000000"),
            average_price: amount("1000.50000000"),
            total_cost: amount("30.92"),
            updated_at: at("2026-11-23T09:12:00Z"),
        }),
        prices: prices(),
    }
}

/// From the signal to the fill.
pub fn trace_whole() -> Trace {
    let first = RowId::Event(uuid(402));
    let mut row = executed(
        decision(3, "BUY", "BTC", "100163.20032732"),
        OrderLink::None,
    );
    row.timestamp = at("2026-11-23T07:35:28.692298Z");
    "algo:74ad3880-c88c-4a10-bd8f-5c5659726601".clone_into(&mut row.agent_id);
    let approval =
        |number: u128, when: &str| step(number, when, "TRADE_APPROVED", "info", APPROVED);
    Trace {
        subject: RowId::Decision(row.id),
        signal: Some(signal()),
        checks: vec![
            Part {
                row: approval(402, "2026-11-23T07:35:28.678121Z"),
                link: inferred(Rule::Verdict, RowId::Event(uuid(401)), 22_576),
            },
            Part {
                row: approval(403, "2026-11-23T07:35:28.731006Z"),
                link: inferred(Rule::SecondCheck, first, 52_885),
            },
        ],
        rejection: None,
        rejection_error: None,
        decision: Some(Part {
            row: trade_detail(row, OrderLink::Found(order())),
            link: Link::Key,
        }),
        order: Some(Part {
            row: order(),
            link: inferred(Rule::Order, first, 27_177),
        }),
        is_cut: false,
        background: background(),
    }
}

/// Stopped by the kill switch.
pub fn trace_blocked() -> Trace {
    let warning = RowId::Event(uuid(405));
    let mut row = blocked(decision(2, "BUY", "BTC", "100163.20032732"), STOPPED);
    row.timestamp = at("2026-11-23T07:35:29.301000Z");
    let details = format!(
        r#"{{"coin": "BTC", "side": "buy", "quantity": 0.01033987, "reason": "{STOPPED}", "algorithm_id": null}}"#
    );
    let error = r#"{"reason": "kill_switch_active"}"#;
    let stops = history().episodes;
    Trace {
        subject: RowId::Decision(row.id),
        signal: None,
        rejection: Some(Part {
            row: step(
                405,
                "2026-11-23T07:35:29.271749Z",
                "TRADE_REJECTED",
                "warning",
                &details,
            ),
            link: Link::First,
        }),
        rejection_error: Some(Part {
            row: step(
                404,
                "2026-11-23T07:35:29.265699Z",
                "TRADE_REJECTED",
                "error",
                error,
            ),
            link: inferred(Rule::DoubledRejection, warning, 6_050),
        }),
        decision: Some(Part {
            row: trade_detail(row, OrderLink::None),
            link: inferred(Rule::Blocked, warning, 29_251),
        }),
        background: Background {
            stops: stops.into_iter().take(1).collect(),
            ..Background::default()
        },
        ..nothing()
    }
}

/// A decision whose order does not exist.
pub fn trace_missing() -> Trace {
    let row = executed(decision(6, "SELL", "ADA", "0.90328554"), OrderLink::Missing);
    Trace {
        subject: RowId::Decision(row.id),
        decision: Some(Part {
            row: trade_detail(row, OrderLink::Missing),
            link: Link::First,
        }),
        ..nothing()
    }
}

/// An approval that two signals could have led to, and more rows near it than were looked at.
pub fn trace_in_doubt() -> Trace {
    let mut trace = trace_whole();
    trace.subject = RowId::Order(uuid(9_000));
    trace.decision = None;
    trace.checks.truncate(1);
    trace.is_cut = true;
    trace.checks[0].link = Link::Inferred {
        rule: Rule::Verdict,
        to: RowId::Event(uuid(401)),
        distance: 22_576,
        others: vec![RowId::Event(uuid(407)), RowId::Event(uuid(408))],
    };
    if let Some(order) = &mut trace.order {
        "submitted".clone_into(&mut order.row.brief.status);
        order.row.brief.filled_at = None;
        order.row.brief.price = None;
        order.row.brief.filled_quantity = amount("0.0000000000");
    }
    trace
}

/// What a trace must survive.
pub fn trace_hostile() -> Trace {
    let markup = "\u{202e}</li><script>alert(1)</script>";
    let mut trace = trace_whole();
    let wild = format!(
        r#"{{"signal": {{"action": "{markup}", "coin_type": "{markup}", "quantity": "{nines}", "confidence": "NaN"}}, "coin": "{markup}", "side": [], "quantity": {{}}, "trade_value": "=1+1", "reason": "{markup}"}}"#,
        nines = "9".repeat(40),
    );
    let events = trace.signal.iter_mut().chain(&mut trace.checks);
    for part in events {
        part.row.details = Some(wild.clone());
    }
    let mut row = hostile();
    row.timestamp = Timestamp::NEG_INFINITY;
    row.execution_order_id = Some(uuid(9_000));
    if let Some(part) = &mut trace.order {
        let brief = &mut part.row.brief;
        brief.filled_at = Some(Timestamp::INFINITY);
        brief.price = Some(amount("NaN"));
        brief.quantity = amount(&"8".repeat(40));
        markup.clone_into(&mut brief.status);
        markup.clone_into(&mut part.row.coin_type);
        part.row.error_message = some(markup);
    }
    trace.decision = Some(Part {
        row: trade_detail(row, OrderLink::None),
        link: Link::Key,
    });
    let background = &mut trace.background;
    background.stops = history().episodes;
    background.deployments[0].parameters = some(markup);
    background.deployments[0].name = some(markup);
    background.promotions[0].notes = some(markup);
    background.promotions[0].created_at = Timestamp::INFINITY;
    trace
}

fn nothing() -> Trace {
    Trace {
        subject: RowId::Decision(uuid(0)),
        signal: None,
        checks: Vec::new(),
        rejection: None,
        rejection_error: None,
        decision: None,
        order: None,
        is_cut: false,
        background: Background::default(),
    }
}

/// A decision that nothing else is known of.
pub fn trace_alone(detail: &TradeDetail) -> Trace {
    Trace {
        subject: RowId::Decision(detail.decision.id),
        decision: Some(Part {
            row: detail.clone(),
            link: Link::First,
        }),
        ..nothing()
    }
}

/// A decision's page with its trace.
pub fn traced(trace: Trace) -> TradePage {
    let decision = trace.decision.as_ref().unwrap();
    TradePage {
        findings: Vec::new(),
        detail: decision.row.clone(),
        trace,
    }
}

pub fn trace_page(trace: Trace) -> TracePage {
    TracePage {
        trace,
        findings: Vec::new(),
    }
}
