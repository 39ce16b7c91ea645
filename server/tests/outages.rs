//! A database that goes away and comes back, a server that is stopped, a Redis that hangs: against the
//! real binary's server on a real socket.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use common::proxy::Proxy;
use common::{ADMIN, Console, router_of, settings};
use server::config::Settings;
use tokio::net::TcpListener;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_gives_503_soon_and_comes_back_by_itself() {
    let mut console = Console::sample().await;
    let url = console.url();
    let (login, rest) = url.split_once('@').unwrap();
    let (host, name) = rest.split_once('/').unwrap();
    let proxy = Proxy::to(host.to_owned()).await;
    console.router = router_of(settings(&format!("{login}@{}/{name}", proxy.address)));
    console.log_in(ADMIN).await;
    assert_eq!(console.get("/trades").await.status, StatusCode::OK);
    assert_eq!(console.get("/readyz").await.status, StatusCode::OK);
    proxy.cut();
    for path in [
        "/trades",
        "/api/v1/trades",
        "/trades.csv",
        "/",
        "/kill-switch",
        "/kill-switch.csv",
        "/kill-switch/3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c",
        "/api/v1/live",
        "/readyz",
    ] {
        let begun = Instant::now();
        let answer = console.get(path).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(!answer.header("retry-after").is_empty(), "{path}");
        assert!(begun.elapsed() < Duration::from_secs(3), "{path}");
        assert!(!answer.body.contains("os error"), "{path}: {}", answer.body);
    }
    assert_eq!(console.get("/healthz").await.status, StatusCode::OK);
    proxy.mend();
    let mended = Instant::now();
    while console.get("/trades").await.status != StatusCode::OK {
        assert!(
            mended.elapsed() < Duration::from_secs(2),
            "it does not come back"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_costs_a_page_little_and_is_said_to_be_unreachable() {
    let console = Console::logged_in().await;
    assert!(console.get("/").await.body.contains("no Redis configured"));
    // It accepts, and then says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let _held = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = silent.accept().await {
            held.push(stream);
        }
    });
    let hanging = Console {
        router: router_of(Settings {
            redis_url: Some(format!("redis://{address}/0")),
            ..settings(&console.url())
        }),
        ..console
    };
    let answer = hanging.get("/").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer.body.contains("Redis not reachable"),
        "{}",
        answer.body
    );
    // Whoever comes next does not wait again. The bound is the promise itself.
    let begun = Instant::now();
    assert_eq!(hanging.get("/trades").await.status, StatusCode::OK);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_tells_what_is_enforced() {
    let Some(url) = demo::testdb::redis_url() else {
        eprintln!("no redis-server on this machine: nothing to ask");
        return;
    };
    // A database of its own among Redis' sixteen.
    let url = url.replace("/0", "/5");
    let console = Console::logged_in().await;
    let console = Console {
        router: router_of(Settings {
            redis_url: Some(url.clone()),
            ..settings(&console.url())
        }),
        ..console
    };
    let mut redis = redis::Client::open(url)
        .unwrap()
        .get_multiplexed_async_connection()
        .await
        .unwrap();
    let stopped = |body: &str| body.contains("Stopped");
    assert!(!stopped(&console.get("/trades").await.body));
    let set: Result<(), _> = redis::cmd("SET")
        .arg("omc:emergency_stop")
        .arg("true")
        .query_async(&mut redis)
        .await;
    set.unwrap();
    // The page about it shows it at once; the others share one look a moment.
    assert!(stopped(&console.get("/kill-switch").await.body));
    let elsewhere = async |is_stopped: bool| {
        while stopped(&console.get("/trades").await.body) != is_stopped {
            tokio::task::yield_now().await;
        }
    };
    let soon = Duration::from_secs(5);
    tokio::time::timeout(soon, elsewhere(true)).await.unwrap();
    let gone: Result<(), _> = redis::cmd("DEL")
        .arg("omc:emergency_stop")
        .query_async(&mut redis)
        .await;
    gone.unwrap();
    assert!(!stopped(&console.get("/kill-switch").await.body));
    tokio::time::timeout(soon, elsewhere(false)).await.unwrap();
}
