//! Reads whose future is dropped, as when a client disconnects or a request times out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::time::{Duration, Instant};

use common::Engine;

const OPEN: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND state LIKE 'idle in transaction%'";

/// sqlx 0.9.0 loses track of a `BEGIN` whose future is dropped before the answer.
#[tokio::test(flavor = "multi_thread")]
async fn dropped_reads_leave_no_transaction_open() {
    let engine = Engine::sample_with_console().await;
    engine.episodes("").await;
    let mut dropped = 0;
    for micros in (0..8_000).step_by(40) {
        let read = engine.episodes("");
        let read = tokio::time::timeout(Duration::from_micros(micros), read).await;
        dropped += u32::from(read.is_err());
        let deadline = Instant::now() + Duration::from_secs(5);
        while engine.ask(OPEN).await != "0" {
            assert!(Instant::now() < deadline, "dropped after {micros} µs");
            tokio::task::yield_now().await;
        }
    }
    assert!(dropped > 20, "{dropped} were dropped");
}
