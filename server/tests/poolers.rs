//! Through a real PgBouncer, in both of its modes: the same rows, the same limits, the same READ ONLY.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::StatusCode;
use common::servers::PgBouncer;
use common::{ADMIN, Console, router_of, settings};
use futures::future::join_all;

/// Everything but what sqlx sends by itself and PgBouncer does not know.
const DROPPED: &str = "extra_float_digits, options";

/// PgBouncer as it comes, which refuses the console's start-up packet, and as people set it up for others.
const SETUPS: [(&str, &str); 3] = [
    ("transaction", ""),
    ("transaction", DROPPED),
    ("session", DROPPED),
];

async fn through(console: &Console, pooler: &PgBouncer) -> Console {
    let mut other = Console {
        router: router_of(settings(pooler.url())),
        ..console.as_nobody()
    };
    other.log_in(ADMIN).await;
    other
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_and_exports_are_the_same_through_a_pooler() {
    let direct = Console::logged_in().await;
    let data = [
        "/trades.csv",
        "/signals.csv",
        "/events.csv",
        "/events.jsonl",
        "/kill-switch.csv",
        "/findings.csv",
        "/api/v1/trades?limit=7&q=limit",
        "/api/v1/signals?outcome=filled",
        "/api/v1/events?details.signal.coin_type=BTC",
        "/api/v1/kill-switch",
        "/trades.jsonl",
        "/kill-switch/3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c/timeline.csv",
    ];
    let pages = [
        "/",
        "/trades",
        "/signals",
        "/events",
        "/kill-switch",
        "/findings",
        "/readyz",
    ];
    for (mode, ignored) in SETUPS {
        let Some(mut pooler) =
            PgBouncer::before(&direct.database.runtime_url(), mode, ignored).await
        else {
            return;
        };
        let there = through(&direct, &pooler).await;
        let mut compared = 0;
        for address in data {
            // More at once than the pooler has connections: each is given others all the time.
            let answers = join_all((0..4).map(|_| there.get(address))).await;
            let expected = direct.get(address).await;
            for answer in answers {
                assert_eq!(
                    answer.status,
                    StatusCode::OK,
                    "{mode} {address}: {}",
                    answer.body
                );
                assert_eq!(answer.body, expected.body, "{mode} {address}");
                compared += 1;
            }
        }
        for address in pages {
            let answers = join_all((0..20).map(|_| there.get(address))).await;
            for answer in answers {
                assert_eq!(answer.status, StatusCode::OK, "{mode} {address}");
            }
        }
        println!("{mode}, ignoring {ignored:?}: {compared} answers compared, 0 differences");
        pooler.restart().await;
        for address in pages {
            assert_eq!(
                there.get(address).await.status,
                StatusCode::OK,
                "restarted: {address}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_read_only_hold_through_a_pooler() {
    for (mode, ignored) in SETUPS {
        let console = Console::logged_in().await;
        let Some(pooler) = PgBouncer::before(&console.database.runtime_url(), mode, ignored).await
        else {
            return;
        };
        let there = through(&console, &pooler).await;
        // The engine's table becomes one that writes whenever it is read.
        console
            .execute(
                "CREATE TABLE written (at timestamptz); \
                 CREATE FUNCTION writes() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS \
                 'BEGIN INSERT INTO written VALUES (now()); RETURN true; END'; \
                 ALTER TABLE trade_audit RENAME TO kept; \
                 CREATE VIEW trade_audit AS SELECT * FROM kept WHERE writes(); \
                 GRANT SELECT ON trade_audit TO PUBLIC",
            )
            .await;
        assert_eq!(
            there.get("/trades").await.status,
            StatusCode::INTERNAL_SERVER_ERROR
        );
        let written = console.find_number("SELECT count(*) FROM written").await;
        assert_eq!(written, 0, "{mode}: nothing was written");
        // And then one that takes for ever.
        console
            .execute(
                "CREATE OR REPLACE VIEW trade_audit AS SELECT * FROM kept \
                 WHERE pg_sleep(0.5) IS NOT NULL",
            )
            .await;
        let answer = there.get("/api/v1/trades").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{mode}");
        assert!(
            answer.body.contains("query_timeout"),
            "{mode}: {}",
            answer.body
        );
    }
}
