//! Breaches that the check finds, and their messages.

use demo::testdb::RUNTIME_ROLE;
use domain::filter::ParamEnum as _;
use domain::finding::Rule;
use domain::live::RedisState;
use sqlx::{AssertSqlSafe, Row as _};
use store::StoreError;
use store::findings::{FindingScanner, ScanOutcome};

use crate::common::Engine;
use crate::{attempt, told};

/// A statement that causes a breach, the statement that fixes it (if empty: restoring the function), and the check's
/// message meanwhile.
const BREACHES: &[(&str, &str, &str)] = &[
    (
        "ALTER TABLE audit_console.role_change DISABLE TRIGGER append_only",
        "ALTER TABLE audit_console.role_change ENABLE TRIGGER append_only",
        "trigger role_change.append_only BEFORE DELETE UPDATE FOR EACH ROW audit_console.refuse_change() is disabled",
    ),
    (
        "ALTER TABLE audit_console.finding_note ENABLE REPLICA TRIGGER append_only_truncate",
        "ALTER TABLE audit_console.finding_note ENABLE ALWAYS TRIGGER append_only_truncate",
        "is on replicas only",
    ),
    (
        "CREATE TRIGGER more BEFORE INSERT ON audit_console.login_attempt FOR EACH ROW \
               EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TRIGGER more ON audit_console.login_attempt",
        "trigger login_attempt.more",
    ),
    (
        "CREATE RULE more AS ON INSERT TO audit_console.account_link DO INSTEAD NOTHING",
        "DROP RULE more ON audit_console.account_link",
        "rule account_link.more is none of the migrations",
    ),
    (
        "ALTER TABLE audit_console.episode_identity ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE audit_console.episode_identity DISABLE ROW LEVEL SECURITY",
        "table episode_identity is missing",
    ),
    (
        "CREATE POLICY more ON audit_console.role_change USING (false)",
        "DROP POLICY more ON audit_console.role_change",
        "policy role_change.more",
    ),
    (
        "ALTER TABLE audit_console.kill_switch_review DROP CONSTRAINT kill_switch_review_number_check",
        "ALTER TABLE audit_console.kill_switch_review ADD CONSTRAINT kill_switch_review_number_check CHECK (number >= 1)",
        "constraint kill_switch_review.kill_switch_review_number_check",
    ),
    (
        "ALTER TABLE audit_console.kill_switch_review DROP CONSTRAINT kill_switch_review_number_check; \
             ALTER TABLE audit_console.kill_switch_review ADD CONSTRAINT kill_switch_review_number_check \
               CHECK (number >= 1) NOT VALID",
        "ALTER TABLE audit_console.kill_switch_review VALIDATE CONSTRAINT kill_switch_review_number_check",
        "is not validated",
    ),
    (
        "ALTER TABLE audit_console.login_attempt ALTER email DROP NOT NULL",
        "ALTER TABLE audit_console.login_attempt ALTER email SET NOT NULL",
        "column login_attempt.email text NOT NULL is missing",
    ),
    (
        "CREATE TABLE public.child () INHERITS (audit_console.role_change)",
        "DROP TABLE public.child",
        "inheritance",
    ),
    (
        "GRANT UPDATE (note) ON audit_console.finding_note TO audit_console",
        "REVOKE UPDATE (note) ON audit_console.finding_note FROM audit_console",
        "role audit_console has UPDATE on table finding_note",
    ),
    (
        "GRANT DELETE ON audit_console.role_change TO PUBLIC",
        "REVOKE DELETE ON audit_console.role_change FROM PUBLIC",
        "role audit_console has DELETE on table role_change",
    ),
    (
        "GRANT INSERT ON audit_console.role_change TO audit_console WITH GRANT OPTION",
        "REVOKE GRANT OPTION FOR INSERT ON audit_console.role_change FROM audit_console",
        "role audit_console has INSERT WITH GRANT OPTION on table role_change",
    ),
    (
        "REVOKE INSERT ON audit_console.finding_note FROM audit_console",
        "GRANT INSERT ON audit_console.finding_note TO audit_console",
        "role audit_console lacks INSERT on table finding_note",
    ),
    (
        "GRANT UPDATE ON SEQUENCE audit_console.role_change_id_seq TO audit_console",
        "REVOKE UPDATE ON SEQUENCE audit_console.role_change_id_seq FROM audit_console",
        "role audit_console has rights on sequence role_change_id_seq",
    ),
    (
        "GRANT CREATE ON SCHEMA audit_console TO audit_console",
        "REVOKE CREATE ON SCHEMA audit_console FROM audit_console",
        "role audit_console has CREATE on schema audit_console",
    ),
    (
        "CREATE OR REPLACE FUNCTION audit_console.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "",
        "function refuse_change() plpgsql",
    ),
];

#[tokio::test]
async fn every_breach_is_reported_until_it_is_fixed() {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    assert_eq!(told(&console).await, "");
    for (sql, mends, says) in BREACHES {
        let body = engine
            .ask("SELECT pg_get_functiondef('audit_console.refuse_change'::regproc)")
            .await;
        engine.execute(sql).await;
        let found = told(&console).await;
        assert!(found.contains(says), "{sql}\n{found}");
        assert!(matches!(
            attempt(&console).await,
            Err(StoreError::RecordUnprotected(_))
        ));
        engine
            .execute(if mends.is_empty() { &body } else { mends })
            .await;
        assert_eq!(told(&console).await, "", "{mends}");
        attempt(&console).await.unwrap();
    }
}

#[tokio::test]
async fn a_breach_is_a_critical_finding_until_it_is_fixed() {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    let mut scanner = FindingScanner::new(engine.db.clone(), console.clone());
    let found = async |scanner: &mut FindingScanner| {
        let pass = scanner.scan(&RedisState::NotConfigured).await.unwrap();
        assert_eq!(pass, ScanOutcome::Done);
        let rows = sqlx::query(
            "SELECT severity, subject_kind, subject_id, summary FROM audit_console.finding \
             WHERE rule = $1 AND gone_at IS NULL ORDER BY subject_id",
        )
        .bind(Rule::RecordUnprotected.as_str())
        .fetch_all(engine.database.pool())
        .await
        .unwrap();
        rows.iter()
            .map(|row| {
                let text = |at: usize| row.get::<String, _>(at);
                (text(0), text(1), text(2), text(3))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&mut scanner).await, []);
    let seen = "SELECT count(*) FROM audit_console.episode_identity";
    let before = engine.ask(seen).await;
    assert_ne!(before, "0");
    engine
        .execute(
            "ALTER TABLE audit_console.finding_note DISABLE TRIGGER ALL; \
             GRANT UPDATE ON audit_console.finding_note TO audit_console; \
             GRANT CREATE ON SCHEMA audit_console TO audit_console",
        )
        .await;
    console.check_record().await.unwrap();
    let told = found(&mut scanner).await;
    let subjects: Vec<&str> = told.iter().map(|row| row.2.as_str()).collect();
    assert_eq!(subjects, ["audit_console", "finding_note"], "{told:#?}");
    for (severity, kind, ..) in &told {
        assert_eq!((severity.as_str(), kind.as_str()), ("critical", "record"));
    }
    for part in [
        "has UPDATE on table finding_note",
        "append_only_truncate",
        "is disabled",
    ] {
        assert!(told[1].3.contains(part), "{told:#?}");
    }
    // The SQL on the rule's page returns the same tables.
    let query = store::engine::rule_query(Rule::RecordUnprotected);
    let shown = sqlx::query(AssertSqlSafe(query.text))
        .fetch_all(engine.database.pool())
        .await
        .unwrap();
    assert!(
        shown
            .iter()
            .all(|row| row.get::<String, _>(1) == "finding_note")
    );
    assert_eq!(shown.len(), 3);
    // The same state is the same finding.
    console.check_record().await.unwrap();
    assert_eq!(found(&mut scanner).await, told);
    engine
        .execute(
            "ALTER TABLE audit_console.finding_note ENABLE TRIGGER ALL; \
             REVOKE UPDATE ON audit_console.finding_note FROM audit_console; \
             REVOKE CREATE ON SCHEMA audit_console FROM audit_console",
        )
        .await;
    console.check_record().await.unwrap();
    assert_eq!(found(&mut scanner).await, []);
    assert_eq!(RUNTIME_ROLE, "audit_console");
}
