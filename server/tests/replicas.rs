//! A replica as the engine's database: read from, refused alone, cancelled by its replay, gone.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use common::servers::{Primary, Replica, host};
use common::{ADMIN, Console, router_over, settings};
use server::config::Settings;
use server::lock_watch;
use server::state::App;
use store::{ConsoleDb, StoreError};
use tower::ServiceExt as _;

const DATA: [&str; 8] = [
    "/trades.csv",
    "/signals.csv",
    "/events.csv",
    "/kill-switch.csv",
    "/api/v1/trades?q=limit",
    "/api/v1/events?details.signal.coin_type=BTC",
    "/api/v1/kill-switch",
    "/trades.jsonl",
];

/// The console that reads the replica and writes to the primary.
async fn beside(primary: &Console, replica_url: String) -> Console {
    let settings = Settings {
        database_url: Some(replica_url),
        console_database_url: Some(primary.database.runtime_url()),
        ..settings("")
    };
    let app = App::new(settings).unwrap();
    tokio::spawn(lock_watch::run(app.clone()));
    let mut console = Console {
        router: router_over(app),
        ..primary.as_nobody()
    };
    console.log_in(ADMIN).await;
    console
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_is_read_like_the_primary_and_another_host_takes_its_place() {
    let Some(server) = Primary::start().await else {
        return;
    };
    let primary = Console::on(&server).await;
    let (url, admin) = (&primary.database.runtime_url(), primary.database.url());
    let Some(replica) = Replica::of(admin).await else {
        return;
    };
    let alone = ConsoleDb::new(&replica.url(url)).unwrap();
    let refused = alone.check_schema().await.unwrap_err();
    assert!(matches!(&refused, StoreError::Refused(_)), "{refused}");
    assert!(
        refused.to_string().contains("CONSOLE_DATABASE_URL"),
        "{refused}"
    );

    let hosts = replica.url(url).replacen(
        &format!("@{}", host(&replica.url(url))),
        &format!("@{},{}", host(&replica.url(url)), host(url)),
        1,
    );
    let console = beside(&primary, format!("{hosts}?target_session_attrs=any")).await;
    for address in DATA {
        let (here, there) = (console.get(address).await, primary.get(address).await);
        assert_eq!(here.status, StatusCode::OK, "{address}: {}", here.body);
        assert_eq!(here.body, there.body, "{address}");
    }
    drop(replica);
    for address in DATA {
        let answer = console.get(address).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "the replica is gone: {address}: {}",
            answer.body
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_holds_replay_up_is_visibly_cut_and_pages_are_not() {
    let Some(server) = Primary::start().await else {
        return;
    };
    let primary = Console::on(&server).await;
    primary.add_events(60_000).await;
    let url = primary.database.url();
    let Some(replica) = Replica::of(url).await else {
        return;
    };
    replica.catches_up(url).await;
    let console = beside(&primary, replica.url(&primary.database.runtime_url())).await;
    // A lock, and rows that the export's snapshot sees and vacuum has removed.
    for statements in [
        &["ALTER TABLE audit_log ADD COLUMN replayed text"][..],
        &[
            "DELETE FROM audit_log WHERE details->>'note' IS NOT NULL",
            "VACUUM audit_log",
        ],
    ] {
        // Nobody reads it: PostgreSQL waits for its reader, and does not see that the replay cancels it.
        let request = Request::get("/events.csv")
            .header(header::COOKIE, &console.cookie)
            .body(Body::empty())
            .unwrap();
        let unread = console.router.clone().oneshot(request).await.unwrap();
        assert_eq!(unread.status(), StatusCode::OK);
        replica.runs_blocked_export(url).await;
        for statement in statements {
            primary.execute(statement).await;
        }
        replica.catches_up(url).await;
        assert!(to_bytes(unread.into_body(), usize::MAX).await.is_err());
        for address in DATA {
            let answer = console.get(address).await;
            assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
        }
    }
}
