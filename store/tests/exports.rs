//! Exports: same rows as the pages, in the documented format, and aborted cleanly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use common::{Engine, parse_csv, query};
use domain::catalogue::View;
use domain::csv::{FORMULA_STARTS, FormulaGuard, guarded, trimmed};
use domain::filter::Window;
use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use store::StoreError;
use store::engine::{Ended, Export, ExportFormat, StopReason};
use store::views;

const CSV: ExportFormat = ExportFormat::Csv(FormulaGuard::On);
const RAW: ExportFormat = ExportFormat::Csv(FormulaGuard::Off);

/// The names of a view's exported columns.
fn columns(view: View) -> Vec<&'static str> {
    view.0.column_names().collect()
}

#[tokio::test]
async fn the_csv_of_a_filter_holds_exactly_its_rows() {
    let engine = Engine::history().await;
    for raw in [
        "",
        "outcome=blocked",
        "asset=BTC&order=oldest",
        "order_status=submitted",
    ] {
        let ids = engine
            .walk(views::trades(), &join(raw, "limit=500"), async |_| {})
            .await;
        let rows = parse_csv(&engine.export(views::trades(), raw, CSV).await);
        let header: Vec<Option<String>> = columns(views::trades())
            .iter()
            .map(|name| Some((*name).to_owned()))
            .collect();
        assert_eq!(rows[0], header);
        let exported: Vec<String> = rows[1..]
            .iter()
            .map(|row| row[0].clone().unwrap())
            .collect();
        let shown: Vec<String> = ids.iter().map(ToString::to_string).collect();
        assert_eq!(exported, shown, "{raw}");
    }
}

fn join(raw: &str, more: &str) -> String {
    if raw.is_empty() {
        more.to_owned()
    } else {
        format!("{raw}&{more}")
    }
}

#[tokio::test]
async fn values_come_back_as_they_are_stored() {
    let engine = Engine::sample().await;
    engine
        .execute(
            r#"DELETE FROM trade_audit;
               INSERT INTO trade_audit VALUES
               ('', 'BUY', E'a "b",\r\nc', 0.1, E'\\.', 1000.50000000, true, NULL, NULL,
                '00000000-0000-0000-0000-000000000001', '2026-11-23 18:35:27.53103+11')"#,
        )
        .await;
    insta::assert_snapshot!(engine.export(views::trades(), "", CSV).await, @r#"
    id,timestamp,agent_id,asset,decision,confidence_score,price_at_decision,is_executed,block_reason,reason,execution_order_id,order_status,order_side,order_quantity,order_filled_quantity,order_price,order_filled_at
    00000000-0000-0000-0000-000000000001,2026-11-23T07:35:27.531030Z,"",\.,BUY,0.1,1000.50000000,true,,"a ""b"",
    c",,,,,,,
    "#);
}

/// Every row's `reason` in the order of insertion: guarded, and raw.
async fn exported_reasons(engine: &Engine, texts: &[String]) -> [Vec<String>; 2] {
    sqlx::query(
        "INSERT INTO trade_audit SELECT 'x', 'BUY', text, 'NaN', 'x', -1, false, NULL, NULL, gen_random_uuid(), \
         '2026-11-01'::timestamptz + at * interval '1 s' FROM unnest($1::text[]) WITH ORDINALITY AS u (text, at)",
    )
    .bind(texts)
    .execute(engine.database.pool())
    .await
    .unwrap();
    let column = |name| {
        columns(views::trades())
            .iter()
            .position(|known| *known == name)
            .unwrap()
    };
    let (reason, price) = (column("reason"), column("price_at_decision"));
    let mut exports = [Vec::new(), Vec::new()];
    for (format, reasons) in [CSV, RAW].into_iter().zip(&mut exports) {
        let rows = parse_csv(&engine.export(views::trades(), "order=oldest", format).await);
        for row in &rows[1..] {
            assert_eq!(row[price].as_deref(), Some("-1.00000000"));
            reasons.push(row[reason].clone().unwrap());
        }
    }
    exports
}

#[tokio::test]
async fn the_guard_of_the_database_is_the_domains() {
    let engine = Engine::empty().await;
    // Every character that may matter, alone before a formula and alone.
    let begins = (1..=0x3ff)
        .chain(0x1000..=0x3100)
        .chain(0xfe00..=0xffff)
        .chain(0xd_fff0..=0xe_1010)
        .filter_map(char::from_u32);
    let mut texts: Vec<String> = begins
        .flat_map(|begin| [format!("{begin}=1"), format!("{begin}x")])
        .collect();
    texts.extend(["", "'=", "plain", "ä=", "-5", " \u{feff}\u{202e}＠x"].map(ToOwned::to_owned));
    let [safe, raw] = exported_reasons(&engine, &texts).await;
    let guarded: Vec<_> = texts.iter().map(|text| guarded(text)).collect();
    assert!(
        guarded
            .iter()
            .zip(&texts)
            .filter(|(guarded, text)| guarded != text)
            .count()
            > 4_000
    );
    assert_eq!(safe, guarded);
    assert_eq!(raw, texts);
}

/// Texts that begin with a run of what may be trimmed, then with what may run, then with anything.
fn hostile_text() -> impl Strategy<Value = String> {
    let trimmed: Vec<char> = trimmed()
        .flat_map(|(first, last)| [first, last])
        .filter(|char| *char != '\0')
        .collect();
    let starts: Vec<char> = FORMULA_STARTS
        .into_iter()
        .filter(|char| *char != '\0')
        .collect();
    let one = prop_oneof![
        4 => proptest::sample::select(trimmed),
        2 => proptest::sample::select(starts),
        1 => any::<char>().prop_filter("cannot be stored", |char| *char != '\0'),
    ];
    proptest::collection::vec(one, 0..8).prop_map(String::from_iter)
}

#[tokio::test]
async fn random_texts_are_guarded_in_the_database_as_in_the_domain() {
    let engine = Engine::empty().await;
    let mut runner = TestRunner::default();
    let texts: Vec<String> = (0..20_000)
        .map(|_| hostile_text().new_tree(&mut runner).unwrap().current())
        .collect();
    let [safe, raw] = exported_reasons(&engine, &texts).await;
    assert_eq!(raw, texts);
    for (safe, text) in safe.iter().zip(&texts) {
        assert_eq!(safe, guarded(text).as_ref(), "{text:?}");
    }
}

#[tokio::test]
async fn numbers_from_json_are_not_guarded_and_formulas_are() {
    let engine = Engine::empty().await;
    engine
        .execute(
            r"INSERT INTO audit_log (event_type, severity, details, id, timestamp)
               SELECT 'ALGORITHM_SIGNAL', 'info',
                 json_build_object('signal', json_build_object('quantity', quantity)),
                 gen_random_uuid(), clock_timestamp()
               FROM unnest(ARRAY['-0.5', '+1e-7', '-1+cmd', '=1', ' -2', '－3']) AS quantity",
        )
        .await;
    let rows = parse_csv(&engine.export(views::signals(), "order=oldest", CSV).await);
    let quantities: Vec<&str> = rows[1..]
        .iter()
        .map(|row| row[7].as_deref().unwrap())
        .collect();
    assert_eq!(
        quantities,
        ["-0.5", "+1e-7", "'-1+cmd", "'=1", "' -2", "'－3"]
    );
}

#[tokio::test]
async fn json_lines_are_one_object_a_line_with_the_columns_in_order() {
    let engine = Engine::history().await;
    engine
        .execute(
            "UPDATE audit_log SET details = E'{\n \"a\":\r\n 1.50, \"a\": \"x\"}' \
             WHERE id = (SELECT id FROM audit_log ORDER BY timestamp DESC, id DESC LIMIT 1)",
        )
        .await;
    let text = engine
        .export(views::events(), "", ExportFormat::JsonLines)
        .await;
    let all: usize = engine
        .ask("SELECT count(*) FROM audit_log")
        .await
        .parse()
        .unwrap();
    assert_eq!(text.lines().count(), all);
    assert!(
        text.lines()
            .next()
            .unwrap()
            .contains(r#"{  "a":   1.50, "a": "x"}"#)
    );
    for line in text.lines() {
        let mut at = 0;
        for column in columns(views::events()) {
            let place = line[at..].find(&format!("\"{column}\":"));
            at += place.unwrap_or_else(|| panic!("{column} in {line}"));
        }
    }
}

#[tokio::test]
async fn hostile_rows_export_in_every_view() {
    let engine = Engine::history().await;
    // PostgreSQL stores documents that are too deep to follow a path in, limited by the machine's stack.
    let stored = async |depth: usize| {
        sqlx::query(
            "INSERT INTO audit_log (event_type, severity, details, id, timestamp) \
             VALUES ('ALGORITHM_SIGNAL', 'info', $1::text::json, gen_random_uuid(), now())",
        )
        .bind("[".repeat(depth) + &"]".repeat(depth))
        .execute(engine.database.pool())
        .await
        .is_ok()
    };
    let mut depth = 20_000;
    while !stored(depth).await {
        depth -= 50;
    }
    let trades = parse_csv(&engine.export(views::trades(), "", CSV).await);
    let signals = parse_csv(&engine.export(views::signals(), "", CSV).await);
    let events = parse_csv(&engine.export(views::events(), "", CSV).await);
    for (rows, width) in [
        (&trades, columns(views::trades()).len()),
        (&signals, columns(views::signals()).len()),
        (&events, columns(views::events()).len()),
    ] {
        assert!(rows.iter().all(|row| row.len() == width));
    }
    assert!(
        !engine
            .export(views::signals(), "", ExportFormat::JsonLines)
            .await
            .is_empty()
    );
    assert!(
        !engine
            .export(views::trades(), "", ExportFormat::JsonLines)
            .await
            .is_empty()
    );
}

/// Enough rows that no export completes before it is aborted: the server stops sending only when the sockets' buffers
/// are full.
async fn large() -> Engine {
    let engine = Engine::sample().await;
    engine.database.add_large_decisions(40_000).await;
    engine
}

/// Starts an export of all decisions.
async fn begin_all(engine: &Engine) -> Result<Export, StoreError> {
    let query = query(views::trades(), "");
    let window = Window::default();
    engine
        .db
        .export(
            &engine.review_policy(),
            &engine.auditor,
            &query,
            window,
            RAW,
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_aborted_exports_leave_correct_answers_and_idle_servers() {
    let engine = large().await;
    let query = query(views::trades(), "");
    for _ in 0..100 {
        // The slot is freed when the task notices that its reader is gone.
        let mut export = engine
            .db
            .export(
                &engine.review_policy(),
                &engine.auditor,
                &query,
                Window::default(),
                RAW,
            )
            .await
            .unwrap();
        assert!(export.next().await.unwrap().is_ok());
    }
    for _ in 0..50 {
        let page = engine
            .page(views::trades(), "asset=BTC&limit=3")
            .await
            .unwrap();
        assert_eq!(page.rows.len(), 3);
        assert_eq!(
            engine.count(views::trades(), "decision=SELL").await,
            domain::page::Count::Exact(15)
        );
    }
    wait_until_idle(&engine).await;
}

/// The number of backends of this database that run a `COPY`.
const BUSY: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND query LIKE 'COPY%' AND state = 'active'";

/// Fails if a backend is still busy after two seconds.
async fn wait_until_idle(engine: &Engine) {
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(2);
    while engine.ask(BUSY).await != "0" {
        assert!(
            tokio::time::Instant::now() < deadline,
            "the server goes on after two seconds"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_aborted_during_the_search_ends_on_the_server() {
    let engine = large().await;
    // Every row is read and none matches; the copies make the search slow.
    engine
        .execute(
            "INSERT INTO trade_audit SELECT agent_id, decision, reason, confidence_score, asset, \
                  price_at_decision, false, NULL, NULL, gen_random_uuid(), timestamp \
                  FROM trade_audit, generate_series(1, 9)",
        )
        .await;
    let query = query(views::trades(), "q=nothing+holds+these+words+together");
    let policy = engine.review_policy();
    let search = engine
        .db
        .export(&policy, &engine.auditor, &query, Window::default(), RAW);
    let begun = tokio::time::timeout(std::time::Duration::from_millis(50), search).await;
    assert!(begun.is_err(), "the search was over too soon to be cut");
    wait_until_idle(&engine).await;
    let places = [0; 4].map(|_| {
        engine
            .db
            .export(&policy, &engine.auditor, &query, Window::default(), RAW)
    });
    for export in futures::future::join_all(places).await {
        assert!(export.is_ok(), "a cut export keeps its place");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_fails_half_way_says_so() {
    let engine = large().await;
    let query = query(views::trades(), "");
    let mut export = engine
        .db
        .export(
            &engine.review_policy(),
            &engine.auditor,
            &query,
            Window::default(),
            CSV,
        )
        .await
        .unwrap();
    assert!(export.next().await.unwrap().is_ok());
    engine
        .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY%' AND datname = current_database()")
        .await;
    let mut last = None;
    while let Some(chunk) = export.next().await {
        last = Some(chunk);
    }
    assert!(last.unwrap().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_export_ends_even_without_a_reader() {
    let engine = large().await;
    let query = query(views::trades(), "");
    let mut export = engine
        .db
        .export(
            &engine.review_policy(),
            &engine.auditor,
            &query,
            Window::default(),
            RAW,
        )
        .await
        .unwrap();
    let task = export.take_task().unwrap();
    task.stopper().stop(StopReason::Cancelled);
    assert_eq!(task.ended().await, Ended::Stopped(StopReason::Cancelled));
    wait_until_idle(&engine).await;
    let mut last = None;
    while let Some(chunk) = export.next().await {
        last = Some(chunk);
    }
    assert!(last.unwrap().is_err(), "a cut export looks whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_readers_do_not_block_other_exports() {
    let engine = large().await;
    let begin = || begin_all(&engine);
    let idle = futures::future::join_all((0..3).map(|_| begin())).await;
    assert!(idle.iter().all(Result::is_ok));
    let mut export = begin().await.unwrap();
    let read = async {
        while let Some(chunk) = export.next().await {
            chunk.unwrap();
        }
    };
    // Shorter than the timeout for idle readers.
    tokio::time::timeout(std::time::Duration::from_secs(30), read)
        .await
        .expect("it waits for those that nobody reads");
}

#[tokio::test(flavor = "multi_thread")]
async fn exported_rows_are_counted() {
    let engine = Engine::history().await;
    let all: u64 = engine
        .ask("SELECT count(*) FROM trade_audit")
        .await
        .parse()
        .unwrap();
    let query = query(views::trades(), "");
    for format in [CSV, ExportFormat::JsonLines] {
        let mut export = engine
            .db
            .export(
                &engine.review_policy(),
                &engine.auditor,
                &query,
                Window::default(),
                format,
            )
            .await
            .unwrap();
        let mut rows = 0;
        while let Some(chunk) = export.next().await {
            rows += chunk.unwrap().rows;
        }
        assert_eq!(rows, all, "{format:?}");
        assert_eq!(export.take_task().unwrap().ended().await, Ended::Complete);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn estimates_are_exact_counts_or_planner_estimates() {
    let engine = large().await;
    let estimate = async |raw: &str| {
        let query = query(views::trades(), raw);
        engine
            .db
            .estimate(
                &engine.review_policy(),
                &engine.auditor,
                &query,
                Window::default(),
            )
            .await
            .unwrap()
    };
    assert_eq!(estimate("decision=SELL").await, Some(15));
    engine.execute("ANALYZE trade_audit").await;
    let all = estimate("").await.unwrap();
    assert!((35_000..45_000).contains(&all), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_waits_for_a_slot_until_the_timeout() {
    let engine = large().await;
    let begin = || begin_all(&engine);
    let mut running = [begin().await, begin().await, begin().await, begin().await];
    assert!(running.iter().all(Result::is_ok));
    assert!(matches!(begin().await, Err(StoreError::ExportsBusy)));
    let (ends, waits) = tokio::join!(
        async {
            running[0]
                .as_mut()
                .unwrap()
                .take_task()
                .unwrap()
                .stopper()
                .stop(StopReason::Cancelled);
        },
        begin()
    );
    assert_eq!(ends, ());
    assert!(waits.is_ok());
}
