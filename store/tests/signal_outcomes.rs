//! Outcomes of signals: filter and rows agree, and both follow the rules for linking.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::collections::HashSet;
use store::views;

use common::{Engine, signal_of};
use domain::csv::FormulaGuard;
use domain::filter::{ParamEnum as _, SignalOutcomeKind};
use domain::page::Count;
use domain::signal::{Origin, SignalId, SignalOutcome, Verdict};
use store::engine::ExportFormat;

/// The signals of a page with their outcomes.
async fn signals(engine: &Engine, raw: &str) -> Vec<(SignalId, Option<SignalOutcome>)> {
    let page = engine.page(views::signals(), raw).await.unwrap();
    page.rows.iter().map(signal_of).collect()
}

#[tokio::test]
async fn every_signal_of_the_sample_has_the_outcome_that_its_rows_tell() {
    let engine = Engine::sample().await;
    engine
        .execute(
            "INSERT INTO signal (type, asset, strength, generated_at, source) \
             SELECT 'buy', 'BTC', 0.5, timestamp, 'copy' FROM audit_log \
             WHERE event_type = 'ALGORITHM_SIGNAL' LIMIT 3",
        )
        .await;
    // Counted outside the console, by hand: 11 rejections by the kill switch; of 37 orders, 7 were never
    // filled.
    for (raw, rows) in [
        ("outcome=filled", 30),
        ("outcome=order", 7),
        ("outcome=rejected", 11),
        ("outcome=approved", 0),
        ("outcome=nothing", 0),
        ("outcome=order&outcome=filled", 37),
        ("outcome=!filled", 18 + 3),
        ("outcome=!nothing", 48 + 3),
        ("outcome=!nothing&origin=collector", 3),
        ("outcome=rejected&origin=collector", 0),
    ] {
        assert_eq!(
            engine.count(views::signals(), raw).await,
            Count::Exact(rows),
            "{raw}"
        );
    }
    let csv = engine
        .export(
            views::signals(),
            "outcome=rejected",
            ExportFormat::Csv(FormulaGuard::On),
        )
        .await;
    assert_eq!(common::parse_csv(&csv).len(), 1 + 11);
    for (id, outcome) in signals(&engine, "limit=500").await {
        assert_eq!(outcome.is_some(), id.origin() == Origin::Executor);
        let one = engine.db.find_signal(&engine.auditor, id).await;
        assert_eq!(one.unwrap().unwrap().outcome, outcome);
    }
    let rejected = signals(&engine, "outcome=rejected&limit=1").await;
    let Some(SignalOutcome::Verdict { event, verdict }) = &rejected[0].1 else {
        panic!("no verdict");
    };
    let reason = "Emergency stop is active - trading is halted";
    assert_eq!(*verdict, Verdict::Rejected(Some(reason.to_owned())));
    let event = engine.db.find_event(&engine.auditor, *event).await;
    assert_eq!(event.unwrap().unwrap().severity, "warning");
}

/// Each executor's signal is found by exactly the filter value of its outcome.
async fn words_agree_with_rows(engine: &Engine) {
    let all = signals(engine, "limit=500").await;
    let of_executor: HashSet<_> = all
        .iter()
        .map(|(id, _)| *id)
        .filter(|id| id.origin() == Origin::Executor)
        .collect();
    let mut found = HashSet::new();
    for (kind, word) in SignalOutcomeKind::VALUES {
        for (id, outcome) in signals(engine, &format!("outcome={word}&limit=500")).await {
            assert_eq!(outcome.unwrap().kind(), *kind, "{id}");
            assert!(found.insert(id), "{id} has two words");
        }
    }
    assert_eq!(found, of_executor);
}

/// One signal and the rows that follow it.
const ONE_TRADE: &str = r#"
    INSERT INTO "user" (email, is_active, is_superuser, id, hashed_password)
      VALUES ('a@b', true, false, '00000000-0000-0000-0000-000000000001', 'x'),
             ('c@d', true, false, '00000000-0000-0000-0000-000000000002', 'x')
      ON CONFLICT DO NOTHING;
    DELETE FROM audit_log; DELETE FROM orders;
    INSERT INTO audit_log (event_type, severity, details, user_id, id, timestamp) VALUES
      ('ALGORITHM_SIGNAL', 'info', '{"algorithm_id": "5CC13E81-f0d5-42de-a352-e8a1565429ca",
         "signal": {"action": "buy", "coin_type": "BTC", "quantity": "0.10", "confidence": 0.5}}',
       '00000000-0000-0000-0000-000000000001', gen_random_uuid(), '2026-11-23 10:00:00+00'),
      ('TRADE_APPROVED', 'info', '{"algorithm_id": "5CC13E81-f0d5-42de-a352-e8a1565429ca",
         "coin": "BTC", "side": "buy", "quantity": 0.1}',
       '00000000-0000-0000-0000-000000000001', gen_random_uuid(), '2026-11-23 10:00:00+00');
    INSERT INTO orders (id, user_id, algorithm_id, coin_type, side, order_type, quantity,
        filled_quantity, status, created_at, updated_at) VALUES
      (gen_random_uuid(), '00000000-0000-0000-0000-000000000001',
       '5cc13e81-f0d5-42de-a352-e8a1565429ca', 'BTC', 'buy', 'market', 1, 0, 'filled',
       '2026-11-23 10:00:00+00', now());"#;

/// Changes the approval's columns.
fn event(set: &str) -> String {
    format!("UPDATE audit_log SET {set} WHERE event_type = 'TRADE_APPROVED'")
}

/// Changes the approval's details.
fn details(from: &str, to: &str) -> String {
    event(&format!(
        "details = replace(details::text, '{from}', '{to}')::json"
    ))
}

/// Changes the signal's details.
fn signal(from: &str, to: &str) -> String {
    format!(
        "UPDATE audit_log SET details = replace(details::text, '{from}', '{to}')::json \
         WHERE event_type = 'ALGORITHM_SIGNAL'"
    )
}

/// Changes the order's columns.
fn order(set: &str) -> String {
    format!("UPDATE orders SET {set}")
}

/// Removes the algorithm from both events.
fn without_algorithm() -> String {
    "UPDATE audit_log SET details = replace(details::text, \
     '\"5CC13E81-f0d5-42de-a352-e8a1565429ca\"', 'null')::json"
        .to_owned()
}

/// Asserts the outcome of the filled trade after each change.
async fn assert_outcomes(cases: impl IntoIterator<Item = (String, &'static str)>) {
    let engine = Engine::empty().await;
    for (change, word) in cases {
        engine.execute(ONE_TRADE).await;
        engine.execute(&change).await;
        let rows = signals(&engine, "").await;
        assert_eq!(rows.len(), 1);
        let found = rows[0].1.as_ref().unwrap().kind().as_str();
        assert_eq!(found, word, "{change}");
        words_agree_with_rows(&engine).await;
    }
}

#[tokio::test]
async fn related_rows_are_distinguished_from_unrelated_ones() {
    let id = "\"algorithm_id\": \"5CC13E81-f0d5-42de-a352-e8a1565429ca\",";
    assert_outcomes([
        (String::new(), "filled"),
        (order("status = 'partial'"), "filled"),
        (order("status = 'FILLED'"), "order"),
        (order("status = 'failed'"), "order"),
        (order("side = 'sell'"), "approved"),
        (order("coin_type = 'ETH'"), "approved"),
        (order("algorithm_id = NULL"), "approved"),
        (order("algorithm_id = gen_random_uuid()"), "approved"),
        (
            order("user_id = '00000000-0000-0000-0000-000000000002'"),
            "approved",
        ),
        (
            order("created_at = '2026-11-23 09:59:59.999999+00'"),
            "approved",
        ),
        (order("created_at = '2026-11-23 10:00:10+00'"), "filled"),
        (
            order("created_at = '2026-11-23 10:00:10.000001+00'"),
            "approved",
        ),
        // Orders are linked to the approval, not to the signal.
        (
            format!(
                "{}; {}",
                event("timestamp = '2026-11-23 10:00:09+00'"),
                order("created_at = '2026-11-23 10:00:18+00'")
            ),
            "filled",
        ),
        (
            format!(
                "{}; {}",
                event("timestamp = '2026-11-23 10:00:09+00'"),
                order("created_at = '2026-11-23 10:00:08+00'")
            ),
            "approved",
        ),
        (
            event("timestamp = '2026-11-23 09:59:59.999999+00'"),
            "nothing",
        ),
        (
            event("timestamp = '2026-11-23 10:00:10.000001+00'"),
            "nothing",
        ),
        (event("user_id = NULL"), "nothing"),
        (
            event("user_id = '00000000-0000-0000-0000-000000000002'"),
            "nothing",
        ),
        (event("event_type = 'TRADE_WEIGHED'"), "nothing"),
        (event("event_type = 'TRADE_REJECTED'"), "rejected"),
        (event("details = NULL"), "nothing"),
        (details("BTC", "btc"), "nothing"),
        (details("buy", "sell"), "nothing"),
        (details("5CC1", "5cc1"), "nothing"),
        (details(id, ""), "nothing"),
        (details("0.1", "0.10001"), "nothing"),
    ])
    .await;
}

#[tokio::test]
async fn signals_with_missing_or_unreadable_details_have_an_outcome() {
    assert_outcomes([
        // Quantities that are not numbers are not compared.
        (details("0.1", "\"much\""), "filled"),
        (details("\"quantity\": 0.1", "\"amount\": 3"), "filled"),
        (signal("\"0.10\"", "1e-1"), "filled"),
        (signal("\"0.10\"", "\"NaN\""), "filled"),
        (signal("\"0.10\"", "1e999999"), "filled"),
        (signal("BTC", "BTC\\u0000"), "nothing"),
        (signal("\"buy\"", "[\"buy\"]"), "nothing"),
        // Without an algorithm on either side; the order then has none either.
        (without_algorithm(), "approved"),
        (
            format!("{}; {}", without_algorithm(), order("algorithm_id = NULL")),
            "filled",
        ),
        (
            format!(
                "{}; {}",
                without_algorithm(),
                details("\"algorithm_id\": null,", "")
            ),
            "approved",
        ),
        // A signal without a user can be approved, but an order always has a user.
        ("UPDATE audit_log SET user_id = NULL".to_owned(), "approved"),
        // The end of PostgreSQL's time, and beyond it.
        (
            "UPDATE audit_log SET timestamp = '294276-12-31 23:59:59.999999+00'".to_owned(),
            "approved",
        ),
        (
            "UPDATE audit_log SET timestamp = '-infinity'".to_owned(),
            "approved",
        ),
    ])
    .await;
}

#[tokio::test]
async fn the_earliest_verdict_and_the_earliest_order_count() {
    let engine = Engine::empty().await;
    engine.execute(ONE_TRADE).await;
    engine
        .execute(
            "INSERT INTO audit_log SELECT 'TRADE_REJECTED', severity, details, user_id, \
             gen_random_uuid(), timestamp + interval '1 microsecond' FROM audit_log \
             WHERE event_type = 'TRADE_APPROVED'; \
             INSERT INTO orders (id, user_id, algorithm_id, coin_type, side, order_type, quantity, \
             filled_quantity, status, created_at, updated_at) \
             SELECT gen_random_uuid(), user_id, algorithm_id, coin_type, side, order_type, quantity, \
             filled_quantity, 'failed', created_at + interval '1 microsecond', updated_at FROM orders",
        )
        .await;
    assert_eq!(
        engine.count(views::signals(), "outcome=filled").await,
        Count::Exact(1)
    );
    engine
        .execute(
            "UPDATE orders SET created_at = created_at + interval '2 microseconds' \
             WHERE status = 'filled'",
        )
        .await;
    assert_eq!(
        engine.count(views::signals(), "outcome=order").await,
        Count::Exact(1)
    );
    engine
        .execute(
            "UPDATE audit_log SET timestamp = timestamp + interval '2 microseconds' \
             WHERE event_type = 'TRADE_APPROVED'",
        )
        .await;
    assert_eq!(
        engine.count(views::signals(), "outcome=rejected").await,
        Count::Exact(1)
    );
}

#[tokio::test]
async fn hostile_rows_have_one_outcome_each_and_page_as_the_others() {
    let engine = Engine::history().await;
    engine
        .execute(
            r#"INSERT INTO audit_log (event_type, severity, details, id, timestamp)
                 SELECT kind, 'info', details::json, gen_random_uuid(), at::timestamptz
                 FROM unnest(ARRAY['ALGORITHM_SIGNAL', 'TRADE_APPROVED', 'TRADE_REJECTED']) AS kind,
                 unnest(ARRAY['infinity', '-infinity', '0044-03-15 BC', '294276-12-31 23:59:59.999999+00',
                   '2026-11-23 10:00:00+00']) AS at,
                 unnest(ARRAY[NULL, 'null', '[]', '5', '"x"', '{}', '{"signal": 5, "coin": [1]}',
                   '{"coin": "\u0000", "side": "buy", "signal": {"coin_type": "\u0000"}}',
                   '{"coin": "\ud800", "quantity": 1e999999}',
                   repeat('[', 3000) || repeat(']', 3000)]) AS details"#,
        )
        .await;
    let mut words = HashSet::new();
    for (_, word) in SignalOutcomeKind::VALUES {
        for order in ["newest", "oldest"] {
            let whole = engine
                .walk(
                    views::signals(),
                    &format!("outcome={word}&order={order}&limit=500"),
                    async |_| {},
                )
                .await;
            let small = engine
                .walk(
                    views::signals(),
                    &format!("outcome={word}&order={order}&limit=83"),
                    async |_| {},
                )
                .await;
            assert_eq!(small, whole, "{word} {order}");
            words.extend(whole);
        }
    }
    let executors = engine
        .walk(views::signals(), "origin=executor&limit=500", async |_| {})
        .await;
    assert_eq!(words, executors.into_iter().collect::<HashSet<_>>());
}
