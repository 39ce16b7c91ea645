//! Rules over rows: checking a span in parts gives the same findings, and each rule covers its cases.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

use std::collections::{BTreeSet, HashSet};

use domain::dossier::Span;
use domain::episode::{KillSwitchEvent, derive};
use domain::event::Event;
use domain::filter::ParamEnum as _;
use domain::finding::slice::{
    COMPARED, CONTEXT, DecisionRow, EventRow, Known, OrderRow, OrderState, PATIENCE, Slice,
};
use domain::finding::{DetailsCheck, Finding, Rule, state};
use domain::live::{LiveState, RedisState};
use domain::time::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

const SECOND: i64 = 1_000_000;

fn at(micros: i64) -> Timestamp {
    Timestamp::from_postgres_micros(micros)
}

fn event(id: u128, micros: i64, event_type: &str, details: &str) -> EventRow {
    EventRow {
        id: Uuid::from_u128(id),
        at: at(micros),
        event_type: event_type.to_owned(),
        severity: "info".to_owned(),
        user: None,
        details: DetailsCheck::of(event_type, Some(details)),
        transaction: None,
    }
}

fn order(id: u128, micros: i64) -> OrderRow {
    OrderRow {
        id: Uuid::from_u128(id),
        at: at(micros),
        user: Uuid::from_u128(1),
        algorithm: None,
        coin: "BTC".to_owned(),
        side: "buy".to_owned(),
        quantity: None,
    }
}

fn decision(id: u128, micros: i64, status: Option<&str>) -> DecisionRow {
    DecisionRow {
        id: Uuid::from_u128(id),
        at: at(micros),
        agent: "somebody".to_owned(),
        asset: "BTC".to_owned(),
        decision: "BUY".to_owned(),
        confidence: 0.5,
        is_executed: true,
        order: Some(Uuid::from_u128(id)),
        block_reason: None,
        order_state: status.map(|status| OrderState {
            status: status.to_owned(),
            created_at: at(micros),
            is_filled: status == "filled",
        }),
    }
}

/// Rows of every kind.
#[derive(Clone, Debug, Default)]
struct Rows {
    events: Vec<EventRow>,
    orders: Vec<OrderRow>,
    decisions: Vec<DecisionRow>,
}

impl Rows {
    /// The findings of `span` at `now`.
    fn look(&self, span: Span, now: Timestamp) -> Vec<Finding> {
        let (from, to) = (
            span.from.plus_micros(-CONTEXT),
            span.to.plus_micros(CONTEXT),
        );
        let near = |at: Timestamp| from <= at && at < to;
        let mut events = self.events.clone();
        events.sort_by_key(|row| (row.at, row.id));
        let following = events.iter().filter(|row| row.at >= to).take(COMPARED);
        let slice = Slice {
            span,
            following: following.cloned().collect(),
            events: events.into_iter().filter(|row| near(row.at)).collect(),
            orders: self
                .orders
                .iter()
                .filter(|row| near(row.at))
                .cloned()
                .collect(),
            decisions: self
                .decisions
                .iter()
                .filter(|row| near(row.at))
                .cloned()
                .collect(),
            collectors: Vec::new(),
        };
        let known = Known {
            now,
            episodes: &[],
            limits: &[],
            algorithms: &HashSet::new(),
            users: &slice.users(),
        };
        slice.look(&known).findings
    }

    fn rules(&self, now: i64) -> Vec<&'static str> {
        let whole = Span {
            from: Timestamp::NEG_INFINITY,
            to: Timestamp::INFINITY,
        };
        let found = self.look(whole, at(now)).into_iter();
        found.map(|finding| finding.rule.as_str()).collect()
    }
}

fn rows() -> impl Strategy<Value = Rows> {
    let row = (0_i64..200, 0_u8..5, any::<bool>(), 0_u32..3);
    prop::collection::vec(row, 0..60).prop_map(|rows| {
        let mut all = Rows::default();
        for (number, (second, kind, odd, transaction)) in (1_u128..).zip(rows) {
            // Distinct ids and times, since rows that are equal in both have no defined order.
            let micros = second * SECOND + i64::try_from(number).unwrap();
            let trade = r#"{"coin": "BTC", "side": "buy", "quantity": 1}"#;
            let signal = r#"{"signal": {"coin_type": "BTC", "action": "buy", "quantity": "1"}}"#;
            let mut row = match kind {
                0 => event(
                    number,
                    micros,
                    "ALGORITHM_SIGNAL",
                    if odd { "[]" } else { signal },
                ),
                1 => event(number, micros, "TRADE_APPROVED", trade),
                2 => event(number, micros, "TRADE_REJECTED", trade),
                3 => {
                    all.orders.push(order(number, micros));
                    continue;
                }
                _ => {
                    let status = odd.then_some("failed");
                    all.decisions.push(decision(number, micros, status));
                    continue;
                }
            };
            row.transaction = Some((u32::MAX - 1).wrapping_add(transaction));
            row.user = (kind != 0).then(|| Uuid::from_u128(1));
            all.events.push(row);
        }
        all
    })
}

proptest! {
    #[test]
    fn rules_without_links_find_the_same_in_parts_as_at_once(rows in rows(), cuts in prop::collection::btree_set(0_i64..220, 0..6)) {
        let now = at(1_000 * SECOND);
        let whole = Span { from: at(-SECOND), to: at(300 * SECOND) };
        let mut edges = vec![whole.from];
        edges.extend(cuts.iter().map(|second| at(second * SECOND)));
        edges.push(whole.to);
        // Findings that depend on a single row, or on the rows that follow it.
        let alone = |finding: &Finding| matches!(
            finding.rule,
            Rule::UnreadableDetails | Rule::ExecutedNotFilled | Rule::ExecutedWithoutOrder | Rule::ClockBackwards
        );
        let told = |finding: Finding| (finding.rule, finding.subject.id, finding.summary);
        let in_one: BTreeSet<_> = rows.look(whole, now).into_iter().filter(alone).map(told).collect();
        let in_parts: BTreeSet<_> = edges
            .windows(2)
            .flat_map(|pair| rows.look(Span { from: pair[0], to: pair[1] }, now))
            .filter(alone)
            .map(told)
            .collect();
        prop_assert_eq!(in_one, in_parts);
    }
}

#[test]
fn an_order_is_late_after_a_quarter_of_an_hour() {
    let rows = |status| Rows {
        decisions: vec![decision(1, 0, status)],
        ..Rows::default()
    };
    let soon = PATIENCE;
    let late = PATIENCE + 1;
    for (status, soon_finds, late_finds) in [
        (Some("filled"), None, None),
        (Some("submitted"), None, Some("executed-not-filled")),
        (Some("partial"), None, Some("executed-not-filled")),
        (
            Some("failed"),
            Some("executed-not-filled"),
            Some("executed-not-filled"),
        ),
        (
            None,
            Some("executed-without-order"),
            Some("executed-without-order"),
        ),
        // An unknown status of a later release is not a failure.
        (Some("expired"), None, None),
    ] {
        let rows = rows(status);
        assert_eq!(rows.rules(soon), Vec::from_iter(soon_finds), "{status:?}");
        assert_eq!(rows.rules(late), Vec::from_iter(late_finds), "{status:?}");
    }
    assert!(
        rows(None).rules(SECOND).is_empty(),
        "its order may still be committed"
    );
}

#[test]
fn an_approval_is_a_leak_regardless_of_its_details() {
    let stop = derive([switch(1, 0, "kill_switch_toggle", r#"{"active": true}"#)]);
    let span = Span {
        from: at(0),
        to: at(100 * SECOND),
    };
    let slice = Slice {
        span,
        events: vec![event(2, SECOND, "TRADE_APPROVED", "[]")],
        following: Vec::new(),
        orders: Vec::new(),
        decisions: Vec::new(),
        collectors: Vec::new(),
    };
    let known = Known {
        now: span.to,
        episodes: &stop.episodes,
        limits: &[],
        algorithms: &HashSet::new(),
        users: &HashSet::new(),
    };
    let found: Vec<&str> = slice
        .look(&known)
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    assert_eq!(found, ["leak-during-stop", "unreadable-details"]);
}

#[test]
fn a_signal_is_given_ten_seconds() {
    let signal = r#"{"signal": {"coin_type": "BTC", "action": "buy", "quantity": "1"}}"#;
    let rows = Rows {
        events: vec![event(1, 0, "ALGORITHM_SIGNAL", signal)],
        ..Rows::default()
    };
    assert!(rows.rules(10 * SECOND).is_empty());
    assert_eq!(rows.rules(11 * SECOND), ["signal-without-outcome"]);
}

#[test]
fn an_event_newer_than_most_later_ones_was_written_late() {
    let mut rows = Rows::default();
    // Transaction ids that wrap around.
    for number in 0..12_u32 {
        let mut row = event(
            u128::from(number),
            i64::from(number) * 6 * SECOND,
            "OTHER",
            "{}",
        );
        row.transaction = Some((u32::MAX - 3).wrapping_add(number));
        rows.events.push(row);
    }
    assert!(rows.rules(1_000 * SECOND).is_empty());
    let mut late = rows.clone();
    late.events[2].transaction = Some(100);
    assert_eq!(late.rules(1_000 * SECOND), ["clock-backwards"]);
    // One row with a time in the future causes a finding about itself only.
    let mut ahead = rows;
    ahead.events[3].at = at(11 * 6 * SECOND + 1);
    assert!(ahead.rules(1_000 * SECOND).is_empty());
}

fn switch(id: u128, second: i64, event_type: &str, details: &str) -> KillSwitchEvent {
    KillSwitchEvent::read(Event {
        id: Uuid::from_u128(id),
        timestamp: at(second * SECOND),
        event_type: event_type.to_owned(),
        severity: "critical".to_owned(),
        user_id: None,
        user_email: None,
        details: Some(details.to_owned()),
    })
    .unwrap()
}

#[test]
fn unmatched_kill_switch_events_are_reported_once_each() {
    let stop = "EMERGENCY_STOP_ACTIVATED";
    let history = derive([
        switch(1, 0, "EMERGENCY_STOP_CLEARED", "{}"),
        switch(2, 10, stop, r#"{"status": "active"}"#),
        switch(3, 10, stop, r#"{"source": "redis"}"#),
        switch(4, 20, stop, r#"{"status": "active"}"#),
        switch(5, 20, stop, r#"{"source": "redis"}"#),
    ]);
    let found: BTreeSet<(&str, String)> = state::switch(&history)
        .into_iter()
        .map(|finding| (finding.rule.as_str(), finding.subject.id))
        .collect();
    let id = |id: u128| Uuid::from_u128(id).to_string();
    let expected = BTreeSet::from([
        ("clear-without-stop", id(1)),
        ("stop-never-cleared", id(2)),
        ("stop-twice", id(4)),
    ]);
    assert_eq!(found, expected);
}

#[test]
fn disagreeing_sources_are_reported_and_missing_ones_are_not() {
    let history = derive([switch(1, 0, "kill_switch_toggle", r#"{"active": true}"#)]);
    let redis = |emergency_stop| RedisState::Known {
        emergency_stop,
        volatile: false,
        initial_equity: None,
    };
    let differ = |declared, redis| {
        let live = LiveState::new(declared, redis, &history);
        state::disagreement(&live, None).map(|finding| finding.summary)
    };
    assert_eq!(differ(Some(true), RedisState::NotReachable), None);
    assert_eq!(differ(Some(true), redis(true)), None);
    assert_eq!(
        differ(Some(true), redis(false)).as_deref(),
        Some(
            "Of the kill switch, the setting says stopped, Redis says trading, the last event says stopped."
        )
    );
    assert!(differ(Some(false), RedisState::NotConfigured).is_some());
}

#[test]
fn rules_have_distinct_words_and_sentences() {
    let words: BTreeSet<&str> = Rule::all().map(Rule::as_str).collect();
    assert_eq!(words.len(), 19);
    for rule in Rule::all() {
        assert!(rule.sentence().ends_with('.') && rule.explanation().ends_with('.'));
    }
}
