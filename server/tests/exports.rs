//! Exports in line: who runs, who waits, how far each is, and how it is cancelled.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, StatusCode, header};
use common::{Answer, Console};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tower::ServiceExt as _;
use uuid::Uuid;

/// An export that does not end by itself: so many rows that no buffer takes them.
const LARGE: &str = "/trades.csv?agent=bulk";

/// With rows enough for [`LARGE`], the superuser logged in.
async fn large() -> Console {
    let console = Console::logged_in().await;
    console.database.add_large_decisions(40_000).await;
    console
}

/// An answer whose body nobody has read yet.
async fn ask(console: &Console, uri: &str) -> Response<Body> {
    let request = Request::get(uri)
        .header(header::COOKIE, &console.cookie)
        .body(Body::empty())
        .unwrap();
    console.router.clone().oneshot(request).await.unwrap()
}

fn place(response: &Response<Body>) -> &str {
    response.headers()["x-place-in-line"].to_str().unwrap()
}

fn keyed(key: Uuid) -> String {
    format!("{LARGE}&key={key}")
}

/// Asks beside the test.
fn asking(console: &Console, uri: String) -> JoinHandle<Response<Body>> {
    let console = Console {
        cookie: console.cookie.clone(),
        ..console.as_nobody()
    };
    tokio::spawn(async move { ask(&console, &uri).await })
}

async fn progress(console: &Console, key: Uuid) -> Value {
    let answer = console.get(&format!("/api/v1/exports/{key}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// Waits until the export's progress says that.
async fn wait_until(console: &Console, key: Uuid, says: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let answer = console.get(&format!("/api/v1/exports/{key}")).await;
        let now: Value = serde_json::from_str(&answer.body).unwrap();
        if says(&now) {
            return now;
        }
        assert!(Instant::now() < deadline, "{now}");
        tokio::task::yield_now().await;
    }
}

/// Asks for an export and waits until it stands at that place.
async fn line_up(console: &Console, at: u64) -> (Uuid, JoinHandle<Response<Body>>) {
    let key = Uuid::new_v4();
    let waiting = asking(console, keyed(key));
    let deadline = Instant::now() + Duration::from_secs(10);
    // Until the request has been read, nobody knows its key.
    while console.get(&format!("/api/v1/exports/{key}")).await.status == StatusCode::NOT_FOUND {
        assert!(Instant::now() < deadline, "nobody knows the key");
        tokio::task::yield_now().await;
    }
    let now = wait_until(console, key, |now| now["place"] == at).await;
    assert_eq!(now["state"], "waiting");
    (key, waiting)
}

async fn run_four(console: &Console) -> Vec<Response<Body>> {
    let mut running = Vec::new();
    for _ in 0..4 {
        let response = ask(console, LARGE).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(place(&response), "0");
        running.push(response);
    }
    running
}

#[tokio::test(flavor = "multi_thread")]
async fn exports_wait_in_the_order_in_which_they_came() {
    let first = large().await;
    let (second, third) = (
        first.as_auditor("second").await,
        first.as_auditor("third").await,
    );
    let mut running = run_four(&first).await;
    let fifth = ask(&first, LARGE).await;
    assert_eq!(fifth.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(fifth.headers().contains_key(header::RETRY_AFTER));
    let (_, one) = line_up(&second, 1).await;
    let (leaver, two) = line_up(&third, 2).await;
    let (last, three) = line_up(&second, 3).await;
    // Whoever goes away leaves the line.
    two.abort();
    assert!(two.await.is_err());
    wait_until(&second, last, |now| now["place"] == 2).await;
    assert_eq!(progress(&third, leaver).await["state"], "cancelled");
    running.pop();
    let one = one.await.unwrap();
    assert_eq!((one.status(), place(&one)), (StatusCode::OK, "1"));
    let now = wait_until(&second, last, |now| now["place"] == 1).await;
    assert_eq!(now["headline"], "Export waits in line, place 1");
    drop(one);
    let three = three.await.unwrap();
    assert_eq!((three.status(), place(&three)), (StatusCode::OK, "3"));
    assert_eq!(progress(&second, last).await["state"], "running");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_line_says_so_and_people_read_on() {
    let console = large().await;
    let running = run_four(&console).await;
    let mut waiting = Vec::new();
    for number in 0..8 {
        let somebody = console.as_auditor(&format!("n{number}")).await;
        for at in 1..=4 {
            waiting.push(line_up(&somebody, number * 4 + at).await.1);
        }
    }
    let late = console.as_auditor("late").await;
    let key = Uuid::new_v4();
    let refused = late.get(&keyed(key)).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!refused.header("retry-after").is_empty());
    assert!(
        refused.body.contains("As many exports run and wait"),
        "{}",
        refused.body
    );
    let now = progress(&late, key).await;
    assert_eq!(now["state"], "failed");
    assert!(
        refused.body.contains(now["detail"].as_str().unwrap()),
        "{now}"
    );
    assert_eq!(late.get("/trades").await.status, StatusCode::OK);
    for one in &waiting {
        one.abort();
    }
    drop(running);
}

#[tokio::test]
async fn a_key_is_the_browsers_own_uuid_and_no_filter() {
    let console = Console::logged_in().await;
    let key = Uuid::new_v4();
    for uri in [
        "/trades.csv?key=mine".to_owned(),
        "/trades.jsonl?key=".to_owned(),
        format!("/events.csv?key={key}&key={key}"),
        format!("/trades?key={key}"),
        format!("/api/v1/trades?key={key}"),
    ] {
        let answer = console.get(&uri).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert!(answer.body.contains("key"), "{uri}: {}", answer.body);
    }
    let with = console.get(&format!("/trades.csv?key={key}")).await;
    let without = console.get("/trades.csv").await;
    assert_eq!(with.body, without.body);
    // What has ended may be asked for again under the same key.
    let again = console.get(&format!("/trades.csv?key={key}")).await;
    assert_eq!(again.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_ends_at_what_was_sent() {
    let console = Console::logged_in().await;
    for (path, ending) in [
        ("trades", "csv"),
        ("signals", "jsonl"),
        ("kill-switch", "csv"),
        ("findings", "jsonl"),
    ] {
        let key = Uuid::new_v4();
        let answer = console.get(&format!("/{path}.{ending}?key={key}")).await;
        let lines = answer.body.lines().count() as u64;
        let header = u64::from(ending == "csv");
        let now = wait_until(&console, key, |now| now["state"] == "done").await;
        assert_eq!(now["bytes"], answer.body.len() as u64, "{path}");
        // No text of the sample rows has a line break.
        assert_eq!(now["rows"], lines - header, "{path}");
        assert_eq!(now["place"], 0);
        assert_eq!(now["seconds_left"], Value::Null);
    }
    let key = Uuid::new_v4();
    let answer = console.get(&format!("/trades.csv?key={key}")).await;
    let now = wait_until(&console, key, |now| now["estimate"] != Value::Null).await;
    assert_eq!(now["estimate"], answer.body.lines().count() as u64 - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_exports_are_not_there() {
    let console = large().await;
    let other = console.as_auditor("other").await;
    let key = Uuid::new_v4();
    let running = ask(&console, &keyed(key)).await;
    assert_eq!(progress(&console, key).await["state"], "running");
    for (console, key) in [
        (&other, key.to_string()),
        (&console, Uuid::new_v4().to_string()),
        (&console, "x".to_owned()),
    ] {
        let seen = console.get(&format!("/api/v1/exports/{key}")).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND);
        let ended = console.post(&format!("/exports/{key}/cancel"), "").await;
        assert_eq!(ended.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(progress(&console, key).await["state"], "running");
    // The same key of somebody else is another export.
    assert_eq!(ask(&other, &keyed(key)).await.status(), StatusCode::OK);
    let twice = console.get(&keyed(key)).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    assert!(twice.body.contains("\"param\":\"key\""), "{}", twice.body);
    let nobody = console.as_nobody();
    let seen = nobody.get(&format!("/api/v1/exports/{key}")).await;
    assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
    drop(running);
}

async fn cancel(console: &Console, key: Uuid, (name, value): (&str, &str)) -> Answer {
    let request = Request::post(format!("/exports/{key}/cancel")).header(name, value);
    console.post_with(request, "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_export_ends_broken_off_and_so_does_its_backend() {
    let console = large().await;
    let key = Uuid::new_v4();
    let running = ask(&console, &keyed(key)).await;
    let foreign = cancel(&console, key, ("sec-fetch-site", "cross-site")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(progress(&console, key).await["state"], "running");
    // Nobody reads the body meanwhile.
    let cancelled = cancel(&console, key, ("accept", "application/json")).await;
    assert_eq!(cancelled.status, StatusCode::NO_CONTENT);
    let deadline = Instant::now() + Duration::from_secs(2);
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND query LIKE 'COPY%' AND state = 'active'";
    loop {
        let busy: i64 = sqlx::query_scalar(busy)
            .fetch_one(console.database.pool())
            .await
            .unwrap();
        if busy == 0 {
            break;
        }
        assert!(Instant::now() < deadline, "the server goes on");
    }
    assert!(to_bytes(running.into_body(), usize::MAX).await.is_err());
    let now = progress(&console, key).await;
    assert_eq!(now["state"], "cancelled");
    // A form goes back to where it stood; what has ended stays as it is.
    let back = cancel(&console, key, ("referer", "http://here/trades?asset=BTC")).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert_eq!(back.header("location"), "/trades?asset=BTC");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_export_can_be_cancelled() {
    let console = large().await;
    let other = console.as_auditor("other").await;
    let running = run_four(&console).await;
    let (key, waiting) = line_up(&other, 1).await;
    cancel(&other, key, ("accept", "application/json")).await;
    let answer = waiting.await.unwrap();
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    assert_eq!(progress(&other, key).await["state"], "cancelled");
    drop(running);
    // It holds up nobody. Whether the four have left by now is for their connections to say.
    assert_eq!(ask(&other, LARGE).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_leaves_the_line() {
    let console = large().await;
    let other = console.as_auditor("other").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let router = console.router.clone();
    let _served = tokio::spawn(async move { axum::serve(listener, router).await });
    let running = run_four(&console).await;
    let key = Uuid::new_v4();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {} HTTP/1.1\r\nHost: {address}\r\nCookie: {}\r\n\r\n",
        keyed(key),
        other.cookie
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let (_, second) = loop {
        // The second stands behind the first once that has been read.
        let known = other.get(&format!("/api/v1/exports/{key}")).await;
        if known.status == StatusCode::OK {
            wait_until(&other, key, |now| now["place"] == 1).await;
            break line_up(&other, 2).await;
        }
        tokio::task::yield_now().await;
    };
    drop(stream);
    wait_until(&other, key, |now| now["state"] == "cancelled").await;
    drop(running);
    let second = second.await.unwrap();
    assert_eq!(second.status(), StatusCode::OK);
}
