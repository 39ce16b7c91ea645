//! Exports that were cut off, over real sockets: the file and the rest are the whole, and who may not read any more gets
//! nothing more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use common::download::{Download, Ended};
use common::{Console, Watches};
use serde_json::Value;
use server::listen;
use tokio::net::TcpListener;
use uuid::Uuid;

/// An activation of the sample's rows.
const EPISODE: &str = "3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";

/// The console on a socket of its own, for as long as the test runs.
async fn listening(console: &Console) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = console.router.clone();
    tokio::spawn(listen::serve(
        listener,
        router,
        listen::HEADER_TIMEOUT,
        std::future::pending(),
    ));
    address
}

/// More rows than fit into all buffers on the way, thirty of each microsecond, in every table that is exported.
async fn add_rows(console: &Console) {
    console
        .execute(
            "INSERT INTO audit_log (event_type, severity, details, user_id, id, \"timestamp\") \
             SELECT 'ALGORITHM_SIGNAL', 'info', \
             json_build_object('note', repeat(E'x, \"y\"\\n', 150), 'signal', json_build_object('algorithm_id', 'a')), \
             NULL, gen_random_uuid(), now() - (n / 30) * interval '1 second' FROM generate_series(1, 20000) AS n; \
             INSERT INTO trade_audit (id, \"timestamp\", agent_id, asset, decision, reason, confidence_score, \
             price_at_decision, is_executed, block_reason, execution_order_id) \
             SELECT gen_random_uuid(), now() - (n / 30) * interval '1 second', agent_id, asset, 'BUY', \
             repeat(E'x, \"y\"\\n', 120), confidence_score, price_at_decision, is_executed, block_reason, NULL \
             FROM generate_series(1, 40000) AS n, (SELECT * FROM trade_audit LIMIT 1) AS one",
        )
        .await;
}

/// Waits until PostgreSQL waits for somebody to read an export.
async fn wait_for_export(console: &Console) {
    let waiting = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event = 'ClientWrite'";
    let waited = async {
        while console.find_number(waiting).await == 0 {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_mins(1), waited).await;
    waited.expect("it is larger than what is kept on the way");
}

async fn progress(console: &Console, key: Uuid) -> Value {
    let answer = console.get(&format!("/api/v1/exports/{key}")).await;
    serde_json::from_str(&answer.body).unwrap()
}

/// Cuts off a download of `path` that has hardly begun to be read, as a migration of the engine does; what came of it.
async fn cut_off(console: &Console, path: &str) -> Ended {
    let address = listening(console).await;
    let download = Download::begin(address, path, &console.cookie)
        .await
        .unwrap();
    assert!(download.is(200), "{path}: {}", download.head);
    wait_for_export(console).await;
    console
        .execute(
            "ALTER TABLE audit_log ALTER severity TYPE varchar(50); \
             ALTER TABLE trade_audit ALTER asset TYPE varchar(20)",
        )
        .await;
    let ended = download.end().await;
    assert!(!ended.is_whole, "{path}: it was cut");
    assert!(!ended.is_reset, "{path}: what was handed on arrives");
    ended
}

/// The body without the CSV's header.
fn rows(body: &str) -> &str {
    if body.starts_with("id,") || body.starts_with("timestamp,") {
        body.split_once("\r\n").unwrap().1
    } else {
        body
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_file_and_the_rest_are_the_whole() {
    let console = Console::logged_in().await;
    add_rows(&console).await;
    let _watches = Watches::begin(&console.app);
    for path in [
        "/events.csv?severity=info&limit=7",
        "/events.jsonl?order=oldest",
        "/signals.csv?last=90d",
        "/trades.csv?raw=1&decision=!HOLD",
        "/trades.jsonl?tz=Australia/Sydney&to=2100-01-01",
    ] {
        let whole = console.get(path).await;
        assert_eq!(whole.status, StatusCode::OK, "{path}: {}", whole.body);
        let key = Uuid::new_v4();
        let sign = if path.contains('?') { '&' } else { '?' };
        let cut = cut_off(&console, &format!("{path}{sign}key={key}")).await;
        let file = String::from_utf8(cut.body).unwrap();
        let now = progress(&console, key).await;
        assert_eq!(now["state"], "failed", "{path}");
        assert_eq!(now["rest_label"], "Export the rest", "{path}");
        let detail = now["detail"].as_str().unwrap();
        assert!(
            detail.starts_with(
                "The engine needed the table, so the export was ended. The file ends after "
            ),
            "{detail}"
        );
        let address = now["rest"].as_str().unwrap().to_owned();
        let rest = console.get(&address).await;
        assert_eq!(rest.status, StatusCode::OK, "{address}: {}", rest.body);
        let together = format!("{file}{}", rows(&rest.body));
        // Rows of `last=90d` do not leave it within a test.
        assert!(
            together == whole.body,
            "{path}: {} + {} bytes are not {}",
            file.len(),
            rest.body.len(),
            whole.body.len()
        );
        assert!(
            rows(&rest.body).len() > 1_000_000,
            "{path}: there was a rest"
        );
        println!("{path}: {} + {} bytes", file.len(), rest.body.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_javascript_the_next_page_tells_its_owner_alone() {
    let console = Console::logged_in().await;
    let other = console.as_auditor("other").await;
    add_rows(&console).await;
    let _watches = Watches::begin(&console.app);
    cut_off(&console, "/trades.csv").await;
    let page = console.get("/events?limit=1").await.body;
    let (_, notice) = page.split_once("class=\"cut-export\"").expect("it is told");
    assert!(
        notice.contains("Your export of trades was cut off."),
        "{notice}"
    );
    let address = of_notice(&page, "href");
    assert!(!is_told(&other).await);
    let rest = console.get(&address).await;
    assert_eq!(rest.status, StatusCode::OK, "{address}");
    assert!(!is_told(&console).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_can_be_dismissed_by_its_owner_alone() {
    let console = Console::logged_in().await;
    let other = console.as_auditor("other").await;
    add_rows(&console).await;
    let _watches = Watches::begin(&console.app);
    cut_off(&console, "/trades.csv").await;
    let page = console.get("/events?limit=1").await.body;
    let action = of_notice(&page, "action");
    let refused = other.post(&action, "").await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{action}");
    assert!(is_told(&console).await);
    let answer = console.post(&action, "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{action}");
    assert!(!is_told(&console).await);
}

/// The first attribute of this name in a page's notice of a cut export.
fn of_notice(page: &str, name: &str) -> String {
    let (_, notice) = page.split_once("class=\"cut-export\"").unwrap();
    let (_, value) = notice.split_once(&format!(" {name}=\"")).unwrap();
    value.split('"').next().unwrap().replace("&amp;", "&")
}

/// Whether a page tells of an export that was cut off.
async fn is_told(console: &Console) -> bool {
    let page = console.get("/events?limit=1").await;
    page.body.contains("cut-export")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_timeline_goes_on_from_its_last_moment() {
    let console = Console::logged_in().await;
    console
        .execute(&format!(
            "INSERT INTO audit_log (event_type, severity, details, user_id, id, \"timestamp\") \
             SELECT 'TRADE_REJECTED', 'warning', json_build_object('reason', repeat('x', 900)), NULL, \
             gen_random_uuid(), at + (n / 30) * interval '1 microsecond' FROM generate_series(1, 60000) AS n, \
             (SELECT \"timestamp\" AS at FROM audit_log WHERE id = '{EPISODE}') AS activation"
        ))
        .await;
    let _watches = Watches::begin(&console.app);
    let path = format!("/kill-switch/{EPISODE}/timeline.csv");
    let whole = console.get(&path).await.body;
    let cut = cut_off(&console, &path).await;
    let file = String::from_utf8(cut.body).unwrap();
    let page = console.get("/").await.body;
    let address = of_notice(&page, "href");
    let rest = console.get(&address).await.body;
    let last = file.lines().next_back().unwrap().split(',').next().unwrap();
    let kept: Vec<&str> = file
        .split_inclusive("\r\n")
        .filter(|line| !line.starts_with(last))
        .collect();
    assert!(format!("{}{}", kept.concat(), rows(&rest)) == whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_any_more_gets_nothing_more() {
    let admin = Console::logged_in().await;
    let auditor = admin.as_auditor("leaver").await;
    add_rows(&admin).await;
    let _watches = Watches::begin(&admin.app);
    let address = listening(&admin).await;
    let download = Download::begin(address, "/events.csv", &auditor.cookie)
        .await
        .unwrap();
    wait_for_export(&admin).await;
    let begun = Instant::now();
    admin.revoke("leaver").await;
    while admin.running_exports().await > 0 {
        tokio::task::yield_now().await;
    }
    println!("revoked: the export ended after {:?}", begun.elapsed());
    let ended = tokio::time::timeout(Duration::from_secs(10), download.end())
        .await
        .unwrap();
    assert!(!ended.is_whole);
    assert!(ended.is_reset, "what the system had yet to send is dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_rest_is_refused() {
    let console = Console::logged_in().await;
    let page: Value =
        serde_json::from_str(&console.get("/api/v1/trades?limit=1").await.body).unwrap();
    let cursor = page["next"].as_str().unwrap();
    for (path, told) in [
        (format!("/events.csv?rest={cursor}"), "belongs to trades"),
        (
            format!("/trades.csv?order=oldest&rest={cursor}"),
            "order=newest",
        ),
        ("/trades.csv?rest=x".to_owned(), "unchanged"),
        (format!("/kill-switch.csv?rest={cursor}"), "rest"),
        (format!("/trades?rest={cursor}"), "rest"),
    ] {
        let answer = console.get(&path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.body.contains(told), "{path}: {}", answer.body);
    }
    // A page's position is none of an export's.
    let all = console.get("/trades.csv").await.body;
    assert_eq!(
        console
            .get(&format!("/trades.csv?after={cursor}"))
            .await
            .body,
        all
    );
}
