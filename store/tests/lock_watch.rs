//! Limits on the age of an export's snapshot, which holds back vacuum.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::time::Duration;
use store::views;

use common::{Engine, query};
use domain::csv::FormulaGuard;
use domain::filter::Window;
use store::StoreError;
use store::engine::{Export, ExportFormat, StopReason};
use store::lock_watch::{Bounds, LockWatch, Yielded};

/// An export without a reader that does not fit into the buffers.
async fn unread(engine: &Engine) -> Export {
    engine.database.add_large_decisions(20_000).await;
    let (query, policy) = (query(views::trades(), ""), engine.review_policy());
    let format = ExportFormat::Csv(FormulaGuard::On);
    let export = engine
        .db
        .export(&policy, &engine.auditor, &query, Window::default(), format);
    export.await.unwrap()
}

/// The error that the export's reader gets.
async fn end_of(mut export: Export) -> StoreError {
    loop {
        match export.next().await {
            Some(Ok(_)) => {}
            Some(Err(error)) => return error,
            None => panic!("it is whole"),
        }
    }
}

const ONE_EXPORT: Yielded = Yielded {
    exports: 1,
    cancelled: 0,
    terminated: 0,
};

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_limited_by_age_and_by_transactions() {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    let generous = Bounds::default();
    for bounds in [
        Bounds {
            snapshot_age: Duration::ZERO,
            ..generous
        },
        Bounds {
            snapshot_transactions: 20,
            ..generous
        },
    ] {
        let export = unread(&engine).await;
        let mut watch = LockWatch::new(&engine.db, &console, generous);
        assert_eq!(watch.look().await.unwrap(), Yielded::default());
        for _ in 0..30 {
            engine.execute("SELECT pg_current_xact_id()").await;
        }
        let mut watch = LockWatch::new(&engine.db, &console, bounds);
        assert_eq!(watch.look().await.unwrap(), ONE_EXPORT, "{bounds:?}");
        let told = end_of(export).await;
        assert!(
            matches!(told, StoreError::ExportStopped(StopReason::SnapshotTooOld)),
            "{told}"
        );
        assert_eq!(watch.look().await.unwrap(), Yielded::default());
    }
}
