//! The console's own tables, and the checks at start.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use common::Engine;
use domain::role::Role;
use store::access::Subject;
use store::console::{Origin, SessionToken};
use store::views;
use store::{ConsoleDb, EngineDb, StoreError};
use uuid::Uuid;

const TOKEN: SessionToken = SessionToken([7; 32]);

const REVIEW: &str = "INSERT INTO audit_console.kill_switch_review (episode_id, number, key, \
    reviewer_kind, reviewer_id, reviewer_email, verdict, cause, action, note, known_rejections, \
    known_approvals, known_orders) VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'console', \
    gen_random_uuid(), 'a@b', 'drill', '', '', 'A note of ten.', 0, 0, 0)";

async fn migrated() -> (Engine, ConsoleDb) {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    (engine, console)
}

fn strategist() -> Subject {
    Subject::Engine("d8f801bd-2f59-474a-9e91-75121af54b5a".parse().unwrap())
}

#[tokio::test]
async fn concurrent_instances_migrate_once() {
    let engine = Engine::sample().await;
    let console = engine.console();
    assert!(matches!(
        console.check_schema().await,
        Err(StoreError::NotMigrated(_))
    ));
    let one = || async {
        engine
            .console()
            .migrate_as(&engine.database.owner_url())
            .await
    };
    let (a, b, c) = tokio::join!(one(), one(), one());
    assert!(a.is_ok() && b.is_ok() && c.is_ok(), "{a:?} {b:?} {c:?}");
    console.check_schema().await.unwrap();
}

#[tokio::test]
async fn the_engines_schema_is_checked_by_table_and_column() {
    let engine = Engine::sample().await;
    engine.db.check_schema().await.unwrap();
    engine
        .execute(
            "ALTER TABLE trade_audit ADD COLUMN extra text; \
             ALTER TABLE trade_audit DROP COLUMN reason; \
             ALTER TABLE orders ALTER COLUMN price TYPE double precision; \
             DROP TABLE signal",
        )
        .await;
    let error = engine.db.check_schema().await.unwrap_err().to_string();
    for difference in [
        "trade_audit.reason: is missing",
        "orders.price: is double precision, the console reads it as numeric",
        "signal: there is no such table",
    ] {
        assert!(error.contains(difference), "{error}");
    }
    assert!(!error.contains("extra"));
}

/// The engine's database with a different URL, so that accounts are looked up in a second step.
fn elsewhere(engine: &Engine) -> EngineDb {
    EngineDb::new(&format!(
        "{}?sslmode=disable",
        engine.database.runtime_url()
    ))
    .unwrap()
}

#[tokio::test]
async fn a_session_ends_with_its_account_role_or_log_out() {
    for is_beside in [true, false] {
        let (engine, console) = migrated().await;
        let db = if is_beside {
            engine.db.clone()
        } else {
            elsewhere(&engine)
        };
        sessions_end(&engine, &db, &console).await;
    }
}

async fn sessions_end(engine: &Engine, db: &EngineDb, console: &ConsoleDb) {
    let find = || console.find_session(db, TOKEN, true);
    assert!(find().await.unwrap().is_none());
    console.create_session(TOKEN, strategist()).await.unwrap();
    let user = find().await.unwrap().unwrap();
    assert_eq!(user.email(), "strategist@omc.local");
    assert!(user.auditor().is_none(), "an engine user is a customer");
    console
        .set_role(strategist(), Some(Role::Auditor), "test")
        .await
        .unwrap();
    assert!(find().await.unwrap().unwrap().auditor().is_some());
    console.set_role(strategist(), None, "test").await.unwrap();
    assert!(
        find().await.unwrap().is_none(),
        "the session went with the role"
    );
    console.create_session(TOKEN, strategist()).await.unwrap();
    engine
        .execute("UPDATE \"user\" SET is_active = false")
        .await;
    assert!(find().await.unwrap().is_none());
    engine.execute("UPDATE \"user\" SET is_active = true").await;
    console.delete_session(TOKEN).await.unwrap();
    assert!(find().await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_when_idle_and_after_its_absolute_limit() {
    let (engine, console) = migrated().await;
    for (column, age) in [("seen_at", "9 hours"), ("created_at", "8 days")] {
        console.create_session(TOKEN, strategist()).await.unwrap();
        assert!(
            console
                .find_session(&engine.db, TOKEN, true)
                .await
                .unwrap()
                .is_some()
        );
        let sql = format!("UPDATE audit_console.session SET {column} = now() - interval '{age}'");
        engine.execute(&sql).await;
        assert!(
            console
                .find_session(&engine.db, TOKEN, true)
                .await
                .unwrap()
                .is_none(),
            "{column}"
        );
        console.delete_session(TOKEN).await.unwrap();
    }
}

#[tokio::test]
async fn superusers_of_the_engine_are_admins_and_console_accounts_have_their_role() {
    let (engine, console) = migrated().await;
    let admin = Subject::Engine("b0d1650a-70a5-441f-bd6e-3dc180d848d4".parse().unwrap());
    console.create_session(TOKEN, admin).await.unwrap();
    for db in [&engine.db, &elsewhere(&engine)] {
        let user = console
            .find_session(db, TOKEN, true)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(user.role(), Some(Role::Admin));
    }
    console
        .create_account("eve@audit.example", "$argon2id$", Role::Auditor, "test")
        .await
        .unwrap();
    let again = console
        .create_account("EVE@audit.example", "x", Role::Admin, "test")
        .await
        .unwrap_err();
    assert_eq!(
        again.to_string(),
        "there is already a console account EVE@audit.example"
    );
    let none = console
        .create_account("eve", "x", Role::Admin, "test")
        .await
        .unwrap_err();
    assert_eq!(none.to_string(), "eve is no e-mail address");
    let account = console
        .find_account_by_email("Eve@audit.example")
        .await
        .unwrap()
        .unwrap();
    let eve = SessionToken([8; 32]);
    console
        .create_session(eve, Subject::Console(account.id))
        .await
        .unwrap();
    for db in [&engine.db, &elsewhere(&engine)] {
        let user = console.find_session(db, eve, true).await.unwrap().unwrap();
        assert_eq!(user.role(), Some(Role::Auditor));
    }
    assert_eq!(console.list_grants().await.unwrap().len(), 1);
}

#[tokio::test]
async fn recorded_rows_cannot_be_changed() {
    let (engine, console) = migrated().await;
    try_to_log_in(&console, &from("a@b", "::1"), false).await;
    console
        .set_role(strategist(), Some(Role::Auditor), "test")
        .await
        .unwrap();
    engine.execute(REVIEW).await;
    for table in ["login_attempt", "role_change", "kill_switch_review"] {
        for sql in [
            format!("DELETE FROM audit_console.{table}"),
            format!("UPDATE audit_console.{table} SET id = DEFAULT"),
            format!("TRUNCATE audit_console.{table}"),
        ] {
            let refused = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone()))
                .execute(engine.database.pool())
                .await
                .unwrap_err();
            assert!(
                refused.to_string().contains("append-only"),
                "{sql}: {refused}"
            );
        }
    }
}

fn from<'a>(email: &'a str, block: &'a str) -> Origin<'a> {
    Origin {
        email,
        address: block,
        block,
        is_known: false,
    }
}

/// Attempts to log in. Returns whether the attempt was allowed.
async fn try_to_log_in(console: &ConsoleDb, origin: &Origin<'_>, succeeds: bool) -> bool {
    let Some(under_way) = console.begin_login(origin).await.unwrap() else {
        return false;
    };
    let ended = console.end_login(under_way, origin, succeeds);
    ended.await.unwrap();
    true
}

#[tokio::test]
async fn failures_are_throttled_per_account_and_address() {
    let (_engine, console) = migrated().await;
    for _ in 0..10 {
        assert!(try_to_log_in(&console, &from("A@B", "::1"), false).await);
    }
    assert!(!try_to_log_in(&console, &from("a@b", "::1"), false).await);
    assert!(try_to_log_in(&console, &from("a@b", "::2"), false).await);
    assert!(try_to_log_in(&console, &from("c@d", "::1"), false).await);
    for number in 0..39 {
        let address = format!("10.0.0.{number}");
        assert!(try_to_log_in(&console, &from("a@b", &address), false).await);
    }
    assert!(!try_to_log_in(&console, &from("a@b", "::2"), false).await);
}

#[tokio::test]
async fn failures_from_elsewhere_do_not_lock_out_a_known_origin() {
    let (engine, console) = migrated().await;
    assert!(try_to_log_in(&console, &from("A@b", "192.0.2.1"), true).await);
    engine
        .execute(
            "INSERT INTO audit_console.login_attempt (email, address, succeeded) \
             SELECT 'a@b', '198.51.100.' || n, false FROM generate_series(1, 60) n; \
             INSERT INTO audit_console.login_attempt (email, address, succeeded) \
             SELECT n || '@b', '192.0.2.1', false FROM generate_series(1, 250) n",
        )
        .await;
    let known = console.list_known_origins().await.unwrap();
    assert_eq!(known, [("a@b".to_owned(), "192.0.2.1".to_owned())]);
    assert!(!try_to_log_in(&console, &from("a@b", "192.0.2.1"), true).await);
    let known = Origin {
        is_known: true,
        ..from("a@b", "192.0.2.1")
    };
    for _ in 0..10 {
        assert!(try_to_log_in(&console, &known, false).await);
    }
    assert!(!try_to_log_in(&console, &known, true).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_login_attempts_do_not_exceed_the_limit() {
    let (engine, console) = migrated().await;
    // As another instance of the console.
    let other = ConsoleDb::new(engine.database.url()).unwrap();
    let attempts = (0..60).map(|number| {
        let console = if number % 2 == 0 { &console } else { &other };
        let console = console.clone();
        async move { console.begin_login(&from("a@b", "::1")).await.unwrap() }
    });
    let begun = futures::future::join_all(attempts).await;
    let passed: Vec<_> = begun.into_iter().flatten().collect();
    assert!(passed.len() <= 10, "{}", passed.len());
    assert!(
        console
            .begin_login(&from("a@b", "::2"))
            .await
            .unwrap()
            .is_some()
    );
    for under_way in passed {
        let origin = from("a@b", "::1");
        console.end_login(under_way, &origin, true).await.unwrap();
    }
    // None of them failed.
    assert!(try_to_log_in(&console, &from("a@b", "::1"), true).await);
}

#[tokio::test]
async fn an_unfinished_login_attempt_counts_for_a_minute() {
    let (engine, console) = migrated().await;
    for _ in 0..10 {
        let begun = console.begin_login(&from("a@b", "::1")).await.unwrap();
        assert!(begun.is_some());
    }
    assert!(!try_to_log_in(&console, &from("a@b", "::1"), true).await);
    engine
        .execute("UPDATE audit_console.login_under_way SET begun_at = begun_at - interval '61 s'")
        .await;
    assert!(try_to_log_in(&console, &from("a@b", "::1"), true).await);
    let left = "SELECT count(*) FROM audit_console.login_under_way";
    let left: i64 = sqlx::query_scalar(left)
        .fetch_one(engine.database.pool())
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn drafts_expire_with_their_session_or_after_an_hour() {
    let (engine, console) = migrated().await;
    let (one, two) = (SessionToken([1; 32]), SessionToken([2; 32]));
    for token in [one, two] {
        console.create_session(token, strategist()).await.unwrap();
    }
    let find = async |token| console.find_draft(token, "/views").await.unwrap();
    console.keep_draft(one, "/views", b"first").await.unwrap();
    console.keep_draft(one, "/views", b"second").await.unwrap();
    assert_eq!(find(one).await.as_deref(), Some(b"second".as_slice()));
    assert_eq!(find(two).await, None);
    console.delete_draft(one, "/views").await.unwrap();
    assert_eq!(find(one).await, None);
    console.keep_draft(one, "/views", b"third").await.unwrap();
    let older = "UPDATE audit_console.form_draft SET kept_at = kept_at - interval '61 minutes'";
    engine.execute(older).await;
    assert_eq!(find(one).await, None);
    console.keep_draft(two, "/views", b"other").await.unwrap();
    let count = async || {
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM audit_console.form_draft")
            .fetch_one(engine.database.pool())
            .await
            .unwrap();
        count
    };
    assert_eq!(count().await, 1);
    console.delete_session(two).await.unwrap();
    assert_eq!(count().await, 0);
    // All instances encrypt with the same key.
    let other = ConsoleDb::new(engine.database.url()).unwrap();
    assert_eq!(
        console.seal_key().await.unwrap(),
        other.seal_key().await.unwrap()
    );
}

#[tokio::test]
async fn the_engines_sessions_are_read_only_and_need_select_alone() {
    let engine = Engine::sample().await;
    let role = format!("reader_{}", Uuid::new_v4().simple());
    engine
        .execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA public TO {role}; \
             GRANT SELECT ON trade_audit, audit_log, orders, signal, algorithms, deployed_algorithms, \
             strategy_promotions, risk_rule, system_setting TO {role}; \
             GRANT SELECT (id, email, is_active, is_superuser, hashed_password) ON \"user\" TO {role}"
        ))
        .await;
    let (_, host) = engine.database.url().split_once('@').unwrap();
    let reader = EngineDb::new(&format!("postgres://{role}:x@{host}")).unwrap();
    let missing = reader.check_schema().await.unwrap_err().to_string();
    assert!(
        missing.contains("user.timezone: the console's database role may not SELECT it"),
        "{missing}"
    );
    engine
        .execute(&format!("GRANT SELECT (timezone) ON \"user\" TO {role}"))
        .await;
    reader.check_schema().await.unwrap();
    let count = reader
        .kill_switch_history(&engine.auditor)
        .await
        .unwrap()
        .episodes
        .len();
    assert_eq!(count, 3);
    drop(reader);
    engine
        .execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))
        .await;
}

#[tokio::test]
async fn a_locked_table_is_reported_as_locked() {
    let engine = Engine::sample().await;
    let mut migration = engine.database.pool().begin().await.unwrap();
    sqlx::raw_sql("LOCK TABLE trade_audit")
        .execute(&mut *migration)
        .await
        .unwrap();
    let page = engine.page(views::trades(), "").await;
    assert!(matches!(page, Err(StoreError::Locked(_))), "{page:?}");
    migration.rollback().await.unwrap();
    assert!(engine.page(views::trades(), "").await.is_ok());
}

#[tokio::test]
async fn unreachable_database_is_reported_as_unavailable() {
    let engine = EngineDb::new("postgres://nobody@127.0.0.1:1/none").unwrap();
    assert!(matches!(
        engine.ping().await,
        Err(StoreError::Unavailable(_))
    ));
}
