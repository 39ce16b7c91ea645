//! Episodes derived from the real engine's rows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use chrono_tz::Tz;
use common::Engine;
use domain::clock;
use domain::csv::FormulaGuard;
use domain::episode::{Effect, Mechanism};
use domain::filter::ListQuery;
use domain::page::Count;
use store::engine::ExportFormat;
use store::views;

async fn count(engine: &Engine, raw: &str) -> Count {
    engine.episodes(raw).await.count
}

#[tokio::test]
async fn the_sample_has_three_episodes_and_one_leaks() {
    let engine = Engine::sample_with_console().await;
    let history = engine
        .db
        .kill_switch_history(&engine.auditor)
        .await
        .unwrap();
    assert!(history.strays.is_empty());
    let mechanisms: Vec<Mechanism> = history.episodes.iter().map(|e| e.mechanism).collect();
    assert_eq!(
        mechanisms,
        [
            Mechanism::EmergencyStop,
            Mechanism::Toggle,
            Mechanism::EmergencyStop
        ]
    );
    let actors: Vec<String> = history.episodes.iter().map(|e| e.first().actor()).collect();
    assert_eq!(actors, ["admin@example.com", "admin@example.com", "system"]);
    assert!(history.episodes.iter().all(|e| e.cleared().is_some()));
    assert_eq!(history.episodes[0].activation.len(), 2);
    let of: Vec<_> = history.episodes.iter().collect();
    let expected = [effect(6, 0, 0), effect(0, 6, 3), effect(5, 0, 0)];
    // First counted, then cached.
    for _ in 0..2 {
        let effects = engine.db.effects(&engine.auditor, &of).await.unwrap();
        assert_eq!(effects, expected);
    }
}

const fn effect(rejections: u64, leaked_approvals: u64, leaked_orders: u64) -> Effect {
    Effect {
        rejections,
        leaked_approvals,
        leaked_orders,
    }
}

#[tokio::test]
async fn late_committed_row_is_counted_at_the_next_request() {
    let engine = Engine::sample_with_console().await;
    let effects = async || {
        let list = engine.episodes("order=oldest").await;
        list.rows.iter().map(|row| row.effect).collect::<Vec<_>>()
    };
    assert_eq!(effects().await[0], effect(6, 0, 0));
    let inside = "'2026-11-23 07:35:29.300000+00'";
    engine
        .execute(&format!(
            "INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES \
             ('TRADE_APPROVED', 'info', NULL, gen_random_uuid(), {inside}); \
             INSERT INTO orders SELECT gen_random_uuid(), user_id, algorithm_id, coin_type, side, \
               order_type, quantity, price, filled_quantity, status, error_message, NULL, {inside}, \
               {inside}, NULL, NULL FROM orders LIMIT 1"
        ))
        .await;
    assert_eq!(effects().await[0], effect(6, 1, 1));
    // An error row without its warning row is an attempt, too.
    engine
        .execute(&format!(
            "INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES \
             ('TRADE_REJECTED', 'error', '{{\"reason\": \"kill_switch_active\"}}', gen_random_uuid(), \
              {inside})"
        ))
        .await;
    assert_eq!(effects().await[0], effect(7, 1, 1));
    // So is a late clear.
    engine
        .execute(
            "INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES \
             ('EMERGENCY_STOP_CLEARED', 'warning', NULL, gen_random_uuid(), \
              '2026-11-23 07:35:29.200000+00')",
        )
        .await;
    let list = engine.episodes("order=oldest").await;
    assert_eq!(list.rows[0].episode.duration_micros(), Some(32_351));
    assert_eq!(list.history.strays.len(), 1);
}

#[tokio::test]
async fn daily_counts_of_a_long_episode_add_up_to_its_total() {
    let engine = Engine::empty_with_console().await;
    engine
        .execute(
            r#"INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES
                 ('kill_switch_toggle', 'critical', '{"active": true}', gen_random_uuid(),
                  now() - interval '60 days');
               INSERT INTO audit_log (event_type, severity, details, id, timestamp)
                 SELECT kind, severity, details::json, gen_random_uuid(),
                   date_trunc('day', now()) - n * interval '7 hours' + seconds * interval '1 ms'
                 FROM generate_series(0, 190) AS n, (VALUES
                   ('TRADE_APPROVED', 'info', NULL, 0),
                   ('TRADE_REJECTED', 'error', '{"reason": "kill_switch_active"}', -2),
                   ('TRADE_REJECTED', 'warning', '{"reason": "Emergency stop is active"}', 2))
                   AS written(kind, severity, details, seconds)"#,
        )
        .await;
    for _ in 0..2 {
        let list = engine.episodes("").await;
        // Every eighth pair of rows spans midnight, and is one attempt.
        assert_eq!(list.rows[0].effect, effect(191, 191, 0));
    }
    engine
        .execute(
            "INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES \
             ('TRADE_APPROVED', 'info', NULL, gen_random_uuid(), now())",
        )
        .await;
    let list = engine.episodes("").await;
    assert_eq!(list.rows[0].effect, effect(191, 192, 0));
    // A row from a month ago is committed late: days of any age are checked again.
    engine
        .execute(
            "INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES \
             ('TRADE_APPROVED', 'info', NULL, gen_random_uuid(), now() - interval '30 days')",
        )
        .await;
    let list = engine.episodes("").await;
    assert_eq!(list.rows[0].effect, effect(191, 193, 0));
}

#[tokio::test]
async fn filters_of_episodes_find_what_the_sample_holds() {
    let engine = Engine::sample_with_console().await;
    for (raw, rows) in [
        ("", 3),
        ("mechanism=toggle", 1),
        ("mechanism=!toggle", 2),
        ("state=open", 0),
        ("state=closed", 3),
        ("actor=system", 1),
        ("actor=admin@example.com", 3),
        ("review=overdue", 3),
        ("review=!overdue", 0),
        ("review=reviewed", 0),
        ("leaks=yes", 1),
        ("leaks=no", 2),
        ("q=REDIS", 2),
        ("from=2026-11-23T07:35:30Z", 2),
        ("last=15m", 0),
    ] {
        assert_eq!(count(&engine, raw).await, Count::Exact(rows), "{raw}");
    }
}

#[tokio::test]
async fn an_open_episode_is_ongoing_in_list_and_state() {
    let engine = Engine::sample_with_console().await;
    let state = async || {
        let state = engine.db.switch_state(&engine.auditor).await.unwrap();
        (state.declared, state.history.open().count())
    };
    assert_eq!(state().await, (Some(false), 0));
    engine
        .execute(
            r#"INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES
               ('kill_switch_toggle', 'critical', '{"active": true}', gen_random_uuid(), now()),
               ('kill_switch_toggle', 'critical', '{"active": "\u0000"}', gen_random_uuid(), now() + interval '1 s');
               UPDATE system_setting SET value = '{"active": true}'"#,
        )
        .await;
    assert_eq!(state().await, (Some(true), 1));
    assert_eq!(count(&engine, "state=open").await, Count::Exact(1));
    let history = engine
        .db
        .kill_switch_history(&engine.auditor)
        .await
        .unwrap();
    assert_eq!(history.strays.len(), 1);
    // The list and the header agree, whatever else the details contain.
    for (details, open) in [
        (r#"{"active": false, "n": 1e400}"#, 0),
        (r#"{"active": true, "n": "\ud800"}"#, 1),
        (r#"{"active": "false"}"#, 1),
        (r#"{"active": true, "active": false}"#, 0),
    ] {
        engine
            .execute(&format!(
                "INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES \
                 ('kill_switch_toggle', 'critical', '{details}', gen_random_uuid(), \
                 clock_timestamp() + interval '1 min')"
            ))
            .await;
        assert_eq!(state().await.1, open, "{details}");
        assert_eq!(
            count(&engine, "state=open").await,
            Count::Exact(open as u64),
            "{details}"
        );
    }
}

#[tokio::test]
async fn the_csv_has_the_contracts_columns() {
    let engine = Engine::sample_with_console().await;
    let query = ListQuery::parse(views::kill_switch(), "order=oldest").unwrap();
    let window = query.window(Tz::UTC, clock::now()).unwrap();
    let format = ExportFormat::Csv(FormulaGuard::On);
    let mut export = engine
        .db
        .export_episodes(
            &engine.auditor,
            &engine.review_policy(),
            &query,
            window,
            format,
        )
        .await
        .unwrap();
    let text = String::from_utf8(export.next().await.unwrap().unwrap().lines.to_vec()).unwrap();
    assert!(export.next().await.is_none());
    insta::assert_snapshot!(text.replace('\r', ""), @r"
    id,mechanism,activated_at,activated_by,cleared_at,cleared_by,duration_seconds,rejections,leaked_approvals,leaked_orders,review_status,reviewed_by,reviewed_at
    09903d93-465f-4795-98bf-2a95a3e826c2,emergency_stop,2026-11-23T07:35:29.167649Z,admin@example.com,2026-11-23T07:35:29.788574Z,admin@example.com,0.620925,6,0,0,overdue,,
    3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c,toggle,2026-11-23T07:35:30.370394Z,admin@example.com,2026-11-23T07:35:30.650522Z,admin@example.com,0.280128,0,6,3,overdue,,
    c685626d-6b78-4836-90b5-8656f731a82f,emergency_stop,2026-11-23T07:35:31.716403Z,system,2026-11-23T07:35:32.129313Z,admin@example.com,0.412910,5,0,0,overdue,,
    ");
}
