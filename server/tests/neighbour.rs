//! A good neighbour of a living engine: migrations fail no request, nobody waits for an export, and exports end with the
//! right to read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use common::{ADMIN, Console, Watches};
use futures::future::join_all;
use serde_json::Value;
use sqlx::{Connection as _, Executor as _, PgConnection};
use tokio::sync::watch;
use tower::ServiceExt as _;
use uuid::Uuid;

/// What an engine's release does to its tables: types widen, columns come.
const MIGRATION: [&str; 9] = [
    "ALTER TABLE \"user\" ALTER email TYPE varchar(320)",
    "ALTER TABLE trade_audit ALTER reason TYPE varchar(3000)",
    "ALTER TABLE algorithms ALTER name TYPE varchar(300)",
    "ALTER TABLE orders ADD COLUMN venue varchar(40)",
    "ALTER TABLE audit_log ADD COLUMN trace_id uuid",
    "ALTER TABLE trade_audit ALTER reason TYPE text",
    "ALTER TABLE orders ALTER price TYPE numeric(30,12)",
    "ALTER TABLE signal ALTER id TYPE bigint",
    "ALTER TABLE deployed_algorithms ALTER execution_frequency TYPE bigint",
];

/// An activation of the sample's rows.
const EPISODE: &str = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";

/// Every page and data route that reads the engine's tables.
async fn addresses(console: &Console) -> Vec<String> {
    let decision = console
        .find_id("SELECT id FROM trade_audit ORDER BY id LIMIT 1")
        .await;
    let event = console
        .find_id("SELECT id FROM audit_log ORDER BY id LIMIT 1")
        .await;
    let order = console
        .find_id("SELECT id FROM orders ORDER BY id LIMIT 1")
        .await;
    let mut addresses: Vec<String> = ["trades", "signals", "events", "kill-switch", "findings"]
        .iter()
        .flat_map(|view| {
            ["", ".csv", ".jsonl"]
                .map(|form| format!("/{view}{form}"))
                .into_iter()
                .chain([format!("/api/v1/{view}")])
        })
        .collect();
    addresses.extend(["trades", "signals", "events"].map(|view| format!("/api/v1/{view}/survey")));
    addresses.extend([
        "/".to_owned(),
        "/trades?q=limit&asset=BTC".to_owned(),
        "/events?details.signal.coin_type=BTC".to_owned(),
        "/signals?outcome=filled".to_owned(),
        "/findings/rules/silence".to_owned(),
        "/api/v1/live".to_owned(),
        "/readyz".to_owned(),
        format!("/trades/{decision}"),
        format!("/events/{event}"),
        format!("/traces/{order}"),
        format!("/kill-switch/{EPISODE}"),
        format!("/kill-switch/{EPISODE}/timeline.csv"),
        format!("/kill-switch/{EPISODE}/leaks.csv"),
        format!("/api/v1/kill-switch/{EPISODE}"),
    ]);
    addresses
}

/// Asks for every address several times at once, so that several connections have prepared each statement; what did not
/// answer 200.
async fn failures(console: &Console, addresses: &[String]) -> Vec<String> {
    let mut failures = Vec::new();
    for address in addresses {
        let answers = join_all((0..3).map(|_| console.get(address))).await;
        let failed = answers
            .iter()
            .filter(|answer| answer.status != StatusCode::OK);
        failures.extend(failed.map(|answer| format!("{address}: {}", answer.status)));
    }
    failures
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_after_a_migration_of_the_engine() {
    let mut console = Console::logged_in().await;
    let addresses = addresses(&console).await;
    assert_eq!(failures(&console, &addresses).await, [""; 0]);
    for statement in MIGRATION {
        console.execute(statement).await;
    }
    assert_eq!(failures(&console, &addresses).await, [""; 0]);
    console.log_in(ADMIN).await;
    assert_eq!(failures(&console, &addresses).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_went_away_takes_only_its_pages_with_it() {
    let mut console = Console::logged_in().await;
    console.log_in(ADMIN).await;
    console
        .execute("ALTER TABLE trade_audit DROP COLUMN reason")
        .await;
    for address in ["/trades", "/trades.csv", "/api/v1/trades"] {
        let answer = console.get(address).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{address}");
        assert!(
            answer.body.contains("trade_audit.reason"),
            "{address}: {}",
            answer.body
        );
    }
    for address in ["/events", "/signals", "/kill-switch", "/events.csv"] {
        assert_eq!(
            console.get(address).await.status,
            StatusCode::OK,
            "{address}"
        );
    }
    let ready = console.get("/readyz").await;
    assert_eq!(ready.status, StatusCode::OK);
    assert!(
        ready.body.contains("trade_audit.reason: is missing"),
        "{}",
        ready.body
    );
    console
        .execute("ALTER TABLE trade_audit ADD COLUMN reason text NOT NULL DEFAULT ''")
        .await;
    assert_eq!(console.get("/trades").await.status, StatusCode::OK);
    assert!(
        console
            .get("/readyz")
            .await
            .body
            .contains("\"engine_schema\":\"ok\"")
    );
    // The header of every page reads these.
    console
        .execute("ALTER TABLE audit_log DROP COLUMN severity; DROP TABLE signal")
        .await;
    assert_eq!(console.get("/trades").await.status, StatusCode::OK);
    assert_eq!(
        console.get("/events").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    console.log_in(ADMIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_fails_during_twenty_migrations_under_load() {
    let console = Console::logged_in().await;
    let _watches = Watches::begin(&console.app);
    let addresses = addresses(&console).await;
    let (over, asked) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU32::new(0)),
    );
    let readers: Vec<_> = (0..4)
        .map(|reader| {
            let (console, addresses) = (console.again(), addresses.clone());
            let (over, asked) = (Arc::clone(&over), Arc::clone(&asked));
            tokio::spawn(async move {
                let mut failed = Vec::new();
                // Each begins elsewhere.
                for address in addresses.iter().cycle().skip(reader * addresses.len() / 4) {
                    if over.load(Ordering::SeqCst) {
                        break;
                    }
                    // Exports wait in line for one another, and one person has four places: their turn is tested elsewhere.
                    if [".csv", ".jsonl"].iter().any(|form| address.contains(form)) {
                        continue;
                    }
                    let answer = console.get(address).await;
                    asked.fetch_add(1, Ordering::SeqCst);
                    if answer.status != StatusCode::OK {
                        failed.push(format!("{address}: {}", answer.status));
                    }
                }
                failed
            })
        })
        .collect();
    let mut longest = Duration::ZERO;
    for round in 0..20 {
        let before = asked.load(Ordering::SeqCst);
        let begun = Instant::now();
        let size = 400 + round;
        console
            .execute(&format!(
                "ALTER TABLE trade_audit ALTER block_reason TYPE varchar({size}); \
                 ALTER TABLE audit_log ADD COLUMN added_{round} text; \
                 ALTER TABLE orders ADD COLUMN added_{round} text; \
                 ALTER TABLE \"user\" ALTER full_name TYPE varchar({size}); \
                 ALTER TABLE \"user\" ALTER email TYPE varchar({size}); \
                 ALTER TABLE algorithms ALTER name TYPE varchar({size})"
            ))
            .await;
        longest = longest.max(begun.elapsed());
        // The next one comes when the readers have met this one.
        while asked.load(Ordering::SeqCst) < before + 20 {
            tokio::task::yield_now().await;
        }
    }
    over.store(true, Ordering::SeqCst);
    let failed: Vec<String> = join_all(readers)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    println!(
        "{} requests during 20 migrations, {} failed; the longest migration took {longest:?}",
        asked.load(Ordering::SeqCst),
        failed.len()
    );
    assert_eq!(failed, [""; 0]);
}

async fn ask_once(console: &Console, uri: &str) -> Response<Body> {
    let request = Request::get(uri)
        .header(header::COOKIE, &console.cookie)
        .body(Body::empty())
        .unwrap();
    console.router.clone().oneshot(request).await.unwrap()
}

/// An answer whose body nobody has read yet.
async fn ask(console: &Console, uri: &str) -> Response<Body> {
    let mut response = ask_once(console, uri).await;
    // It gave way before its first row, and says when to try again.
    while response.status() == StatusCode::SERVICE_UNAVAILABLE {
        assert!(response.headers().contains_key(header::RETRY_AFTER));
        response = ask_once(console, uri).await;
    }
    assert_eq!(response.status(), StatusCode::OK, "{uri}");
    response
}

async fn is_cut(response: Response<Body>) -> bool {
    to_bytes(response.into_body(), usize::MAX).await.is_err()
}

async fn progress(console: &Console, key: Uuid) -> Value {
    let answer = console.get(&format!("/api/v1/exports/{key}")).await;
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_waits_for_no_slow_download() {
    let console = Console::logged_in().await;
    console.add_events(60_000).await;
    let _watches = Watches::begin(&console.app);
    let people = [
        console.again(),
        console.as_auditor("one").await,
        console.as_auditor("two").await,
    ];
    let key = Uuid::new_v4();
    let keyed = format!("/events.csv?key={key}");
    // Nobody reads: PostgreSQL waits, and holds the table. Four run, and the others begin as these are ended.
    let (read, _) = watch::channel(false);
    let mut unread = vec![tokio::spawn(is_cut_when_read(
        console.again(),
        keyed,
        read.subscribe(),
    ))];
    wait_for_exports(&console, 1).await;
    for (at, address) in ["/events.csv", "/events.jsonl", "/signals.csv"]
        .iter()
        .cycle()
        .take(9)
        .enumerate()
    {
        // Each person has four at the most.
        let person = people[(at + 1) / 4].again();
        let asked = is_cut_when_read(person, (*address).to_owned(), read.subscribe());
        unread.push(tokio::spawn(asked));
    }
    wait_for_exports(&console, 4).await;
    let mut engine = PgConnection::connect(console.database.url()).await.unwrap();
    let mut longest = Duration::ZERO;
    for round in 0..3 {
        let begun = Instant::now();
        let alter = format!("ALTER TABLE audit_log ADD COLUMN needed_{round} text");
        engine.execute(sqlx::AssertSqlSafe(alter)).await.unwrap();
        longest = longest.max(begun.elapsed());
    }
    println!("the engine waited {longest:?} at most behind ten downloads that nobody reads");
    assert!(longest < Duration::from_secs(5), "{longest:?}");
    read.send(true).unwrap();
    let ended = join_all(unread).await.into_iter();
    let cut = ended.filter(|is_cut| *is_cut.as_ref().unwrap()).count();
    assert!(cut >= 4, "those that were in the way: {cut}");
    let now = progress(&console, key).await;
    assert_eq!(now["state"], "failed");
    let detail = now["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("The engine needed the table"),
        "{detail}"
    );
}

/// Asks, reads nothing before `read` says so, and tells whether what came was cut.
async fn is_cut_when_read(
    console: Console,
    address: String,
    mut read: watch::Receiver<bool>,
) -> bool {
    let response = ask(&console, &address).await;
    read.wait_for(|read| *read).await.unwrap();
    is_cut(response).await
}

/// Waits until so many exports run.
async fn wait_for_exports(console: &Console, number: i64) {
    while console.running_exports().await < number {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_ends_with_the_right_to_read() {
    let admin = Console::logged_in().await;
    admin.add_events(60_000).await;
    let _watches = Watches::begin(&admin.app);
    for how in ["revoked", "deactivated", "logged out"] {
        let name = how.replace(' ', "-");
        let auditor = admin.as_auditor(&name).await;
        let key = Uuid::new_v4();
        let unread = ask(&auditor, &format!("/events.csv?key={key}")).await;
        let kept = ask(&admin, "/events.csv").await;
        let begun = Instant::now();
        match how {
            "revoked" => admin.revoke(&name).await,
            "deactivated" => {
                let email = format!("{name}@audit.example");
                admin
                    .execute(&format!(
                        "UPDATE audit_console.account SET active = false WHERE email = '{email}'"
                    ))
                    .await;
            }
            _ => {
                auditor.post("/logout", "").await;
            }
        }
        // Its connection goes, whether anybody reads or not.
        while admin.running_exports().await > 1 {
            tokio::task::yield_now().await;
        }
        let took = begun.elapsed();
        println!("{how}: the export ended after {took:?}");
        assert!(took < Duration::from_secs(10), "{how}: {took:?}");
        assert!(is_cut(unread).await, "{how}");
        assert!(!is_cut(kept).await, "{how}: somebody else's goes on");
    }
}
