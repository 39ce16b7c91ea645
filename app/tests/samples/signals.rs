//! Signals of both origins.

use app::model::{ListPage, SignalPage};
use domain::page::Count;
use domain::signal::{Signal, SignalId, SignalOutcome, Verdict};

use store::views;

use super::events::{SIGNAL_DETAILS, event_page};
use super::rows::signal_row;
use super::traces::trace_whole;
use super::{at, list, some, uuid, words};

pub fn executor_signal(number: u128) -> Signal {
    Signal {
        id: SignalId::Executor(uuid(number)),
        timestamp: at("2026-11-23T10:12:27.599806Z")
            .plus_micros(-i64::try_from(number).unwrap() * 31_700_000),
        algorithm_id: some("74ad3880-c88c-4a10-bd8f-5c5659726601"),
        algorithm_name: some("MA Crossover"),
        coin: some("SOL"),
        action: some(if number.is_multiple_of(2) {
            "buy"
        } else {
            "sell"
        }),
        quantity: some("0.0455755"),
        confidence: some("0.527"),
        price: some("198.37652016775874"),
        source: None,
        details: some(SIGNAL_DETAILS),
        outcome: Some(outcome(number)),
    }
}

/// Every outcome in turn.
fn outcome(number: u128) -> SignalOutcome {
    let reason = "Position size limit exceeded: 25.31% of portfolio, limit 20%";
    let verdict = match number % 6 {
        0 => Verdict::Rejected(some(reason)),
        1 => Verdict::Ordered("submitted".to_owned()),
        2 => Verdict::Ordered("filled".to_owned()),
        3 => Verdict::Approved,
        4 => Verdict::Rejected(some("\"><script>alert(1)</script>\u{202e}")),
        _ => return SignalOutcome::Nothing,
    };
    SignalOutcome::Verdict {
        event: uuid(8_000 + number),
        verdict,
    }
}

pub fn signals(raw: &str) -> ListPage {
    let mut rows: Vec<Signal> = (1..12).map(executor_signal).collect();
    rows.push(Signal {
        id: SignalId::Collector(4_711),
        algorithm_id: None,
        algorithm_name: None,
        coin: some("BTC"),
        action: some("neutral"),
        quantity: None,
        confidence: some("0.5"),
        price: None,
        source: some("reddit_sentiment"),
        outcome: None,
        details: some(r#"{"mentions": 41}"#),
        ..executor_signal(12)
    });
    rows.push(Signal {
        algorithm_id: some("no such id"),
        algorithm_name: None,
        coin: None,
        action: some("maybe"),
        quantity: some("[1,2]"),
        confidence: some("NaN"),
        price: None,
        details: some("{\"signal\": null}"),
        ..executor_signal(13)
    });
    let rows = rows.iter().map(signal_row).collect();
    let mut page = list(views::signals(), raw, rows, Count::NotCounted);
    page.filter_options = vec![
        ("coin", words(&["BTC", "SOL"])),
        ("algorithm", words(&["MA Crossover"])),
        ("source", words(&["reddit_sentiment"])),
    ];
    page
}

/// The page of an executor's signal; its outcome goes by its number.
pub fn signal_page(number: u128) -> SignalPage {
    SignalPage {
        signal: executor_signal(number),
        event: Some(event_page().event),
        trace: Some(trace_whole()),
        findings: Vec::new(),
    }
}
