//! Characters that cannot be seen, in every text of the engine's, on every page that a person can get to.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::collections::{HashMap, HashSet, VecDeque};

use axum::http::StatusCode;
use common::Console;
use common::program::{program, run};
use domain::invisible::is_invisible;

/// Most pages of one kind that are looked at.
const OF_A_KIND: usize = 8;

/// Text that turns round, breaks, and hides, in every column that somebody may write.
const HOSTILE: &str = r#"
    UPDATE trade_audit SET asset = E'B\u200bTC', agent_id = E'agent\u2066', reason = E'up\u202enwod', block_reason = E'no\u200d\u0085'
      WHERE asset = 'BTC' OR block_reason IS NOT NULL;
    UPDATE trade_audit SET decision = E'BU\u00adY' WHERE id = (SELECT id FROM trade_audit ORDER BY id LIMIT 1);
    UPDATE orders SET coin_type = E'B\u200bTC', status = E'fil\u061cled', error_message = E'\ufefffailed'
      WHERE id IN (SELECT execution_order_id FROM trade_audit ORDER BY id LIMIT 8);
    UPDATE audit_log SET details = replace(details::text, 'BTC', E'B\u202eTC')::json WHERE event_type <> 'x';
    UPDATE audit_log SET event_type = E'ALGO\u200eODD', severity = E'in\u2060fo'
      WHERE id = (SELECT id FROM audit_log WHERE event_type = 'TRADE_APPROVED' ORDER BY id LIMIT 1);
    UPDATE algorithms SET name = E'MA \u202dCrossover', configuration_json = E'{"k\u200fey": "v\u200calue"}';
    UPDATE "user" SET email = E'strateg\u202eist@omc.local' WHERE email LIKE 'strategist%';
    INSERT INTO signal (type, asset, strength, generated_at, source, context)
      VALUES (E'bu\u200by', E'\u2067ETH', 0.5, now(), E'ne\u3164ws', E'{"head\u200bline": "\u202eabc", "deep": [["\ufff9"]]}');
    INSERT INTO audit_log (event_type, severity, details, id, timestamp)
      VALUES ('NOTE', 'info', E'{"broken \u202e": "\\u0000"}', gen_random_uuid(), now())
"#;

/// The paths of a page's links, which stay within the console.
fn links(page: &str) -> Vec<String> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|href| href.replace("&amp;", "&").replace("&#39;", "'"))
        .filter(|href| href.starts_with('/') && !href.starts_with("/pkg"))
        .filter(|href| {
            ![".csv", ".jsonl", "/api/", "/logout"]
                .iter()
                .any(|part| href.contains(part))
        })
        .map(|href| href.split('#').next().unwrap_or_default().to_owned())
        .collect()
}

/// What pages of one kind have in common: the path without ids, and whether there are parameters.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let has_digit = |part: &str| part.chars().any(|char| char.is_ascii_digit());
    let segments = path
        .split('/')
        .map(|part| if has_digit(part) { "ID" } else { part });
    let segments: Vec<&str> = segments.collect();
    format!(
        "{}{}",
        segments.join("/"),
        if query.is_empty() { "" } else { "?" }
    )
}

/// The page without the values of form fields, which are sent back as they are.
fn without_values(page: &str) -> String {
    let mut parts = page.split(" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, rest| {
        text + rest.split_once('"').map_or("", |(_, after)| after)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_holds_a_character_that_cannot_be_seen() {
    let console = Console::logged_in().await;
    console.execute(HOSTILE).await;
    let rebuilt = run(program(console.database.url()).args(["findings", "--rebuild"]));
    assert!(rebuilt.status.success());
    let mut waiting = VecDeque::from(["/".to_owned()]);
    let (mut seen, mut kinds) = (HashSet::new(), HashMap::<String, usize>::new());
    let mut marked = 0;
    while let Some(path) = waiting.pop_front() {
        let of_kind = kinds.entry(kind(&path)).or_default();
        if *of_kind == OF_A_KIND || !seen.insert(path.clone()) {
            continue;
        }
        *of_kind += 1;
        let page = console.get(&path).await;
        if page.status != StatusCode::OK {
            continue;
        }
        let text = without_values(&page.body);
        let hidden = text
            .char_indices()
            .find(|(_, char)| is_invisible(*char) && !matches!(char, '\n' | '\r' | '\t'));
        if let Some((at, char)) = hidden {
            let before: String = text[..at].chars().rev().take(200).collect();
            let before: String = before.chars().rev().collect();
            panic!("{path} holds {char:?} after {before}");
        }
        marked += usize::from(text.contains("class=\"hidden-char\""));
        waiting.extend(links(&page.body));
    }
    assert!(
        kinds.len() > 15 && marked > 20,
        "{} kinds, {marked} pages with marks",
        kinds.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn look_alikes_in_facets_and_menus_are_told_apart() {
    let console = Console::logged_in().await;
    console
        .execute(
            "UPDATE trade_audit SET asset = 'ВТС' WHERE id IN (SELECT id FROM trade_audit WHERE asset = 'BTC' ORDER BY id LIMIT 3)",
        )
        .await;
    let page = console.get("/trades?counts=exact").await.body;
    for note in [
        "Cyrillic U+0412, U+0422, U+0421",
        "Latin U+0042, U+0054, U+0043",
    ] {
        // Once in the menu, and in the facet on its link and the link's twin.
        assert_eq!(page.matches(note).count(), 3, "{note}: {page}");
    }
    let csv = console.get("/trades.csv").await.body;
    assert_eq!(csv.matches("ВТС").count(), 3);
}
