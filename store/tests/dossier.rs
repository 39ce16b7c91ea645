//! Dossiers and their exports, over the real engine's rows and hostile ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use common::{Engine, parse_csv, text_of};
use domain::clock;
use domain::csv::FormulaGuard;
use domain::dossier::{Dossier, ENTRY_COLUMNS, Kind, Span};
use domain::episode::Mechanism;
use domain::time::Timestamp;
use store::engine::{EpisodeExport, ExportFormat};
use uuid::Uuid;

const CSV: ExportFormat = ExportFormat::Csv(FormulaGuard::On);
const TOGGLE: &str = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";
const STOP: &str = "09903d93-465f-4795-98bf-2a95a3e826c2";

async fn dossier(engine: &Engine, id: &str) -> Dossier {
    let id: Uuid = id.parse().unwrap();
    let history = engine
        .db
        .kill_switch_history(&engine.auditor)
        .await
        .unwrap();
    let span = Span::around(history.find(id).unwrap(), clock::now());
    let found = engine.db.dossier(&engine.auditor, id, span).await.unwrap();
    found.unwrap()
}

async fn export(engine: &Engine, id: &str, of: EpisodeExport, format: ExportFormat) -> String {
    let dossier = dossier(engine, id).await;
    let span = dossier.timeline.span;
    let export = engine
        .db
        .export_moments(&engine.auditor, &dossier.episode, of, span, format)
        .await
        .unwrap();
    text_of(export).await
}

#[tokio::test]
async fn the_samples_toggle_leaks_and_its_value_is_exact() {
    let engine = Engine::sample().await;
    let dossier = dossier(&engine, TOGGLE).await;
    let leaks = &dossier.leaks;
    let kinds: Vec<(Kind, bool)> = leaks
        .entries
        .iter()
        .map(|m| (m.kind, m.is_second))
        .collect();
    let trade = [
        (Kind::Approved, false),
        (Kind::Created, false),
        (Kind::Approved, true),
    ];
    assert_eq!(kinds, [trade, trade, trade].concat());
    assert!(!leaks.more);
    let value = dossier.value.unwrap();
    assert_eq!(value.approved_once.to_string(), "2794.692223921144512");
    assert_eq!(value.approved_all.to_string(), "2794.758633191144512");
    assert_eq!((value.second_checks, value.without_value), (3, 0));
    assert_eq!((value.filled_orders, value.filled_without_price), (2, 0));
    // 0.0000309516 and 0.0000267891 at 1000.5.
    assert_eq!(value.filled.to_string(), "0.05776957035");
    let statuses: Vec<&str> = leaks
        .entries
        .iter()
        .filter_map(|moment| moment.status.as_deref())
        .collect();
    assert_eq!(statuses, ["filled", "submitted", "filled"]);
    assert_eq!(
        leaks.entries[0].algorithm_name.as_deref(),
        Some("MA Crossover")
    );
    assert!(leaks.in_flight.is_empty());
    // Orders left open by crashes of the executor.
    assert!(leaks.open_at_activation > 0);
    assert!(leaks.last_fill.is_some());
    let resumption = dossier.resumption.unwrap();
    assert!(resumption.approval.unwrap() > dossier.episode.cleared_at().unwrap());
    assert!(resumption.order.is_some());
    assert!(dossier.preceding.signals > 0);
    let before = dossier.before.last.unwrap();
    assert_eq!(before.event.event_type, "EMERGENCY_STOP_CLEARED");
    assert!(dossier.before.open.is_empty() && dossier.overlapping.is_empty());
    assert!(!dossier.timeline.more);
}

#[tokio::test]
async fn rejections_of_an_enforced_stop_are_paired() {
    let engine = Engine::sample().await;
    let dossier = dossier(&engine, STOP).await;
    assert_eq!(dossier.effect.rejections, 6);
    assert!(dossier.leaks.entries.is_empty());
    let inside = Span::inside(&dossier.episode);
    let rejected: Vec<bool> = dossier
        .timeline
        .entries
        .iter()
        .filter(|moment| moment.kind == Kind::Rejected && inside.contains(moment.at))
        .map(|moment| moment.is_second)
        .collect();
    assert_eq!(rejected, [false, true].repeat(6));
    assert_eq!(dossier.value.unwrap().approved_all.to_string(), "0");
}

#[tokio::test]
async fn the_leaks_csv_is_the_list_of_leaks() {
    let engine = Engine::sample().await;
    let text = export(&engine, TOGGLE, EpisodeExport::Leaks, CSV).await;
    insta::assert_snapshot!(text.replace('\r', ""));
    let lines = export(
        &engine,
        TOGGLE,
        EpisodeExport::Leaks,
        ExportFormat::JsonLines,
    )
    .await;
    assert_eq!(lines.lines().count(), 9);
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(row.as_object().unwrap().len(), ENTRY_COLUMNS.len());
        assert_eq!(row["inside"], true);
    }
}

#[tokio::test]
async fn the_timelines_csv_counts_attempts_and_trades_once() {
    let engine = Engine::sample().await;
    let rows = parse_csv(&export(&engine, STOP, EpisodeExport::Timeline, CSV).await);
    let column = |name: &str| {
        ENTRY_COLUMNS
            .iter()
            .position(|known| *known == name)
            .unwrap()
    };
    let cell = |row: &[Option<String>], name: &str| row[column(name)].clone().unwrap_or_default();
    let counted = rows[1..].iter().filter(|row| {
        cell(row, "kind") == "rejected"
            && cell(row, "inside") == "true"
            && cell(row, "counts") == "true"
    });
    assert_eq!(counted.count(), 6);
    let times: Vec<String> = rows[1..].iter().map(|row| cell(row, "timestamp")).collect();
    assert!(times.is_sorted());
    let seconds = rows[1..]
        .iter()
        .map(|row| cell(row, "seconds_after_activation"));
    assert!(seconds.clone().any(|seconds| seconds.starts_with('-')));
    assert!(
        seconds
            .clone()
            .any(|seconds| seconds == "0.104100" || seconds.starts_with("0.1"))
    );
}

/// Hostile rows of every kind, inside a toggle's episode.
const HOSTILE: &str = r#"
    INSERT INTO audit_log (event_type, severity, details, id, timestamp)
      SELECT kind, 'info', details::json, gen_random_uuid(), '2026-11-23 07:35:30.5+00'
      FROM unnest(ARRAY['TRADE_APPROVED', 'TRADE_REJECTED', 'ALGORITHM_SIGNAL']) AS kind,
        unnest(ARRAY[NULL, 'null', '[]', '"x"', '1e400', '{"trade_value": "1e400"}',
          '{"trade_value": "NaN", "coin": "<script>"}', '{"trade_value": {"a": 1}}',
          '{"coin": "\u0000"}', '{"coin": "\ud800"}', '{"algorithm_id": 7, "signal": 7}',
          '{"quantity": "=1+1", "coin": "=HYPERLINK(1)", "reason": "@x"}',
          repeat('[', 1000) || repeat(']', 1000)]) AS details;
    INSERT INTO orders SELECT gen_random_uuid(), user_id, NULL, '=coin', side, order_type, 'NaN', 'NaN',
      'NaN', 'unheard-of', '<b>', NULL, '2026-11-23 07:35:30.5+00', 'infinity', '-infinity', 'infinity'
      FROM orders LIMIT 1;
    INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES
      ('TRADE_APPROVED', 'info', '{}', gen_random_uuid(), 'infinity'),
      ('TRADE_APPROVED', 'info', '{}', gen_random_uuid(), '-infinity')"#;

#[tokio::test]
async fn hostile_rows_are_counted_and_stop_nothing() {
    let engine = Engine::sample().await;
    engine.execute(HOSTILE).await;
    let dossier = dossier(&engine, TOGGLE).await;
    assert_eq!(dossier.effect.leaked_approvals, 6 + 13);
    assert_eq!(dossier.effect.leaked_orders, 4);
    let value = dossier.value.unwrap();
    assert_eq!(value.approved_all.to_string(), "2794.758633191144512");
    assert_eq!(value.without_value, 13);
    let text = export(&engine, TOGGLE, EpisodeExport::Timeline, CSV).await;
    let rows = parse_csv(&text);
    assert!(rows.iter().all(|row| row.len() == ENTRY_COLUMNS.len()));
    for guarded in ["'=HYPERLINK(1)", "'=1+1", "'@x", "'=coin"] {
        assert!(text.contains(guarded), "{guarded}");
    }
}

#[tokio::test]
async fn entries_beyond_the_limit_are_counted_by_columns() {
    let engine = Engine::sample().await;
    engine
        .execute(
            "INSERT INTO audit_log (event_type, severity, details, id, timestamp) \
             SELECT 'TRADE_APPROVED', 'info', '{\"trade_value\": 0.1}', gen_random_uuid(), \
               '2026-11-23 07:35:30.4+00'::timestamptz + n * interval '10 microseconds' \
             FROM generate_series(1, 20000) AS n",
        )
        .await;
    let dossier = dossier(&engine, TOGGLE).await;
    assert!(dossier.timeline.more && dossier.leaks.more);
    let buckets = dossier.timeline.buckets.unwrap();
    let approved = buckets.iter().filter(|b| b.kind == Kind::Approved);
    let sum: u64 = approved.map(|bucket| bucket.count).sum();
    let span = dossier.timeline.span;
    let bare = format!(
        "SELECT count(*) FROM audit_log WHERE event_type = 'TRADE_APPROVED' \
         AND timestamp >= '{}' AND timestamp < '{}'",
        span.from.rfc3339(),
        span.to.rfc3339()
    );
    assert_eq!(sum.to_string(), engine.ask(&bare).await);
    assert!(
        buckets
            .iter()
            .all(|bucket| bucket.column < domain::dossier::COLUMNS)
    );
    assert_eq!(dossier.effect.leaked_approvals, 20_006);
    let value = dossier.value.unwrap();
    assert_eq!(value.approved_all.to_string(), "4794.758633191144512");
}

#[tokio::test]
async fn orders_in_flight_are_not_leaks() {
    let engine = Engine::sample().await;
    engine
        .execute(
            "INSERT INTO orders SELECT gen_random_uuid(), user_id, algorithm_id, coin_type, side, \
               order_type, quantity, 2, 3, 'filled', NULL, NULL, '2026-11-23 07:00:00+00', \
               '2026-11-23 07:35:30.6+00', '2026-11-23 07:00:01+00', '2026-11-23 07:35:30.6+00' \
             FROM orders LIMIT 1",
        )
        .await;
    let dossier = dossier(&engine, TOGGLE).await;
    assert_eq!(dossier.effect.leaked_orders, 3);
    let [flying] = dossier.leaks.in_flight.as_slice() else {
        panic!("{:?}", dossier.leaks.in_flight)
    };
    assert_eq!(flying.value.as_deref(), Some("6"));
    assert!(flying.created_at.unwrap() < dossier.episode.activated_at());
}

#[tokio::test]
async fn dossier_works_without_the_optional_tables() {
    let engine = Engine::sample().await;
    let full = dossier(&engine, TOGGLE).await;
    assert_eq!(full.risk_context.rules.unwrap().len(), 0);
    engine
        .execute("DROP TABLE risk_rule; DROP TABLE price_data_5min; DROP TABLE positions")
        .await;
    let bare = dossier(&engine, TOGGLE).await;
    assert_eq!(bare.risk_context.rules, None);
    assert!(bare.risk_context.equity.is_empty());
}

#[tokio::test]
async fn every_episode_of_the_history_has_a_dossier_and_only_toggles_leak() {
    let engine = Engine::history().await;
    let history = engine
        .db
        .kill_switch_history(&engine.auditor)
        .await
        .unwrap();
    assert!(history.episodes.len() > 10);
    let mut overlapping = 0;
    for episode in &history.episodes {
        let dossier = dossier(&engine, &episode.key().to_string()).await;
        let enforced = episode.mechanism == Mechanism::EmergencyStop;
        // A trade in flight at the activation may still be checked a second time.
        if !enforced {
            assert!(dossier.effect.leaked(), "{}", episode.key());
        }
        let first = dossier
            .leaks
            .entries
            .iter()
            .find(|moment| moment.at < Timestamp::INFINITY);
        assert_eq!(first.is_some(), dossier.effect.leaked());
        overlapping += dossier.overlapping.len();
        assert!(dossier.risk_context.rules.is_some());
        if episode.activated_at() > history.episodes[0].activated_at() {
            assert!(dossier.before.last.is_some());
        }
    }
    assert_eq!(overlapping % 2, 0);
    assert!(overlapping >= 2);
}

#[tokio::test]
async fn an_episode_at_the_end_of_the_calendar_has_a_dossier() {
    let engine = Engine::empty_with_console().await;
    let moments = [
        "-infinity",
        "4714-11-24 00:00:00+00 BC",
        "0001-01-01 00:00:00+00",
        "294276-12-31 23:59:59.999999+00",
        "infinity",
    ];
    // Of two rows with the same time, the id determines the order: an episode of zero length, or an open one.
    let ids = [(1, 2), (2, 1)].map(|(on, off)| (Uuid::from_u128(on), Uuid::from_u128(off)));
    for (at, (on, off)) in moments.into_iter().flat_map(|at| ids.map(|ids| (at, ids))) {
        let text = format!(
            r#"TRUNCATE audit_log;
               INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES
               ('kill_switch_toggle', 'critical', '{{"active": true}}', '{on}', '{at}'),
               ('kill_switch_toggle', 'critical', '{{"active": false}}', '{off}', '{at}')"#
        );
        engine.execute(&text).await;
        let list = engine.episodes("").await;
        let first = list.rows[0].episode.key().to_string();
        let dossier = dossier(&engine, &first).await;
        assert!(dossier.risk_context.equity.is_empty(), "{at}");
        for of in [EpisodeExport::Timeline, EpisodeExport::Leaks] {
            let lines = parse_csv(&export(&engine, &first, of, CSV).await);
            assert_eq!(lines.len(), 1, "{at}");
        }
    }
}

#[tokio::test]
async fn sums_are_exact_and_omissions_are_counted() {
    let engine = Engine::sample_with_console().await;
    let long = "0.000000000000000000000000000000000000001";
    let huge = "123456789012345678901234567890";
    let text = format!(
        r#"INSERT INTO audit_log (event_type, severity, details, id, timestamp) VALUES
           ('kill_switch_toggle', 'critical', '{{"active": true}}', gen_random_uuid(), now() - interval '1 h');
           INSERT INTO audit_log (event_type, severity, details, id, timestamp)
           SELECT 'TRADE_APPROVED', 'info', details::json, gen_random_uuid(), now() - n * interval '1 min'
           FROM unnest(ARRAY['{{"trade_value": {long}}}', '{{"trade_value": "{huge}"}}',
             '{{"trade_value": "1_000"}}', '{{"trade_value": 1e400}}', '{{"trade_value": null}}',
             '{{"trade_value": 5, "coin": "\u0000"}}', NULL]) WITH ORDINALITY AS w(details, n);
           INSERT INTO orders
           SELECT gen_random_uuid(), user_id, NULL, coin_type, side, order_type, 1, w.price, w.filled,
             'filled', NULL, NULL, now(), now(), now(), now()
           FROM (SELECT * FROM orders LIMIT 1) AS o,
             (VALUES (0.5, 3), (2, NULL), (0, 7)) AS w(filled, price)"#
    );
    engine.execute(&text).await;
    let list = engine.episodes("").await;
    let id = list.rows[0].episode.key().to_string();
    let value = dossier(&engine, &id).await.value.unwrap();
    let sum = format!("{huge}{}", &long[1..]);
    assert_eq!(value.approved_once.as_str(), sum);
    assert_eq!(value.approved_all.as_str(), sum);
    assert_eq!(value.without_value, 5);
    assert_eq!(value.filled.as_str(), "1.5");
    assert_eq!((value.filled_orders, value.filled_without_price), (2, 1));
}
