//! The SQL of rules: every query runs on any rows and returns the findings of its rule.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on shall fail"
)]

mod common;

use std::collections::BTreeSet;

use common::Engine;
use domain::clock;
use domain::filter::ParamEnum as _;
use domain::finding::Rule;
use domain::live::RedisState;
use sqlx::{AssertSqlSafe, Row as _};
use store::engine::rule_query;
use store::findings::{FindingScanner, ScanOutcome};

/// Kind and id of every subject.
type Subjects = BTreeSet<(String, String)>;

/// The subjects that the query returns.
async fn shown(engine: &Engine, rule: Rule) -> Subjects {
    let text = rule_query(rule).text;
    let rows = sqlx::query(AssertSqlSafe(text.clone()))
        .fetch_all(engine.database.pool())
        .await
        .unwrap_or_else(|error| panic!("{}: {error}\n{text}", rule.as_str()));
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The subjects of the rule's findings.
async fn found(engine: &Engine, rule: Rule) -> Subjects {
    let rows = sqlx::query(
        "SELECT subject_kind, subject_id FROM audit_console.finding WHERE gone_at IS NULL AND rule = $1",
    )
    .bind(rule.as_str())
    .fetch_all(engine.database.pool())
    .await
    .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn look(engine: &Engine) {
    let mut scanner = FindingScanner::new(engine.db.clone(), engine.console());
    let now = clock::now();
    while scanner
        .scan_at(now, &RedisState::NotConfigured)
        .await
        .unwrap()
        != ScanOutcome::Done
    {}
}

#[tokio::test]
async fn queries_and_rules_agree_on_the_engines_rows() {
    let engine = Engine::sample_with_console().await;
    look(&engine).await;
    for rule in Rule::all() {
        assert_eq!(
            shown(&engine, rule).await,
            found(&engine, rule).await,
            "{}",
            rule.as_str()
        );
    }
    assert_eq!(shown(&engine, Rule::LeakDuringStop).await.len(), 9);
    assert_eq!(shown(&engine, Rule::ExecutedNotFilled).await.len(), 7);
}

#[tokio::test]
async fn queries_and_rules_agree_on_hostile_rows_unless_documented() {
    let engine = Engine::history_with_console().await;
    look(&engine).await;
    let mut compared = 0;
    for rule in Rule::all() {
        let (shown, found) = (shown(&engine, rule).await, found(&engine, rule).await);
        if rule_query(rule).differs.is_none() {
            assert_eq!(shown, found, "{}", rule.as_str());
            compared += usize::from(!found.is_empty());
        }
    }
    assert!(compared > 5, "{compared} rules have found something");
}
