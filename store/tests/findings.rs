//! Findings of the scanner in the engine's own rows and in generated histories, by incremental scan and by re-run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on shall fail"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Engine;
use demo::engine::HistorySpec;
use demo::load::without_database;
use demo::testdb::small_history;
use domain::filter::ParamEnum as _;
use domain::live::RedisState;
use domain::time::Timestamp;
use sqlx::Row as _;
use store::findings::{FindingScanner, ScanOutcome};

/// Stored findings without fields that vary: rule, subject, time and summary.
async fn kept(engine: &Engine) -> BTreeSet<(String, String, String, String)> {
    let rows = sqlx::query(
        "SELECT rule, subject_kind || ' ' || subject_id, \"timestamp\"::text, summary \
         FROM audit_console.finding WHERE gone_at IS NULL",
    )
    .fetch_all(engine.database.pool())
    .await
    .unwrap();
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2), row.get(3)))
        .collect()
}

async fn counts(engine: &Engine) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (rule, ..) in kept(engine).await {
        *counts.entry(rule).or_default() += 1;
    }
    counts
}

const REDIS: RedisState = RedisState::NotConfigured;

async fn look_until_done(scanner: &mut FindingScanner, now: Timestamp) {
    while scanner.scan_at(now, &REDIS).await.unwrap() != ScanOutcome::Done {}
}

fn scanner(engine: &Engine) -> FindingScanner {
    FindingScanner::new(engine.db.clone(), engine.console())
}

fn moment(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap()
}

/// The end of a history of the demo engine.
fn end_of(spec: HistorySpec) -> Timestamp {
    let unix_epoch = moment("1970-01-01T00:00:00Z");
    unix_epoch.plus_micros(spec.end.0)
}

#[tokio::test]
async fn the_engines_own_rows() {
    let engine = Engine::sample_with_console().await;
    look_until_done(&mut scanner(&engine), moment("2026-11-24T00:00:00Z")).await;
    let expected = BTreeMap::from([
        ("leak-during-stop".to_owned(), 9),
        ("executed-not-filled".to_owned(), 7),
    ]);
    assert_eq!(
        counts(&engine).await,
        expected,
        "{:#?}",
        kept(&engine).await
    );
}

/// Expects exactly the planted findings.
async fn finds_what_was_planted(spec: HistorySpec) {
    let planted = without_database(spec, |_, _| {});
    let planted: BTreeSet<(String, String)> = planted
        .findings
        .iter()
        .map(|planted| {
            let subject = format!("{} {}", planted.subject_kind, planted.subject_id);
            (planted.rule.to_owned(), subject)
        })
        .collect();
    let engine = Engine::history_of(spec).await;
    look_until_done(&mut scanner(&engine), end_of(spec)).await;
    // Without Redis the setting and the last event agree: nothing of `state-disagrees`.
    let found: BTreeSet<(String, String)> = kept(&engine)
        .await
        .into_iter()
        .map(|(rule, subject, ..)| (rule, subject))
        .collect();
    let missed: Vec<_> = planted.difference(&found).collect();
    let invented: Vec<_> = found.difference(&planted).collect();
    assert!(
        missed.is_empty() && invented.is_empty(),
        "missed: {missed:#?}\ninvented: {invented:#?}"
    );
    assert!(planted.len() > 50);
}

#[tokio::test]
async fn in_a_small_history_exactly_the_planted_ones_are_found() {
    finds_what_was_planted(small_history()).await;
}

#[tokio::test]
async fn among_200_000_decisions_exactly_the_planted_ones_are_found() {
    finds_what_was_planted(HistorySpec {
        rows: 200_000,
        days: 90,
        ..small_history()
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_rebuild_finds_the_same() {
    let spec = small_history();
    let (engine, now) = (Engine::history_of(spec).await, end_of(spec));
    let mut incremental = scanner(&engine);
    // Scanned while the history grows, day by day.
    for day in (0..=30).rev() {
        let then = now.plus_micros(-day * 86_400_000_000);
        look_until_done(&mut incremental, then).await;
    }
    let by_day = kept(&engine).await;
    engine
        .execute("DELETE FROM audit_console.finding; DELETE FROM audit_console.finding_progress; DELETE FROM audit_console.finding_waiting")
        .await;
    let mut spans = 0;
    let interrupted = scanner(&engine)
        .rebuild_at(now, &REDIS, |_| {
            spans += 1;
            false
        })
        .await
        .unwrap();
    assert!(matches!(interrupted, ScanOutcome::More(_)) && spans == 1);
    // Another process resumes it.
    let done = scanner(&engine).rebuild_at(now, &REDIS, |_| true).await;
    assert_eq!(done.unwrap(), ScanOutcome::Done);
    let rebuilt = kept(&engine).await;
    assert_eq!(by_day.symmetric_difference(&rebuilt).count(), 0);
    let again = scanner(&engine).rebuild_at(now, &REDIS, |_| true).await;
    assert_eq!(again.unwrap(), ScanOutcome::Done);
    assert_eq!(kept(&engine).await, rebuilt);
}

#[tokio::test]
async fn late_committed_row_is_found_by_the_next_scan() {
    let engine = Engine::sample_with_console().await;
    let now = moment("2026-11-23T07:40:00Z");
    let mut scanner = scanner(&engine);
    look_until_done(&mut scanner, now).await;
    let before = kept(&engine).await;
    // Two minutes ago: before the scanner's progress, and within the range that is scanned again.
    engine
        .execute(
            "INSERT INTO public.trade_audit (agent_id, decision, reason, confidence_score, asset, \
             is_executed, execution_order_id, block_reason, id, \"timestamp\") VALUES ('late', 'BUY', '', 7, \
             'BTC', false, NULL, NULL, gen_random_uuid(), '2026-11-23T07:38:00Z')",
        )
        .await;
    look_until_done(&mut scanner, now.plus_micros(11_000_000)).await;
    let found: Vec<_> = kept(&engine).await.difference(&before).cloned().collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].0, "confidence-out-of-range");
}

#[tokio::test]
async fn a_finding_disappears_when_its_order_fills() {
    let engine = Engine::sample_with_console().await;
    let mut scanner = scanner(&engine);
    let now = moment("2026-11-23T07:40:00Z");
    look_until_done(&mut scanner, now).await;
    let unfilled = "executed-not-filled";
    assert_eq!(
        counts(&engine).await.get(unfilled),
        None,
        "15 minutes are not over"
    );
    look_until_done(&mut scanner, now.plus_micros(3_600_000_000)).await;
    assert_eq!(counts(&engine).await.get(unfilled), Some(&7));
    engine
        .execute("UPDATE public.orders SET status = 'filled', filled_at = now() WHERE status = 'submitted'")
        .await;
    look_until_done(&mut scanner, now.plus_micros(3_605_000_000)).await;
    assert_eq!(counts(&engine).await.get(unfilled), None);
}

#[tokio::test]
async fn an_explained_finding_reopens_when_its_summary_changes() {
    let engine = Engine::sample_with_console().await;
    let mut scanner = scanner(&engine);
    let now = moment("2026-11-24T00:00:00Z");
    look_until_done(&mut scanner, now).await;
    engine
        .execute(
            "INSERT INTO audit_console.finding_note (finding_id, number, key, author_kind, author_id, \
             author_email, answer, note, about) SELECT id, 1, gen_random_uuid(), 'console', \
             gen_random_uuid(), 'a@b', 'explained', 'The exchange was away.', summary \
             FROM audit_console.finding WHERE rule = 'executed-not-filled'",
        )
        .await;
    let counted = async || {
        let counts = engine
            .console()
            .count_findings_by_rule(&engine.auditor)
            .await;
        let mut counts = counts.unwrap().into_iter();
        let unfilled = counts.find(|count| count.rule.as_str() == "executed-not-filled");
        unfilled.map(|count| (count.open, count.explained))
    };
    assert_eq!(counted().await, Some((0, 7)));
    engine
        .execute("UPDATE public.orders SET status = 'failed' WHERE status = 'submitted'")
        .await;
    look_until_done(&mut scanner, now.plus_micros(5_000_000)).await;
    assert_eq!(counted().await, Some((7, 0)));
}

/// Rows that violate every assumption, in each table.
const HOSTILE: &str = r#"
INSERT INTO public.audit_log (event_type, severity, details, user_id, id, "timestamp")
SELECT kind, 'warning', details::json, NULL, gen_random_uuid(), at::timestamptz
FROM unnest(ARRAY['ALGORITHM_SIGNAL', 'TRADE_APPROVED', 'TRADE_REJECTED', 'EMERGENCY_STOP_ACTIVATED',
  'kill_switch_toggle', 'SOMETHING_NEW', '']) AS kind,
 unnest(ARRAY[NULL, 'null', '[]', '"text"', '17', '{"a": "\u0000"}', '{"signal": "\ud83d", "reason": "\udead"}',
  '{"user_id": [], "coin": {}, "side": 1, "quantity": "NaN", "trade_value": "1e999", "algorithm_id": "=1+1"}',
  '{"user_id": "system'';--", "signal": {"action": "BUY", "coin_type": "<b>", "confidence": 1e400}}'])
  AS details,
 unnest(ARRAY['-infinity', '4713-01-01 00:00:00 BC', '2026-11-23 07:35:29', '294276-12-31', 'infinity']) AS at;
INSERT INTO public.trade_audit (agent_id, decision, reason, confidence_score, asset, is_executed,
 execution_order_id, block_reason, id, "timestamp")
SELECT agent, 'SELL', '', confidence, '', executed, own, block, own, at::timestamptz
FROM unnest(ARRAY['algo:', 'algo:00000000-0000-0000-0000-000000000000', '']) AS agent,
 unnest(ARRAY['NaN', 'Infinity', '-1']::double precision[]) AS confidence, unnest(ARRAY[true, false]) AS executed,
 unnest(ARRAY[NULL, '', '<script>']) AS block,
 unnest(ARRAY['-infinity', '2026-11-23 07:35:29', 'infinity']) AS at,
 LATERAL (SELECT md5(agent || confidence || executed || coalesce(block, 'null') || at)::uuid AS own) AS own;
INSERT INTO public.risk_rule (name, rule_type, value, is_active, id, created_at, updated_at)
SELECT 'odd', 'max_position_size', value::json, true, gen_random_uuid(), '-infinity', 'infinity'
FROM unnest(ARRAY[NULL, '[]', '{"max_value": "many"}', '{"max_value": {"a": 1}}', '{"max_value": "\u0000"}']) AS value;
"#;

#[tokio::test]
async fn malformed_rows_do_not_stop_any_rule() {
    let engine = Engine::sample_with_console().await;
    engine.execute(HOSTILE).await;
    let now = moment("2026-11-24T00:00:00Z");
    look_until_done(&mut scanner(&engine), now).await;
    let found = counts(&engine).await;
    let progress = engine.console().finding_progress(&engine.auditor).await;
    assert_eq!(progress.unwrap().len(), 19);
    for rule in [
        "executed-not-filled",
        "executed-without-order",
        "orphan-reference",
        "confidence-out-of-range",
        "future-timestamp",
        "unreadable-details",
        "blocked-yet-ordered",
        "unknown-actor",
    ] {
        assert!(found.contains_key(rule), "{rule}: {found:#?}");
    }
    assert_eq!(found["executed-not-filled"], 7);
    let rebuilt = kept(&engine).await;
    let mut again = scanner(&engine);
    let done = again.rebuild_at(now, &REDIS, |_| true).await;
    assert_eq!(done.unwrap(), ScanOutcome::Done);
    assert_eq!(kept(&engine).await, rebuilt);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_looks_at_a_time() {
    let engine = Engine::sample_with_console().await;
    let now = moment("2026-11-24T00:00:00Z");
    let mut other = None;
    let done = scanner(&engine)
        .rebuild_at(now, &REDIS, |_| {
            let pass = tokio::task::block_in_place(|| {
                let handle = tokio::runtime::Handle::current();
                handle.block_on(async { scanner(&engine).scan_at(now, &REDIS).await.unwrap() })
            });
            other = Some(pass);
            true
        })
        .await;
    assert_eq!(
        (done.unwrap(), other),
        (ScanOutcome::Done, Some(ScanOutcome::NotOurTurn))
    );
}
