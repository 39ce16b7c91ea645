//! Findings: what the examiner finds in the engine's own rows and in planted histories, one way and the
//! other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::Engine;
use demo::engine::HistorySpec;
use demo::load::without_database;
use demo::testdb::small_history;
use domain::live::RedisState;
use domain::time::Timestamp;
use sqlx::Row as _;
use store::findings::{Examiner, Pass};

/// What is kept, without what differs from run to run: rule, subject, time and summary.
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

async fn look_until_done(examiner: &mut Examiner, now: Timestamp) {
    while examiner.pass_at(now, &REDIS).await.unwrap() != Pass::Done {}
}

fn examiner(engine: &Engine) -> Examiner {
    Examiner::new(engine.db.clone(), engine.console())
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
    look_until_done(&mut examiner(&engine), moment("2026-11-24T00:00:00Z")).await;
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

/// Exactly what was planted, none more.
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
    look_until_done(&mut examiner(&engine), end_of(spec)).await;
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
async fn a_rebuild_finds_the_same_also_when_it_is_interrupted() {
    let spec = small_history();
    let (engine, now) = (Engine::history_of(spec).await, end_of(spec));
    let mut incremental = examiner(&engine);
    // Looked at while the history grew, day by day.
    for day in (0..=30).rev() {
        let then = now.plus_micros(-day * 86_400_000_000);
        look_until_done(&mut incremental, then).await;
    }
    let by_day = kept(&engine).await;
    engine
        .execute("DELETE FROM audit_console.finding; DELETE FROM audit_console.finding_progress; DELETE FROM audit_console.finding_waiting")
        .await;
    let mut spans = 0;
    let interrupted = examiner(&engine)
        .rebuild_at(now, &REDIS, |_| {
            spans += 1;
            false
        })
        .await
        .unwrap();
    assert!(matches!(interrupted, Pass::Further(_)) && spans == 1);
    // Another process goes on with it.
    let done = examiner(&engine).rebuild_at(now, &REDIS, |_| true).await;
    assert_eq!(done.unwrap(), Pass::Done);
    let rebuilt = kept(&engine).await;
    assert_eq!(by_day.symmetric_difference(&rebuilt).count(), 0);
    let again = examiner(&engine).rebuild_at(now, &REDIS, |_| true).await;
    assert_eq!(again.unwrap(), Pass::Done);
    assert_eq!(kept(&engine).await, rebuilt);
}
