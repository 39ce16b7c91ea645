//! Events of `audit_log`.

use app::model::{EventPage, ListPage};
use domain::event::Event;
use domain::page::Count;

use store::views;

use super::kill_switch::kill_switch_stream;
use super::rows::event_row;
use super::traces::trace_whole;
use super::{at, list, uuid, words};

pub fn event(
    number: u128,
    when: &str,
    kind: &str,
    severity: &str,
    user: Option<&str>,
    details: &str,
) -> Event {
    Event {
        id: uuid(number),
        timestamp: at(when),
        event_type: kind.to_owned(),
        severity: severity.to_owned(),
        user_id: user.map(|name| uuid(if name.starts_with("admin") { 51 } else { 50 })),
        user_email: user.map(ToOwned::to_owned),
        details: Some(details.to_owned()),
    }
}

pub const ADMIN: Option<&str> = Some("admin@example.com");

pub const STRATEGIST: Option<&str> = Some("strategist@omc.local");

pub const SIGNAL_DETAILS: &str = r#"{"algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601", "signal": {"action": "buy", "coin_type": "SOL", "quantity": "0.0455755", "confidence": 0.527}, "market_data_snapshot": {"coin_type": "SOL", "price": 198.37652016775874, "volume_24h": 1000, "levels": [1.50, null, []]}}"#;

pub fn events_sample() -> Vec<Event> {
    let mut rows: Vec<Event> = kill_switch_stream()
        .into_iter()
        .map(|row| row.event)
        .collect();
    rows.extend([
        event(301, "2026-11-23T10:12:27.599806Z", "ALGORITHM_SIGNAL", "info", STRATEGIST, SIGNAL_DETAILS),
        event(302, "2026-11-23T10:12:27.636559Z", "TRADE_APPROVED", "info", STRATEGIST, r#"{"user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a", "coin": "SOL", "side": "buy", "quantity": 0.0455755, "estimated_price": 198.37652016775874, "trade_value": 9.04110909490569, "algorithm_id": "74ad3880-c88c-4a10-bd8f-5c5659726601"}"#),
        event(303, "2026-11-23T10:12:29.265699Z", "TRADE_REJECTED", "error", STRATEGIST, r#"{"reason": "kill_switch_active", "user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a"}"#),
        event(304, "2026-11-23T10:12:29.271749Z", "TRADE_REJECTED", "warning", STRATEGIST, r#"{"user_id": "d8f801bd-2f59-474a-9e91-75121af54b5a", "coin": "BTC", "side": "sell", "quantity": 0.00818352, "reason": "Emergency stop is active - trading is halted", "algorithm_id": null}"#),
        event(305, "2026-11-23T10:13:01.000001Z", "LIMITS_RELOADED_V2", "notice", None, "[]"),
    ]);
    rows.sort_by_key(|row| std::cmp::Reverse(row.timestamp));
    rows
}

pub fn events(raw: &str) -> ListPage {
    let rows = events_sample().iter().map(event_row).collect();
    let mut page = list(views::events(), raw, rows, Count::MoreThan(10_000));
    page.filter_options = vec![(
        "type",
        words(&[
            "ALGORITHM_SIGNAL",
            "EMERGENCY_STOP_ACTIVATED",
            "TRADE_APPROVED",
            "TRADE_REJECTED",
            "kill_switch_toggle",
        ]),
    )];
    page
}

pub fn event_page() -> EventPage {
    EventPage {
        event: event(
            301,
            "2026-11-23T10:12:27.599806Z",
            "ALGORITHM_SIGNAL",
            "info",
            STRATEGIST,
            SIGNAL_DETAILS,
        ),
        episode: Some(uuid(201)),
        trace: Some(trace_whole()),
        findings: Vec::new(),
    }
}
