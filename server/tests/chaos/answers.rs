//! What an answer must hold: the quiet rows byte for byte, of the engine's numbered events every one and none twice.

use std::fmt::Write as _;
use std::net::SocketAddr;

use serde_json::Value;

use crate::common::download::Download;
use crate::engine::{Engine, TYPE, number_of};

/// Answers about rows that do not change, as they were in peace.
#[derive(Clone, Default)]
pub struct Reference(Vec<(String, String)>);

impl Reference {
    /// Asks for them, and holds the ids against SQL.
    pub async fn read(address: SocketAddr, cookie: &str, engine: &Engine) -> Self {
        let to = &engine.quiet;
        let mut answers = Vec::new();
        for path in [
            format!("/events.csv?to={to}"),
            format!("/events.jsonl?to={to}&order=oldest"),
            format!("/trades.csv?to={to}"),
            format!("/trades.jsonl?to={to}"),
            format!("/signals.csv?to={to}"),
            format!("/api/v1/events?to={to}&limit=100"),
            format!("/api/v1/trades?to={to}&order=oldest&limit=100"),
            format!("/api/v1/signals?to={to}&limit=100&q=BTC"),
        ] {
            let answer = Download::begin(address, &path, cookie).await.unwrap();
            assert!(answer.is(200), "{path}: {}", answer.head);
            let answer = answer.end().await;
            assert!(answer.is_whole, "{path}");
            answers.push((path, String::from_utf8(answer.body).unwrap()));
        }
        for (at, sql) in [
            (
                0,
                format!(
                    "SELECT string_agg(id::text, ',' ORDER BY \"timestamp\" DESC, id DESC) FROM audit_log WHERE \"timestamp\" <= '{to}'"
                ),
            ),
            (
                2,
                format!(
                    "SELECT string_agg(id::text, ',' ORDER BY \"timestamp\" DESC, id DESC) FROM trade_audit WHERE \"timestamp\" <= '{to}'"
                ),
            ),
        ] {
            let expected: String = engine.value(&sql).await;
            assert!(
                ids_of_csv(&answers[at].1).join(",") == expected,
                "{}: other rows than SQL's",
                answers[at].0
            );
        }
        Self(answers)
    }

    /// Those of exports, and those of pages.
    pub fn exports(&self) -> &[(String, String)] {
        &self.0[..5]
    }

    /// As [`Reference::exports`].
    pub fn pages(&self) -> &[(String, String)] {
        &self.0[5..]
    }
}

/// The ids at the beginnings of a CSV's records. A line that is a quoted value's own begins otherwise.
fn ids_of_csv(csv: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let mut ids = Vec::new();
    for line in csv.split_inclusive('\n') {
        if !is_quoted {
            ids.push(line.split(',').next().unwrap());
        }
        is_quoted ^= line.matches('"').count() % 2 == 1;
    }
    // The header's.
    ids.remove(0);
    ids
}

/// The body without the cursor of the next page, in which stands when the first page was asked for.
pub fn without_cursor(body: &str) -> &str {
    body.split("\"next\":").next().unwrap()
}

/// The body without the CSV's header.
pub fn rows(body: &str) -> &str {
    if body.starts_with("id,") {
        body.split_once("\r\n").unwrap().1
    } else {
        body
    }
}

/// Addresses that show the numbered events from a moment on.
pub fn live_addresses(from: &str) -> [String; 3] {
    [
        format!("/api/v1/events?type={TYPE}&from={from}&limit=100"),
        format!("/events?type={TYPE}&from={from}&limit=100"),
        format!("/events.jsonl?type={TYPE}&from={from}&order=oldest"),
    ]
}

/// The numbers of the events in an answer, in its order.
fn numbers(path: &str, body: &str) -> Vec<u64> {
    let of = |row: &Value| number_of(row["id"].as_str().unwrap()).unwrap();
    if path.starts_with("/api/") {
        let page: Value = serde_json::from_str(body).unwrap();
        page["rows"].as_array().unwrap().iter().map(of).collect()
    } else if path.contains(".jsonl") {
        let lines = body.lines();
        lines
            .map(|line| of(&serde_json::from_str(line).unwrap()))
            .collect()
    } else {
        let links = body.split("href=\"/events/").skip(1);
        let ids = links.filter_map(|link| link.split(['"', '?']).next());
        let mut numbers: Vec<u64> = ids.filter_map(number_of).collect();
        numbers.dedup();
        numbers
    }
}

/// What an answer may hold of the numbered events.
#[derive(Clone, Copy)]
pub struct Span {
    /// The first of those that are asked for.
    pub first: u64,
    /// Those up to here were there when it was asked for.
    pub at_least: u64,
    /// None after this had been written when the answer was there.
    pub at_most: u64,
}

/// What is wrong with a whole answer about the numbered events.
pub fn wrong_numbers(path: &str, body: &str, span: Span) -> Option<String> {
    let numbers = numbers(path, body);
    let mut wrong = String::new();
    let ascends = path.contains("order=oldest");
    let steps = numbers.iter().zip(numbers.iter().skip(1));
    let is_gap = |(one, next): &(&u64, &u64)| {
        let (low, high) = if ascends {
            (*one, *next)
        } else {
            (*next, *one)
        };
        low + 1 != *high
    };
    if let Some((one, next)) = steps.into_iter().find(is_gap) {
        write!(wrong, "{one} stands beside {next}; ").unwrap();
    }
    let (first, last) = if ascends {
        (numbers.first(), numbers.last())
    } else {
        (numbers.last(), numbers.first())
    };
    let last = last.copied().unwrap_or(span.first - 1);
    if last < span.at_least || last > span.at_most {
        let Span {
            at_least, at_most, ..
        } = span;
        write!(
            wrong,
            "it ends with {last}, not between {at_least} and {at_most}; "
        )
        .unwrap();
    }
    let is_page = path.contains("limit=100");
    if first.is_some_and(|first| *first != span.first) && !(is_page && numbers.len() == 100) {
        write!(wrong, "it begins with {first:?}, not {}; ", span.first).unwrap();
    }
    (!wrong.is_empty()).then(|| format!("{path}: {wrong}{} events", numbers.len()))
}
