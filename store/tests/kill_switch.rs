//! Episodes out of the real engine's rows.
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
use domain::filter::{EpisodeFilter, ListQuery};
use domain::page::Count;
use store::engine::ExportFormat;

async fn count(engine: &Engine, raw: &str) -> Count {
    let query: ListQuery<EpisodeFilter> = ListQuery::parse(raw).unwrap();
    let window = query.window(Tz::UTC, clock::now()).unwrap();
    engine
        .db
        .episodes(&engine.auditor, &query, window)
        .await
        .unwrap()
        .1
}

#[tokio::test]
async fn the_sample_has_three_episodes_and_one_leaks() {
    let engine = Engine::sample().await;
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
    let effects = engine.db.effects(&engine.auditor, &of).await.unwrap();
    let effect = |rejections, leaked_approvals, leaked_orders| Effect {
        rejections,
        leaked_approvals,
        leaked_orders,
    };
    assert_eq!(effects, [effect(6, 0, 0), effect(0, 6, 3), effect(5, 0, 0)]);
}

#[tokio::test]
async fn filters_of_episodes_find_what_the_sample_holds() {
    let engine = Engine::sample().await;
    for (raw, rows) in [
        ("", 3),
        ("mechanism=toggle", 1),
        ("mechanism=!toggle", 2),
        ("state=open", 0),
        ("state=closed", 3),
        ("actor=system", 1),
        ("actor=admin@example.com", 3),
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
async fn an_open_episode_goes_on_and_the_state_says_so() {
    let engine = Engine::sample().await;
    let state = engine.db.switch_state(&engine.auditor).await.unwrap();
    assert_eq!((state.declared, state.open_episodes), (Some(false), 0));
    engine
        .execute(
            r#"INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES
               ('kill_switch_toggle', 'critical', '{"active": true}', gen_random_uuid(), now()),
               ('kill_switch_toggle', 'critical', '{"active": "\u0000"}', gen_random_uuid(), now() + interval '1 s');
               UPDATE system_setting SET value = '{"active": true}'"#,
        )
        .await;
    let state = engine.db.switch_state(&engine.auditor).await.unwrap();
    assert_eq!((state.declared, state.open_episodes), (Some(true), 1));
    assert_eq!(count(&engine, "state=open").await, Count::Exact(1));
    let history = engine
        .db
        .kill_switch_history(&engine.auditor)
        .await
        .unwrap();
    assert_eq!(history.strays.len(), 1);
    // The list and the header derive it alike, whatever else the details hold.
    for details in [
        r#"{"active": false, "n": 1e400}"#,
        r#"{"active": true, "n": "\ud800"}"#,
        r#"{"active": "false"}"#,
        r#"{"active": false, "active": true}"#,
    ] {
        engine
            .execute(&format!(
                "INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES \
                 ('kill_switch_toggle', 'critical', '{details}', gen_random_uuid(), \
                 now() + interval '1 min')"
            ))
            .await;
        let state = engine.db.switch_state(&engine.auditor).await.unwrap();
        let history = engine
            .db
            .kill_switch_history(&engine.auditor)
            .await
            .unwrap();
        let open = history.episodes.iter().filter(|e| e.cleared().is_none());
        assert_eq!(state.open_episodes, open.count() as u64, "{details}");
    }
}

#[tokio::test]
async fn the_csv_has_the_contracts_columns() {
    let engine = Engine::sample().await;
    let query: ListQuery<EpisodeFilter> = ListQuery::parse("order=oldest").unwrap();
    let window = query.window(Tz::UTC, clock::now()).unwrap();
    let format = ExportFormat::Csv(FormulaGuard::On);
    let mut export = engine
        .db
        .export_episodes(&engine.auditor, &query, window, format)
        .await
        .unwrap();
    let text = String::from_utf8(export.next().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(export.next().await.is_none());
    insta::assert_snapshot!(text.replace('\r', ""), @r"
    id,mechanism,activated_at,activated_by,cleared_at,cleared_by,duration_seconds,rejections,leaked_approvals,leaked_orders,review_status,reviewed_by,reviewed_at
    09903d93-465f-4795-98bf-2a95a3e826c2,emergency_stop,2026-11-23T07:35:29.167649Z,admin@example.com,2026-11-23T07:35:29.788574Z,admin@example.com,0.620925,6,0,0,,,
    3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c,toggle,2026-11-23T07:35:30.370394Z,admin@example.com,2026-11-23T07:35:30.650522Z,admin@example.com,0.280128,0,6,3,,,
    c685626d-6b78-4836-90b5-8656f731a82f,emergency_stop,2026-11-23T07:35:31.716403Z,system,2026-11-23T07:35:32.129313Z,admin@example.com,0.412910,5,0,0,,,
    ");
}
