//! Query plans of lists: by index, without scans of large tables.
//!
//! The plans are snapshots, one file per view, with the engine's own indexes. Statistics are computed from every row
//! and only once, so that plans are the same in each run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use domain::catalogue::View;
use std::fmt::Write as _;
use store::views;

use chrono_tz::Tz;
use common::{Engine, engine_view, query, roles};
use demo::engine::HistorySpec;
use demo::testdb::{TestDatabase, small_history};
use domain::csv::FormulaGuard;

use domain::time::Timestamp;
use store::engine::{ExportFormat, Plan};

/// Enough rows that a sequential scan of a large table is never the cheapest plan for a page.
const ROWS: u64 = 60_000;

/// Statistics cover every value, and autovacuum is disabled.
const STATISTICS: &str = "ALTER TABLE trade_audit SET (autovacuum_enabled = off); \
    ALTER TABLE audit_log SET (autovacuum_enabled = off); \
    ALTER TABLE orders SET (autovacuum_enabled = off); \
    ALTER TABLE signal SET (autovacuum_enabled = off); \
    ALTER TABLE algorithms SET (autovacuum_enabled = off); \
    ALTER TABLE \"user\" SET (autovacuum_enabled = off); \
    SET default_statistics_target = 10000; \
    ANALYZE";

/// Tables for which sequential scans are right, since they always stay small.
const SMALL: [&str; 2] = ["user", "algorithms"];

/// Time filters, each with a day inside it: there are rows before and after.
const SPANS: [(&str, &str); 2] = [("", "2026-11-08"), ("&last=7d", "2026-11-18")];

/// The end of the history.
fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-23T00:00:00Z").unwrap()
}

async fn populated() -> Engine {
    let spec = HistorySpec {
        rows: ROWS,
        ..small_history()
    };
    let builder = TestDatabase::builder()
        .history_of(spec)
        .also(&roles())
        .also(STATISTICS);
    Engine::of(builder.create().await)
}

impl Engine {
    async fn plan(&self, view: View, raw: &str) -> Plan {
        let query = query(view, raw);
        let window = query.window(Tz::UTC, now()).unwrap();
        self.db
            .explain(&self.auditor, engine_view(view), &query, window)
            .await
            .unwrap()
    }

    /// A cursor on this day.
    async fn cursor(&self, view: View, order: &str, day: &str) -> String {
        let raw = format!("order={order}&limit=1&from={day}&to={day}");
        let page = self.page_at(&query(view, &raw), now()).await.unwrap();
        page.next.expect("a day has two rows").print(view)
    }
}

/// The plans of a view's lists: each of `filters` alone, in both orders, with and without a span of time, on the first
/// page and after a cursor. Those of `unindexed` find few rows by what the engine has no index for: asked for without any
/// bound in time they read a table once, which is less than to walk along all of an index. But for confidence,
/// `audit-console advise` prints the indexes that they lack.
async fn plans(view: View, filters: &[&str], unindexed: &[&str]) -> String {
    let engine = populated().await;
    let mut shown: Vec<(String, Vec<String>)> = Vec::new();
    for order in ["newest", "oldest"] {
        for place in ["", "&after="] {
            for (time, day) in SPANS {
                let cursor = match place {
                    "" => String::new(),
                    _ => engine.cursor(view, order, day).await,
                };
                for filter in filters.iter().chain(unindexed) {
                    let plan = engine
                        .plan(
                            view,
                            &format!("{filter}{time}&order={order}{place}{cursor}"),
                        )
                        .await;
                    let read_whole = plan.read_whole();
                    let everywhere = time.is_empty() && place.is_empty();
                    assert!(
                        read_whole.iter().all(|table| SMALL.contains(table))
                            || everywhere && unindexed.contains(filter),
                        "{filter}{time}&order={order}{place}{cursor} reads all of {read_whole:?}:
{plan}"
                    );
                    let after = if place.is_empty() { "" } else { "&after=…" };
                    let list = format!("{filter}{time}&order={order}{after}");
                    let mut plan = plan.to_string();
                    if unindexed.contains(filter) {
                        // The two sorts have nearly equal cost for few rows.
                        plan = plan.replace("Incremental Sort", "Sort");
                    }
                    match shown.iter_mut().find(|(known, _)| *known == plan) {
                        Some((_, lists)) => lists.push(list),
                        None => shown.push((plan, vec![list])),
                    }
                }
            }
        }
    }
    let mut text = String::new();
    for (plan, lists) in shown {
        for list in lists {
            writeln!(text, "{}", list.trim_start_matches('&')).unwrap();
        }
        writeln!(text, "{plan}").unwrap();
    }
    text
}

#[tokio::test]
async fn trades() {
    let plans = plans(
        views::trades(),
        &[
            "",
            "q=limit",
            "agent=strategy_momentum_v1",
            "agent=nobody",
            "agent=!strategy_momentum_v1",
            "asset=BTC",
            "asset=DOGE",
            "asset=NONE",
            "asset=BTC&asset=ETH",
            "asset=!BTC",
            "decision=BUY",
            "decision=HOLD",
            "outcome=executed",
            "outcome=blocked",
            "outcome=pending",
            "outcome=!executed",
            "order_status=filled",
            "order_status=failed",
            "order_status=missing",
            "order_status=!filled",
            "block_kind=kill_switch",
            "block_kind=other",
            "min_confidence=0.9",
        ],
        &[
            "q=zyzzyva",
            "order_status=pending",
            "order_status=submitted",
            "min_confidence=1",
            "max_confidence=0.1",
        ],
    )
    .await;
    insta::assert_snapshot!(plans);
}

#[tokio::test]
async fn signals() {
    let plans = plans(
        views::signals(),
        &[
            "",
            "q=btc",
            "algorithm=MA Crossover",
            "algorithm=nobody",
            "coin=BTC",
            "coin=NONE",
            "coin=!BTC",
            "action=buy",
            "action=neutral",
            "origin=executor",
            "origin=collector",
            "outcome=filled",
            "outcome=nothing",
            "outcome=!filled",
            "min_confidence=0.9",
            "max_confidence=0.1",
        ],
        &["q=zyzzyva", "source=news"],
    )
    .await;
    insta::assert_snapshot!(plans);
}

#[tokio::test]
async fn events() {
    let plans = plans(
        views::events(),
        &[
            "",
            "q=btc",
            "type=ALGORITHM_SIGNAL",
            "type=kill_switch_toggle",
            "type=NONE",
            "type=!ALGORITHM_SIGNAL",
            "severity=info",
            "severity=!info",
            "actor=system",
            "actor=admin@demo.local",
            "actor=!system",
            "details.signal.coin_type=BTC",
            "details.signal.coin_type=NONE",
        ],
        &[
            "q=zyzzyva",
            "severity=critical",
            "actor=00000000-0000-4000-8000-000000000000",
        ],
    )
    .await;
    insta::assert_snapshot!(plans);
}

/// Expects that every export of a view can be planned without sorting all rows.
async fn expect_unsorted_exports(engine: &Engine, view: View, filters: &[&str]) {
    for filter in filters {
        for order in ["newest", "oldest"] {
            for format in [
                ExportFormat::Csv(FormulaGuard::On),
                ExportFormat::Csv(FormulaGuard::Off),
                ExportFormat::JsonLines,
            ] {
                let query = query(view, &format!("{filter}&order={order}"));
                let plan = engine
                    .db
                    .explain_unsorted_export(
                        &engine.auditor,
                        engine_view(view),
                        &query,
                        query.window(Tz::UTC, now()).unwrap(),
                        format,
                    )
                    .await
                    .unwrap();
                assert!(
                    plan.steps().iter().all(|step| step.step != "Sort"),
                    "{filter}&order={order} as {format:?} sorts all rows before the first:\n{plan}"
                );
            }
        }
    }
}

#[tokio::test]
async fn an_export_can_begin_with_its_first_row() {
    let engine = populated().await;
    expect_unsorted_exports(
        &engine,
        views::trades(),
        &["", "decision=BUY", "order_status=filled"],
    )
    .await;
    expect_unsorted_exports(
        &engine,
        views::signals(),
        &["", "coin=BTC", "action=buy", "min_confidence=0.5"],
    )
    .await;
    expect_unsorted_exports(&engine, views::events(), &["", "severity=info"]).await;
}

#[tokio::test]
async fn find_by_id_uses_the_primary_key_without_a_table_scan() {
    let engine = populated().await;
    let (db, auditor) = (&engine.db, &engine.auditor);
    let view = engine_view(views::trades());
    let id = engine
        .ask("SELECT id FROM trade_audit ORDER BY id LIMIT 1")
        .await;
    for rest in ["", "&order=oldest", "&last=7d", "&asset=BTC"] {
        let query = query(views::trades(), &format!("id={id}{rest}"));
        let window = query.window(Tz::UTC, now()).unwrap();
        let csv = ExportFormat::Csv(FormulaGuard::On);
        for plan in [
            db.explain(auditor, view, &query, window).await.unwrap(),
            db.explain_count(auditor, view, &query, window)
                .await
                .unwrap(),
            db.explain_export(auditor, view, &query, window, csv)
                .await
                .unwrap(),
        ] {
            let decisions: Vec<Option<&str>> = plan
                .certain_steps()
                .into_iter()
                .filter(|step| step.table.as_deref() == Some("trade_audit"))
                .map(|step| step.index.as_deref())
                .collect();
            assert!(!decisions.is_empty(), "{rest}:\n{plan}");
            assert!(
                decisions
                    .iter()
                    .all(|index| *index == Some("trade_audit_pkey")),
                "{rest} reads {decisions:?}:\n{plan}"
            );
        }
    }
}
