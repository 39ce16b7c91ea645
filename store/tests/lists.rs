//! Lists over the real engine's rows: the results of every filter, and complete paging.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::collections::HashSet;
use store::views;

use common::{Engine, text};

use domain::amount::Amount;
use domain::catalogue::{ListRow, RowKey, Value};
use domain::page::Count;
use domain::trade::Outcome;
use uuid::Uuid;

#[tokio::test]
async fn filters_of_trades_find_what_the_sample_holds() {
    let engine = Engine::sample().await;
    for (raw, rows) in [
        ("", 60),
        ("decision=HOLD", 12),
        ("decision=BUY&decision=SELL", 48),
        ("decision=!HOLD", 48),
        ("outcome=executed", 37),
        ("outcome=blocked", 11),
        ("outcome=pending", 0),
        ("outcome=!executed", 23),
        ("order_status=filled", 30),
        ("order_status=submitted", 7),
        ("order_status=missing", 0),
        ("order_status=!filled", 30),
        ("q=ma+CROSSOVER", 60),
        ("q=emergency+halted", 11),
        ("q=%25", 0),
        ("q=_", 0),
        ("agent=algo:74ad3880-c88c-4a10-bd8f-5c5659726601", 60),
        ("agent=!algo:74ad3880-c88c-4a10-bd8f-5c5659726601", 0),
        ("min_confidence=0&max_confidence=1", 60),
        ("from=2026-11-23&to=2026-11-23", 60),
        ("to=2026-11-22", 0),
        ("from=2026-11-23T07:35:32.514263Z", 1),
        ("to=2026-11-23T07:35:27.531030Z", 1),
    ] {
        assert_eq!(
            engine.count(views::trades(), raw).await,
            Count::Exact(rows),
            "{raw}"
        );
    }
}

#[tokio::test]
async fn a_decision_comes_with_its_order_and_outcome() {
    let engine = Engine::sample().await;
    let page = engine
        .page(views::trades(), "order_status=filled&limit=1")
        .await
        .unwrap();
    let decision = &page.rows[0];
    let value = |column| &decision.values[views::trades().column(column).unwrap()];
    assert_eq!(*value("is_executed"), Value::Bool(true));
    assert_eq!(*value("block_reason"), Value::Null);
    let price = Amount::from_numeric_text("1000.50000000".to_owned());
    assert_eq!(*value("order_price"), Value::Amount(price));
    let RowKey::Uuid(id) = decision.key else {
        panic!("a decision's key is a UUID");
    };
    let detail = engine
        .db
        .find_trade(&engine.auditor, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(detail.decision.outcome(), Outcome::Executed);
    assert_eq!(detail.algorithm_name.as_deref(), Some("MA Crossover"));
    let order = detail.decision.order.found().unwrap();
    assert_eq!(order.user_email.as_deref(), Some("strategist@omc.local"));
    assert_eq!(order.algorithm_name.as_deref(), Some("MA Crossover"));
    let nothing = engine
        .db
        .find_trade(&engine.auditor, Uuid::nil())
        .await
        .unwrap();
    assert!(nothing.is_none());
}

#[tokio::test]
async fn a_nonexistent_order_is_reported_as_missing() {
    let engine = Engine::sample().await;
    engine
        .execute("DELETE FROM orders WHERE id = '1b5bdb2a-3053-4a37-994d-859a3cd4b334'")
        .await;
    let page = engine
        .page(views::trades(), "order_status=missing")
        .await
        .unwrap();
    assert_eq!(page.rows.len(), 1);
    let value = |column| &page.rows[0].values[views::trades().column(column).unwrap()];
    assert!(matches!(value("execution_order_id"), Value::Text(_)));
    assert_eq!(*value("order_found"), Value::Bool(false));
}

#[tokio::test]
async fn filters_of_signals_find_both_origins() {
    let engine = Engine::sample().await;
    engine
        .execute(
            r#"INSERT INTO signal (type, asset, strength, generated_at, source, context) VALUES
               ('buy', 'BTC', 0.9, '2026-11-23 07:35:30+00', 'news', '{"headline": "up"}'),
               ('neutral', 'ETH', 'NaN', '2026-11-23 07:35:30+00', 'news', null)"#,
        )
        .await;
    for (raw, rows) in [
        ("", 50),
        ("origin=executor", 48),
        ("origin=collector", 2),
        ("origin=!executor", 2),
        ("source=news", 2),
        ("action=neutral", 1),
        ("algorithm=MA+Crossover", 48),
        ("algorithm=74ad3880-c88c-4a10-bd8f-5c5659726601", 48),
        ("algorithm=!MA+Crossover", 2),
        ("coin=BTC&origin=collector", 1),
        ("min_confidence=0&origin=collector", 1),
        ("min_confidence=0.9&max_confidence=0.9&origin=collector", 1),
        ("q=HEADLINE", 1),
    ] {
        assert_eq!(
            engine.count(views::signals(), raw).await,
            Count::Exact(rows),
            "{raw}"
        );
    }
}

#[tokio::test]
async fn filters_of_events_reach_into_the_details() {
    let engine = Engine::sample().await;
    let coins: i64 = engine
        .ask("SELECT count(*) FROM audit_log WHERE details->'signal'->>'coin_type' = 'BTC'")
        .await
        .parse()
        .unwrap();
    for (raw, rows) in [
        ("type=EMERGENCY_STOP_ACTIVATED", 4),
        ("severity=critical", 6),
        ("actor=system", 2),
        ("actor=ADMIN@example.com", 6),
        ("actor=!system", 150),
        ("actor=b0d1650a-70a5-441f-bd6e-3dc180d848d4&actor=system", 8),
        ("details.reason=kill_switch_active", 11),
        ("details.source=redis", 4),
        ("details.active=true", 1),
        (
            "details.signal.coin_type=BTC",
            u64::try_from(coins).unwrap(),
        ),
        (
            "details.signal.coin_type=!BTC",
            152 - u64::try_from(coins).unwrap(),
        ),
    ] {
        assert_eq!(
            engine.count(views::events(), raw).await,
            Count::Exact(rows),
            "{raw}"
        );
    }
}

#[tokio::test]
async fn paging_yields_every_old_row_once_while_rows_arrive() {
    let engine = Engine::sample().await;
    // Equal times make the order depend on the key alone.
    engine
        .execute(
            "UPDATE trade_audit SET timestamp = '2026-11-23 07:35:30+00' WHERE decision = 'BUY'",
        )
        .await;
    let all: i64 = engine
        .ask("SELECT count(*) FROM trade_audit")
        .await
        .parse()
        .unwrap();
    for order in ["newest", "oldest"] {
        let before: HashSet<RowKey> = engine
            .walk(
                views::trades(),
                &format!("order={order}&limit=500"),
                async |_| {},
            )
            .await
            .into_iter()
            .collect();
        let raw = format!("order={order}&limit=7");
        let walked = engine
            .walk(views::trades(), &raw, async |page| {
                // At both ends and in the middle of the range that is read, during the first pages.
                if page < 5 {
                    for at in [
                        "2026-11-23 07:35:40+00",
                        "2026-11-23 07:35:30+00",
                        "2026-01-01 00:00:00+00",
                    ] {
                        let sql = format!(
                            "INSERT INTO trade_audit SELECT agent_id, decision, reason, \
                             confidence_score, asset, price_at_decision, is_executed, NULL, NULL, \
                             gen_random_uuid(), '{at}' FROM trade_audit LIMIT 1"
                        );
                        engine.execute(&sql).await;
                    }
                }
            })
            .await;
        let once: HashSet<RowKey> = walked.iter().copied().collect();
        assert_eq!(once.len(), walked.len(), "a row came twice");
        assert!(before.is_subset(&once), "a row was lost");
    }
    assert!(all >= 60);
}

#[tokio::test]
async fn signals_of_both_origins_page_in_one_order_and_back() {
    let engine = Engine::sample().await;
    engine
        .execute(
            "INSERT INTO signal (type, asset, strength, generated_at, source) \
             SELECT 'buy', 'BTC', 0.5, timestamp, 'copy' FROM audit_log \
             WHERE event_type = 'ALGORITHM_SIGNAL'",
        )
        .await;
    for order in ["newest", "oldest"] {
        let whole = engine
            .walk(
                views::signals(),
                &format!("order={order}&limit=500"),
                async |_| {},
            )
            .await;
        assert_eq!(whole.len(), 96);
        let small = engine
            .walk(
                views::signals(),
                &format!("order={order}&limit=5"),
                async |_| {},
            )
            .await;
        assert_eq!(small, whole);
        // To the last page and back again.
        let mut query = common::query(views::signals(), &format!("order={order}&limit=5"));
        let mut pages = Vec::new();
        loop {
            let page = engine.page_of(&query).await.unwrap();
            let next = page.next.clone();
            pages.push(page);
            match next {
                Some(next) => query = query.at(next),
                None => break,
            }
        }
        while pages.len() > 1 {
            let last = pages.pop().unwrap();
            let back = engine
                .page_of(&query.at(last.previous.unwrap()))
                .await
                .unwrap();
            assert_eq!(back.rows, pages.last().unwrap().rows);
            assert_eq!(back.previous.is_some(), pages.len() > 1);
            assert!(back.next.is_some());
        }
    }
}

#[tokio::test]
async fn hostile_rows_break_no_list() {
    let engine = Engine::sample().await;
    engine
        .execute(
            r#"INSERT INTO trade_audit VALUES
                 ('x', 'BUY', '<script>', 'NaN', 'BTC', 'NaN', false, NULL, E'=1+1\n', gen_random_uuid(), 'infinity'),
                 ('x', 'BUY', '', 'Infinity', '', NULL, true, gen_random_uuid(), '', gen_random_uuid(), '-infinity'),
                 ('x', '?', '', '-Infinity', '', NULL, true, NULL, '', gen_random_uuid(), '0044-03-15 BC'),
                 ('x', '?', '', 1e300, '', NULL, true, NULL, '', gen_random_uuid(), '294276-12-31');
               INSERT INTO audit_log (event_type, severity, details, id, timestamp)
                 SELECT 'ALGORITHM_SIGNAL', 'info', details::json, gen_random_uuid(), now()
                 FROM unnest(ARRAY[NULL, 'null', '[]', '5', '"x"', '{}', '{"signal": 5}',
                   '{"signal": {"action": ["buy"], "quantity": {"a": 1}, "confidence": "high"}}',
                   '{"algorithm_id": "\u0000", "signal": {"coin_type": "BTC"}}',
                   '{"algorithm_id": "\ud800"}', '{"algorithm_id": "\\u0000 \ud83d\ude00"}',
                   '{"signal": {"confidence": 1e999999, "coin_type": "DEEP"}}',
                   repeat('[', 1000) || repeat(']', 1000)]) AS details"#,
        )
        .await;
    let trades = engine
        .page(views::trades(), "limit=500&order=oldest")
        .await
        .unwrap();
    assert_eq!(trades.rows.len(), 64);
    assert_eq!(trades.rows[0].timestamp.rfc3339(), "-infinity");
    assert_eq!(
        engine
            .walk(views::trades(), "limit=1", async |_| {})
            .await
            .len(),
        64
    );
    assert_eq!(
        engine
            .walk(views::trades(), "limit=1&order=oldest", async |_| {})
            .await
            .len(),
        64
    );
    let confident = engine
        .page(views::trades(), "min_confidence=1&limit=500")
        .await
        .unwrap();
    let score = views::trades().column("confidence_score").unwrap();
    let is_high = |row: &ListRow| matches!(row.values[score], Value::Float(score) if score >= 1.0);
    assert!(confident.rows.iter().all(is_high));
    let signals = engine.page(views::signals(), "limit=500").await.unwrap();
    assert_eq!(signals.rows.len(), 48 + 13);
    let emoji = signals
        .rows
        .iter()
        .find(|row| text(views::signals(), row, "algorithm_id") == Some("\\u0000 😀"));
    assert!(
        emoji.is_some(),
        "an escaped backslash and a proper pair can be read"
    );
    for raw in [
        "min_confidence=0.1&limit=500",
        "coin=BTC",
        "q=%5Cu0000",
        "algorithm=!x",
    ] {
        engine.page(views::signals(), raw).await.unwrap();
    }
    for raw in [
        "details.signal.coin_type=DEEP",
        "details.signal.coin_type=!BTC",
        "details.0=x",
        "q=deep",
    ] {
        engine.page(views::events(), raw).await.unwrap();
    }
}

#[tokio::test]
async fn text_search_ignores_case() {
    let engine = Engine::empty().await;
    engine
        .execute(
            "INSERT INTO trade_audit VALUES ('x', 'BUY', 'Ärger über LIMIT_7, 50% off €9', 0.5, 'BTC', 1, false, \
             NULL, 'Éclair\\n', gen_random_uuid(), now())",
        )
        .await;
    for (raw, found) in [
        ("q=limit_7", 1),
        ("q=LIMIT%5F7+50%25", 1),
        ("q=limit-7", 0),
        ("q=_7+50%25", 1),
        ("q=5_%25", 0),
        ("q=%E2%82%AC9", 1),
        ("q=%E2%82%AC5", 0),
        ("q=%C3%A4RGER+%C3%9CBER+Off", 1),
        ("q=%C3%A9CLAIR%5CN", 1),
        ("q=eclair", 0),
        ("q=arger", 0),
    ] {
        let count = engine.count(views::trades(), raw).await;
        assert_eq!(count, Count::Exact(found), "{raw}");
    }
}

#[tokio::test]
async fn words_are_found_in_json_however_python_escaped_them() {
    let engine = Engine::empty().await;
    engine
        .execute(
            r#"INSERT INTO audit_log (event_type, severity, details, id, timestamp)
               VALUES ('NOTE', 'info', '{"m": "\u00c4RGER \ud83d\ude00 say \"hi\""}', gen_random_uuid(), now())"#,
        )
        .await;
    for raw in [
        "q=%C3%A4rger",
        "q=%C3%84RGER",
        "q=%F0%9F%98%80",
        "q=%22hi%22",
        "q=note+SAY",
    ] {
        assert_eq!(
            engine.count(views::events(), raw).await,
            Count::Exact(1),
            "{raw}"
        );
    }
    assert_eq!(
        engine.count(views::events(), "q=%C3%B6rger").await,
        Count::Exact(0)
    );
}
