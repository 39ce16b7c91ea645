//! Findings: what the examiner finds in the engine's own rows and in a planted history, one way and the
//! other.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall fail")]

mod common;

use std::collections::BTreeMap;

use common::Engine;
use domain::live::RedisState;
use domain::time::Timestamp;
use sqlx::Row as _;
use store::findings::{Examiner, Pass};

/// What is kept, without what differs from run to run: rule, subject, time and summary.
async fn kept(engine: &Engine) -> Vec<(String, String, String, String)> {
    let rows = sqlx::query(
        "SELECT rule, subject_kind || ' ' || subject_id, \"timestamp\"::text, summary \
         FROM audit_console.finding WHERE gone_at IS NULL ORDER BY 1, 2",
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

async fn look_until_done(examiner: &mut Examiner, now: Timestamp) {
    while examiner
        .pass_at(now, &RedisState::NotConfigured)
        .await
        .unwrap()
        != Pass::Done
    {}
}

fn examiner(engine: &Engine) -> Examiner {
    Examiner::new(engine.db.clone(), engine.console())
}

#[tokio::test]
async fn the_engines_own_rows() {
    let engine = Engine::sample_with_console().await;
    let now = Timestamp::parse_rfc3339("2026-11-24T00:00:00Z").unwrap();
    look_until_done(&mut examiner(&engine), now).await;
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
