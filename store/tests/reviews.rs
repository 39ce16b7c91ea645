//! Reviews: written once, in order, by admins, and never changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::collections::BTreeMap;

use common::Engine;
use domain::episode::{Effect, KillSwitchEvent, derive};
use domain::event::Event;
use domain::page::Count;
use domain::review::{ReviewState, Statement, Verdict};
use domain::role::Role;
use domain::time::Timestamp;
use store::ConsoleDb;
use store::access::{Admin, Subject};
use store::console::{ActorIdentities, NewReview, Outcome, SessionToken, Written};
use uuid::Uuid;

/// A console admin of this name.
async fn admin(engine: &Engine, name: &str) -> Admin {
    let console = engine.console();
    let email = format!("{name}@audit.example");
    console
        .create_account(&email, "$argon2id$", Role::Admin, "test")
        .await
        .unwrap();
    let account = console
        .find_account_by_email(&email)
        .await
        .unwrap()
        .unwrap();
    let token = SessionToken(*account.id.as_bytes().repeat(2).first_chunk::<32>().unwrap());
    let subject = Subject::Console(account.id);
    console.create_session(token, subject).await.unwrap();
    let user = console.find_session(&engine.db, token, true).await.unwrap();
    user.unwrap().admin().unwrap()
}

fn statement(note: &str) -> Statement {
    Statement {
        verdict: Verdict::FailedToStop,
        cause: "Somebody used the toggle.".to_owned(),
        action: String::new(),
        note: note.to_owned(),
    }
}

const KNOWN: Effect = Effect {
    rejections: 0,
    leaked_approvals: 6,
    leaked_orders: 3,
};

async fn write(
    console: &ConsoleDb,
    admin: &Admin,
    episode: Uuid,
    (seen, key): (u32, Uuid),
    note: &str,
) -> Written {
    let review = NewReview {
        episode,
        statement: &statement(note),
        known: KNOWN,
        seen,
        key,
    };
    let outcome = console.create_review(admin, &review, &by_nobody()).await;
    match outcome.unwrap() {
        Outcome::Signed(written) => written,
        Outcome::Refused(refusal) => panic!("{refusal:?}"),
    }
}

/// An episode without an involved account.
fn by_nobody() -> ActorIdentities {
    let toggle = KillSwitchEvent::read(Event {
        id: Uuid::new_v4(),
        timestamp: Timestamp::from_postgres_micros(0),
        event_type: "kill_switch_toggle".to_owned(),
        severity: "critical".to_owned(),
        user_id: None,
        user_email: None,
        details: Some(r#"{"active": true}"#.to_owned()),
    });
    let episode = derive(toggle).episodes.pop().unwrap();
    ActorIdentities::new(episode, &BTreeMap::new(), BTreeMap::new())
}

#[tokio::test]
async fn resubmitting_a_form_writes_one_entry() {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    let (one, two) = (admin(&engine, "one").await, admin(&engine, "two").await);
    let (episode, key) = (Uuid::new_v4(), Uuid::new_v4());
    assert_eq!(
        write(&console, &one, episode, (0, key), "What I found.").await,
        Written::Now
    );
    assert_eq!(
        write(&console, &one, episode, (0, key), "What I found.").await,
        Written::Before
    );
    assert_eq!(
        write(&console, &one, episode, (0, key), "Something else.").await,
        Written::Differently
    );
    let sent = console.find_statement(&one, episode, key).await.unwrap();
    assert_eq!(sent, Some(statement("What I found.")));
    // A key is bound to its user and episode.
    let sent = console.find_statement(&two, episode, key).await.unwrap();
    assert_eq!(sent, None);
    assert_eq!(
        write(&console, &two, episode, (1, key), "Somebody's key.").await,
        Written::Overtaken
    );
    let other = Uuid::new_v4();
    assert_eq!(
        write(&console, &one, other, (0, key), "Another one's.").await,
        Written::Overtaken
    );
    let reviews = console
        .list_reviews(&engine.auditor, episode)
        .await
        .unwrap();
    assert_eq!(reviews.len(), 1);
    let review = &reviews[0];
    assert_eq!((review.number, review.known), (1, KNOWN));
    assert_eq!(review.signature.reviewer, *one.reviewer());
    assert_eq!(review.note, "What I found.");
}

#[tokio::test]
async fn of_concurrent_reviews_one_is_overtaken() {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    let episode = Uuid::new_v4();
    let mut admins = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        admins.push(admin(&engine, name).await);
    }
    let writes = admins.iter().map(|admin| {
        write(
            &console,
            admin,
            episode,
            (0, Uuid::new_v4()),
            "At the same time.",
        )
    });
    let written = futures::future::join_all(writes).await;
    let now = written.iter().filter(|written| **written == Written::Now);
    assert_eq!(now.count(), 1);
    assert!(!written.contains(&Written::Before));
    let next = (1, Uuid::new_v4());
    assert_eq!(
        write(&console, &admins[0], episode, next, "After reading it.").await,
        Written::Now
    );
    let signatures = console.signatures(&engine.auditor).await.unwrap();
    assert_eq!(signatures.of(episode).len(), 2);
    assert!(signatures.of(Uuid::new_v4()).is_empty());
}

#[tokio::test]
async fn list_contains_review_progress() {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    let states = async |raw: &str| {
        let list = engine.episodes(raw).await;
        list.rows
            .iter()
            .map(|row| row.review_progress.state)
            .collect::<Vec<_>>()
    };
    assert_eq!(states("order=oldest").await, [ReviewState::Overdue; 3]);
    let list = engine.episodes("order=oldest").await;
    let ids: Vec<Uuid> = list
        .rows
        .iter()
        .map(|row| row.episode.first().event.id)
        .collect();
    let (one, two) = (admin(&engine, "one").await, admin(&engine, "two").await);
    for id in &ids {
        write(&console, &one, *id, (0, Uuid::new_v4()), "Looked at all.").await;
    }
    // The toggle's episode has leaks and needs a second signature.
    assert_eq!(
        states("order=oldest").await,
        [
            ReviewState::Reviewed,
            ReviewState::Overdue,
            ReviewState::Reviewed
        ]
    );
    assert_eq!(
        engine.episodes("review=overdue").await.count,
        Count::Exact(1)
    );
    assert_eq!(
        engine.episodes("review=reviewed&leaks=yes").await.count,
        Count::Exact(0)
    );
    let undone = engine
        .db
        .review_backlog(&engine.auditor, &engine.review_policy())
        .await
        .unwrap();
    assert_eq!((undone.pending, undone.overdue), (0, 1));
    write(
        &console,
        &two,
        ids[1],
        (1, Uuid::new_v4()),
        "So did I, for leaks.",
    )
    .await;
    assert_eq!(states("review=reviewed").await, [ReviewState::Reviewed; 3]);
    let row = &engine.episodes("leaks=yes").await.rows[0];
    assert_eq!(
        row.review_progress.reviewers,
        ["one@audit.example", "two@audit.example"]
    );
    assert!(row.review_progress.completed_at.is_some());
}

#[tokio::test]
async fn database_constraints_match_the_code() {
    let engine = Engine::sample_with_console().await;
    let insert = |column: &str, value: &str| {
        let mut values = vec![
            ("number", "1"),
            ("reviewer_kind", "'console'"),
            ("verdict", "'drill'"),
            ("cause", "''"),
            ("note", "'A note of ten.'"),
        ];
        for pair in &mut values {
            if pair.0 == column {
                pair.1 = value;
            }
        }
        let (names, values): (Vec<&str>, Vec<&str>) = values.into_iter().unzip();
        format!(
            "INSERT INTO audit_console.kill_switch_review (episode_id, key, reviewer_id, \
             reviewer_email, action, known_rejections, known_approvals, known_orders, {}) VALUES \
             (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'a@b', '', 0, 0, 0, {})",
            names.join(", "),
            values.join(", ")
        )
    };
    engine.execute(&insert("", "")).await;
    for (column, value) in [
        ("number", "0"),
        ("reviewer_kind", "'nobody'"),
        ("verdict", "'fine'"),
        ("cause", "repeat('x', 501)"),
        ("note", "'Too short'"),
        ("note", "repeat('x', 5001)"),
    ] {
        let sql = insert(column, value);
        let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(engine.database.pool())
            .await;
        assert!(
            refused.unwrap_err().to_string().contains("violates check"),
            "{column}"
        );
    }
}
