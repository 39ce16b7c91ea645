//! The engine's two large tables partitioned by month: same results as with plain tables, and partition pruning by
//! time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use chrono_tz::Tz;
use common::{Engine, engine_view, partitioned, query, text_of};
use demo::engine::HistorySpec;
use demo::testdb::small_history;
use domain::catalogue::View;
use domain::csv::FormulaGuard;
use domain::filter::ListQuery;
use domain::histogram::Survey;
use domain::live::RedisState;
use domain::page::KeysetRow as _;
use domain::time::Timestamp;
use store::engine::{ExportFormat, Plan, Scope};
use store::findings::{FindingScanner, ScanOutcome};
use store::views;

const SPEC: HistorySpec = HistorySpec {
    days: 90,
    ..small_history()
};

/// The end of the history.
fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-23T00:00:00Z").unwrap()
}

/// The same rows in plain tables and in partitioned ones.
async fn both() -> [Engine; 2] {
    let plain = Engine::history_of(SPEC).await;
    // As in the partitioned tables, one transaction writes all rows: rules compare transaction ids.
    plain
        .execute("UPDATE audit_log SET id = id; UPDATE trade_audit SET id = id; ANALYZE")
        .await;
    [plain, partitioned(SPEC).await]
}

impl Engine {
    /// Everything that a list shows and exports.
    async fn list(&self, view: View, raw: &str) -> String {
        let query = query(view, raw);
        let window = query.window(Tz::UTC, now()).unwrap();
        let mut all = Vec::new();
        for format in [
            ExportFormat::Csv(FormulaGuard::On),
            ExportFormat::Csv(FormulaGuard::Off),
            ExportFormat::JsonLines,
        ] {
            let policy = self.review_policy();
            let export = self
                .db
                .export(&policy, &self.auditor, &query, window, format);
            all.push(text_of(export.await.unwrap()).await);
        }
        let mut page = query.clone();
        loop {
            let shown = self.page_at(&page, now()).await.unwrap();
            all.extend(shown.rows.iter().map(|row| format!("{:?}", row.key())));
            match shown.next {
                Some(next) => page = page.at(next),
                None => break,
            }
        }
        let scope = Scope::of(&query, Tz::UTC, now()).unwrap();
        let survey = self
            .db
            .survey(&self.auditor, engine_view(view), &query, scope)
            .await
            .unwrap();
        assert!(!survey.cut, "{raw}");
        let survey = Survey {
            made_at: now(),
            ..survey
        };
        all.push(format!("{survey:?}"));
        let count = self
            .db
            .count(&self.auditor, engine_view(view), &query, window)
            .await
            .unwrap();
        all.push(format!("{count:?}"));
        all.join("\n")
    }

    /// The history of the kill switch, its list and its dossiers.
    async fn kill_switch(&self) -> String {
        let mut all = Vec::new();
        let query = ListQuery::parse(views::kill_switch(), "").unwrap();
        let window = query.window(Tz::UTC, now()).unwrap();
        let list = self
            .db
            .export_episodes(
                &self.auditor,
                &self.review_policy(),
                &query,
                window,
                ExportFormat::Csv(FormulaGuard::On),
            )
            .await
            .unwrap();
        all.push(text_of(list).await);
        let history = self.db.kill_switch_history(&self.auditor).await.unwrap();
        assert!(history.episodes.len() > 2);
        for episode in &history.episodes {
            let span = domain::dossier::Span::around(episode, now());
            let dossier = self.db.dossier(&self.auditor, episode.key(), span).await;
            all.push(format!("{:?}", dossier.unwrap().unwrap()));
        }
        all.join("\n")
    }

    /// Findings.
    async fn findings(&self) -> String {
        let mut scanner = FindingScanner::new(self.db.clone(), self.console());
        while scanner
            .scan_at(now(), &RedisState::NotConfigured)
            .await
            .unwrap()
            != ScanOutcome::Done
        {}
        let found = self
            .ask(
                "SELECT string_agg(concat_ws(' ', rule, subject_kind, subject_id, \"timestamp\", summary), E'\\n' \
                 ORDER BY rule, subject_id) FROM audit_console.finding WHERE gone_at IS NULL",
            )
            .await;
        assert!(found.lines().count() > 10, "{found}");
        found
    }
}

#[track_caller]
fn expect_same(what: &str, [plain, partitioned]: [String; 2]) {
    let differ = plain
        .lines()
        .zip(partitioned.lines())
        .find(|(one, other)| one != other);
    assert_eq!(differ, None, "{what}");
    assert_eq!(plain.len(), partitioned.len(), "{what}");
}

#[tokio::test]
async fn lists_exports_and_surveys_are_the_same() {
    let [plain, partitioned] = both().await;
    for raw in [
        "",
        "order=oldest",
        "outcome=blocked&limit=500",
        "q=limit",
        "last=7d",
        "from=2026-09-20&to=2026-10-10",
    ] {
        expect_same(
            raw,
            [
                plain.list(views::trades(), raw).await,
                partitioned.list(views::trades(), raw).await,
            ],
        );
    }
    for raw in [
        "",
        "severity=critical",
        "details.signal.coin_type=BTC&order=oldest",
        "from=2026-10-31&to=2026-11-01",
    ] {
        expect_same(
            raw,
            [
                plain.list(views::events(), raw).await,
                partitioned.list(views::events(), raw).await,
            ],
        );
    }
    for raw in ["", "coin=BTC", "outcome=filled&order=oldest", "last=30d"] {
        expect_same(
            raw,
            [
                plain.list(views::signals(), raw).await,
                partitioned.list(views::signals(), raw).await,
            ],
        );
    }
}

#[tokio::test]
async fn the_kill_switch_is_the_same() {
    let [plain, partitioned] = both().await;
    expect_same(
        "kill switch",
        [plain.kill_switch().await, partitioned.kill_switch().await],
    );
}

#[tokio::test]
async fn findings_are_the_same() {
    let [plain, partitioned] = both().await;
    expect_same(
        "findings",
        [plain.findings().await, partitioned.findings().await],
    );
}

/// The months of a table that a plan reads.
fn months(plan: &Plan, table: &str) -> Vec<String> {
    let mut months: Vec<String> = plan
        .steps()
        .iter()
        .filter_map(|step| {
            step.table
                .as_deref()?
                .strip_prefix(table)?
                .strip_prefix('_')
        })
        .map(|partition| {
            partition
                .trim_end_matches("_a")
                .trim_end_matches("_b")
                .to_owned()
        })
        .collect();
    months.sort();
    months.dedup();
    months
}

async fn expect_pruned(engine: &Engine, view: View, filter: &str, table: &str) {
    for (span, expected) in [
        ("from=2026-10-05&to=2026-10-20", &["2026_10"][..]),
        ("from=2026-09-30&to=2026-10-02", &["2026_09", "2026_10"]),
    ] {
        for order in ["newest", "oldest"] {
            let query = query(view, &format!("{filter}{span}&order={order}"));
            let window = query.window(Tz::UTC, now()).unwrap();
            let (db, auditor) = (&engine.db, &engine.auditor);
            for (what, plan) in [
                (
                    "page",
                    db.explain(auditor, engine_view(view), &query, window).await,
                ),
                (
                    "count",
                    db.explain_count(auditor, engine_view(view), &query, window)
                        .await,
                ),
                (
                    "export",
                    db.explain_unsorted_export(
                        auditor,
                        engine_view(view),
                        &query,
                        window,
                        ExportFormat::JsonLines,
                    )
                    .await,
                ),
            ] {
                let plan = plan.unwrap();
                assert_eq!(
                    months(&plan, table),
                    expected,
                    "{what} {filter}{span}:\n{plan}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_time_filter_prunes_partitions() {
    let engine = partitioned(SPEC).await;
    for filter in ["", "asset=BTC&", "outcome=blocked&", "q=limit&"] {
        expect_pruned(&engine, views::trades(), filter, "trade_audit").await;
    }
    for filter in ["", "severity=critical&", "q=btc&"] {
        expect_pruned(&engine, views::events(), filter, "audit_log").await;
    }
}
