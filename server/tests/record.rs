//! What people and programs see while the record is not protected; whom the rule of four eyes takes for one
//! person.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use axum::extract::connect_info::MockConnectInfo;
use axum::http::StatusCode;
use common::program::{program, run, stderr};
use common::{ADMIN, Answer, Console, hidden, roles, settings};
use demo::testdb::TestDatabase;
use domain::live::RedisState;
use server::routes::router;
use server::state::App;
use store::findings::FindingScanner;

const TOGGLE: &str = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";
const STOP: &str = "09903d93-465f-4795-98bf-2a95a3e826c2";
const NOTICE: &str = "The record is not protected. Nothing is written to it";

/// A console whose parts a test can reach.
async fn console_and_app() -> (Console, App) {
    let mut console = Console::sample().await;
    let app = App::new(settings(&console.url())).unwrap();
    let peer: std::net::SocketAddr = "192.0.2.7:4000".parse().unwrap();
    console.router = router(app.clone()).layer(MockConnectInfo(peer));
    (console, app)
}

async fn sign(console: &Console, id: &str) -> Answer {
    let page = console.get(&format!("/kill-switch/{id}")).await.body;
    let (seen, key, facts) = if page.contains("name=\"key\"") {
        (
            hidden(&page, "seen"),
            hidden(&page, "key"),
            hidden(&page, "facts"),
        )
    } else {
        // No form for whoever may not sign: somebody makes one up.
        let key = "5f0c7d3e-9d43-4b55-8a53-0b5dd1f5c0de".to_owned();
        ("0".to_owned(), key, "open".to_owned())
    };
    let form = format!(
        "verdict=drill&cause=&action=&note=What+I+typed+here.&seen={seen}&key={key}&facts={facts}"
    );
    console
        .post(&format!("/kill-switch/{id}/review"), &form)
        .await
}

async fn count(console: &Console, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM audit_console.{table}");
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(console.database.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn nothing_is_written_while_the_record_is_not_protected() {
    let (mut console, app) = console_and_app().await;
    console.log_in(ADMIN).await;
    let one = console.as_admin("one").await;
    FindingScanner::new(app.engine.clone(), app.console.clone())
        .scan(&RedisState::NotConfigured)
        .await
        .unwrap();
    let finding = console
        .find_id("SELECT id FROM audit_console.finding WHERE rule = 'leak-during-stop' LIMIT 1")
        .await;
    let note = console.get(&format!("/findings/{finding}")).await.body;
    let note = format!(
        "answer=explained&note=What+I+typed+here.&seen=0&key={}&about={}",
        hidden(&note, "key"),
        hidden(&note, "about")
            .replace("&#x27;", "%27")
            .replace('&', "%26")
            .replace('+', "%2B")
    );
    assert!(!one.get("/").await.body.contains(NOTICE));
    assert_eq!(one.get("/readyz").await.status, StatusCode::OK);

    console
        .execute("ALTER TABLE audit_console.role_change DISABLE TRIGGER append_only")
        .await;
    app.console.check_record().await.unwrap();
    let attempts = count(&console, "login_attempt").await;
    let ready = one.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    for part in [
        "\"record\":\"unprotected\"",
        "trigger role_change.append_only",
        "is disabled",
    ] {
        assert!(ready.body.contains(part), "{}", ready.body);
    }
    for page in [
        "/",
        "/trades",
        "/kill-switch",
        "/findings",
        "/nowhere",
        "/preferences",
    ] {
        assert!(one.get(page).await.body.contains(NOTICE), "{page}");
    }
    let nobody = console.as_nobody();
    assert!(nobody.get("/login").await.body.contains(NOTICE));
    // Who is logged in goes on reading, and exporting.
    assert_eq!(one.get("/trades.csv").await.status, StatusCode::OK);
    let login = nobody
        .post("/login", "email=admin@example.com&password=adminadmin")
        .await;
    assert_eq!(login.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(login.body.contains("nobody can log in"), "{}", login.body);
    for answer in [
        sign(&one, TOGGLE).await,
        one.post(&format!("/findings/{finding}/notes"), &note).await,
    ] {
        assert_eq!(
            answer.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{}",
            answer.body
        );
        for part in [
            "What I typed here.",
            "nothing is written to it. Your text is still here",
        ] {
            assert!(answer.body.contains(part), "{part}: {}", answer.body);
        }
    }
    for table in ["kill_switch_review", "finding_note"] {
        assert_eq!(count(&console, table).await, 0, "{table}");
    }
    assert_eq!(count(&console, "login_attempt").await, attempts);
    let output = run(program(&console.url()).args(["user", "revoke", "one@audit.example"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("is disabled"),
        "{}",
        stderr(&output)
    );

    console
        .execute("ALTER TABLE audit_console.role_change ENABLE TRIGGER append_only")
        .await;
    app.console.check_record().await.unwrap();
    assert!(!one.get("/").await.body.contains(NOTICE));
    assert_eq!(one.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(sign(&one, TOGGLE).await.status, StatusCode::SEE_OTHER);
    let again = one.post(&format!("/findings/{finding}/notes"), &note).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_console_that_owns_its_record_serves_only_as_a_trial_that_says_so() {
    let database = TestDatabase::builder().sample().create().await;
    let migrated = run(program(database.url()).arg("migrate"));
    assert_eq!(migrated.status.code(), Some(0), "{}", stderr(&migrated));
    for part in [
        "CONSOLE_OWNER_DATABASE_URL is not set",
        "audit-console roles",
    ] {
        assert!(stderr(&migrated).contains(part), "{}", stderr(&migrated));
    }
    let refused = run(program(database.url()).args(["serve", "--listen-addr", "127.0.0.1:0"]));
    assert_eq!(refused.status.code(), Some(1));
    for part in [
        "the record is not protected",
        "the console logs in as postgres, a superuser",
        "audit-console roles",
        "--allow-owner",
    ] {
        assert!(
            stderr(&refused).contains(part),
            "{part}: {}",
            stderr(&refused)
        );
    }
    let mut child = program(database.url())
        .args(["serve", "--listen-addr", "127.0.0.1:0"])
        .env("AUDIT_CONSOLE_ALLOW_OWNER", "true")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("listening on"), "{line}");

    let trial = server::config::Settings {
        allow_owner: Some(true),
        ..settings(database.url())
    };
    let app = App::new(trial).unwrap();
    app.check_record().await.unwrap();
    let router = router(app.clone()).layer(MockConnectInfo(
        "192.0.2.7:4000".parse::<std::net::SocketAddr>().unwrap(),
    ));
    let mut console = Console {
        database: std::sync::Arc::new(database),
        router,
        app,
        cookie: String::new(),
    };
    console.log_in(ADMIN).await;
    for page in [
        "/",
        "/trades",
        "/kill-switch",
        "/findings",
        "/nowhere",
        "/login",
    ] {
        assert!(
            console
                .get(page)
                .await
                .body
                .contains("Trial: the console’s database role owns"),
            "{page}"
        );
    }
    assert_eq!(console.get("/readyz").await.status, StatusCode::OK);
    assert_eq!(console.get("/readyz").await.status, StatusCode::OK);
    // The log-in is on record.
    assert_eq!(count(&console, "login_attempt").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_roles_are_made_by_the_commands_alone() {
    let database = TestDatabase::builder().sample().create().await;
    // No URL is needed to print it.
    let printed = run(program("").env_remove("DATABASE_URL").arg("roles"));
    assert_eq!(printed.status.code(), Some(0), "{}", stderr(&printed));
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(printed, roles());
    sqlx::raw_sql(sqlx::AssertSqlSafe(printed))
        .execute(database.pool())
        .await
        .unwrap();
    let (owner, runtime) = (database.owner_url(), database.runtime_url());
    let before = run(program(&runtime).arg("serve"));
    assert!(
        stderr(&before).contains("audit-console migrate"),
        "{}",
        stderr(&before)
    );
    let lacking = run(program(&runtime).arg("migrate"));
    assert_eq!(lacking.status.code(), Some(1));
    assert!(
        stderr(&lacking).contains(
            "set CONSOLE_OWNER_DATABASE_URL to a URL that logs in as audit_console_owner"
        ),
        "{}",
        stderr(&lacking)
    );
    let migrated = run(program(&runtime)
        .env("CONSOLE_OWNER_DATABASE_URL", &owner)
        .arg("migrate"));
    assert_eq!(migrated.status.code(), Some(0), "{}", stderr(&migrated));
    let granted =
        run(program(&runtime).args(["user", "grant", "strategist@omc.local", "--role", "auditor"]));
    assert_eq!(granted.status.code(), Some(0), "{}", stderr(&granted));
    let two = run(program(&runtime)
        .env(
            "CONSOLE_DATABASE_URL",
            "postgres://audit_console@elsewhere/console",
        )
        .args(["--engine-role", "reader", "roles"]));
    let two = String::from_utf8(two.stdout).unwrap();
    let (engine, console) = two
        .split_once("in the database of schema audit_console")
        .unwrap();
    assert!(engine.contains("ON public.trade_audit") && engine.contains("CREATE ROLE \"reader\""));
    assert!(
        !engine.contains("CREATE SCHEMA") && !console.contains("trade_audit"),
        "{two}"
    );
    assert!(console.contains(
        "CREATE SCHEMA IF NOT EXISTS audit_console AUTHORIZATION \"audit_console_owner\""
    ));
}

/// The account that activated the stop takes this e-mail.
async fn actor_has(console: &Console, email: &str) {
    console
        .execute(&format!(
            "UPDATE public.\"user\" SET email = '{email}' WHERE id = (SELECT user_id FROM public.audit_log WHERE id = '{STOP}')"
        ))
        .await;
}

const REFUSED: &str = "somebody else has to sign first";

/// Whoever this is cannot sign the stop, and is told why on its page too.
async fn is_refused(console: &Console) {
    let answer = sign(console, STOP).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    assert!(answer.body.contains(REFUSED), "{}", answer.body);
    let page = console.get(&format!("/kill-switch/{STOP}")).await.body;
    assert!(page.contains(REFUSED), "{page}");
}

#[tokio::test]
async fn an_e_mail_that_was_shared_at_the_stop_counts_after_it_has_changed() {
    let (mut console, app) = console_and_app().await;
    console.log_in(ADMIN).await;
    let (one, two) = (console.as_admin("one").await, console.as_admin("two").await);
    actor_has(&console, "One@audit.example").await;
    FindingScanner::new(app.engine.clone(), app.console.clone())
        .scan(&RedisState::NotConfigured)
        .await
        .unwrap();
    actor_has(&console, "somebody.else@example.com").await;
    is_refused(&one).await;
    assert_eq!(count(&console, "kill_switch_review").await, 0);
    // An account that shared nothing signs; then whoever had a part may, too.
    assert_eq!(sign(&two, STOP).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sign(&one, STOP).await.status, StatusCode::SEE_OTHER);
    // What was seen first stays, whatever the accounts are called later.
    let recorded = "SELECT count(*) FROM audit_console.episode_identity WHERE episode_id = \
        '09903d93-465f-4795-98bf-2a95a3e826c2' AND subject_kind = 'console' AND email = 'one@audit.example'";
    let recorded: i64 = sqlx::query_scalar(recorded)
        .fetch_one(console.database.pool())
        .await
        .unwrap();
    assert!(recorded > 0);
}

#[tokio::test]
async fn who_was_who_is_on_record_when_somebody_signs_before_anybody_looked() {
    let (mut console, _app) = console_and_app().await;
    console.log_in(ADMIN).await;
    let one = console.as_admin("one").await;
    actor_has(&console, "one@audit.example").await;
    assert_eq!(count(&console, "episode_identity").await, 0);
    is_refused(&one).await;
    let recorded = count(&console, "episode_identity").await;
    assert!(recorded >= 2, "{recorded}");
    actor_has(&console, "somebody.else@example.com").await;
    is_refused(&one).await;
    assert_eq!(count(&console, "episode_identity").await, recorded);
    assert_eq!(count(&console, "kill_switch_review").await, 0);
}

#[tokio::test]
async fn todays_e_mail_is_read_anew_for_every_signature() {
    let (mut console, _app) = console_and_app().await;
    console.log_in(ADMIN).await;
    let one = console.as_admin("one").await;
    // Its page shows the history, which is kept for a while.
    let page = one.get(&format!("/kill-switch/{STOP}")).await.body;
    assert!(!page.contains(REFUSED));
    actor_has(&console, "one@audit.example").await;
    is_refused(&one).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn linked_accounts_are_one_person() {
    let (mut console, _app) = console_and_app().await;
    console
        .execute(
            "UPDATE public.audit_log SET user_id = NULL WHERE event_type = 'kill_switch_toggle'",
        )
        .await;
    console.log_in(ADMIN).await;
    let (one, two) = (console.as_admin("one").await, console.as_admin("two").await);
    let cli = |arguments: &[&str]| {
        let output = run(program(&console.url()).args(arguments));
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            stderr(&output)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    // Through a third account: the engine's that activated the stop is two's, and two is one.
    cli(&["user", "link", ADMIN.0, "two@audit.example"]);
    cli(&["user", "link", "two@audit.example", "one@audit.example"]);
    is_refused(&one).await;
    is_refused(&two).await;
    let listed = cli(&["user", "list"]);
    assert!(
        listed.contains("is also two@audit.example\tlinked")
            || listed.contains("two@audit.example\tis also"),
        "{listed}"
    );
    // Of an episode with leaks, two signatures of one person are one.
    for admin in [&one, &two] {
        assert_eq!(sign(admin, TOGGLE).await.status, StatusCode::SEE_OTHER);
    }
    let state = async |query: &str| {
        let list = one
            .get(&format!("/api/v1/kill-switch?review={query}"))
            .await
            .body;
        list.contains(TOGGLE)
    };
    assert!(state("overdue").await && !state("reviewed").await);
    // An ended link counts for what had begun, and is itself on record.
    cli(&["user", "unlink", "two@audit.example", "one@audit.example"]);
    is_refused(&one).await;
    assert!(cli(&["user", "list"]).contains("link ended"));
    assert_eq!(count(&console, "account_link").await, 3);
    let same = run(program(&console.url()).args([
        "user",
        "link",
        "one@audit.example",
        "ONE@audit.example",
    ]));
    assert_eq!(same.status.code(), Some(1));
    assert!(
        stderr(&same).contains("are the same account"),
        "{}",
        stderr(&same)
    );
}
