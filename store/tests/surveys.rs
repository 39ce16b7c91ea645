//! Surveys of lists, and searches that time out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use domain::catalogue::{RowKey, View};
use std::time::Duration;
use store::views;

use chrono_tz::Tz;
use common::{Engine, engine_view};
use demo::engine::HistorySpec;
use demo::testdb::small_history;
use domain::clock;
use domain::filter::ListQuery;
use domain::histogram::{Precision, Survey};
use domain::page::Count;
use store::engine::{Scope, SearchBudget, SearchResult};

fn scope(query: &ListQuery) -> Scope {
    Scope::of(query, Tz::Australia__Sydney, clock::now()).unwrap()
}

async fn survey(engine: &Engine, view: View, raw: &str) -> Survey {
    let query = ListQuery::parse(view, raw).unwrap();
    engine
        .db
        .survey(&engine.auditor, engine_view(view), &query, scope(&query))
        .await
        .unwrap()
}

/// A history with more rows than are counted exactly.
async fn large() -> Engine {
    let engine = Engine::history_of(HistorySpec {
        rows: 60_000,
        days: 90,
        ..small_history()
    })
    .await;
    engine.execute("analyze").await;
    engine
}

/// Rows of a facet's value.
fn rows(survey: &Survey, param: &str, value: &str) -> Option<u64> {
    let facet = survey.facets.iter().find(|facet| facet.param == param)?;
    let value = facet.values.iter().find(|held| held.value == value)?;
    value.rows
}

fn in_picture(survey: &Survey) -> u64 {
    let picture = survey.histogram.as_ref().unwrap();
    picture.totals().iter().sum::<u64>() + picture.outside
}

#[tokio::test]
async fn histogram_counts_exactly_the_rows_of_the_filter() {
    let engine = Engine::history().await;
    for raw in [
        "",
        "asset=BTC",
        "outcome=blocked",
        "q=limit",
        "last=7d",
        "decision=!HOLD",
    ] {
        let survey = survey(&engine, views::trades(), raw).await;
        let count = engine.count(views::trades(), raw).await;
        assert_eq!(Count::Exact(in_picture(&survey)), count, "{raw}");
    }
    for raw in [
        "",
        "severity=critical",
        "type=ALGORITHM_SIGNAL",
        "actor=system",
    ] {
        let survey = survey(&engine, views::events(), raw).await;
        let count = engine.count(views::events(), raw).await;
        assert_eq!(Count::Exact(in_picture(&survey)), count, "{raw}");
    }
    for raw in ["", "coin=BTC", "origin=collector", "action=sell&last=30d"] {
        let survey = survey(&engine, views::signals(), raw).await;
        let count = engine.count(views::signals(), raw).await;
        assert_eq!(Count::Exact(in_picture(&survey)), count, "{raw}");
    }
}

#[tokio::test]
async fn facets_ignore_their_own_filter_and_apply_the_others() {
    let engine = Engine::history().await;
    let narrowed = survey(&engine, views::trades(), "asset=BTC&outcome=blocked").await;
    for (param, value, sql) in [
        ("asset", "ETH", "block_reason is not null and asset = 'ETH'"),
        ("asset", "BTC", "block_reason is not null and asset = 'BTC'"),
        ("outcome", "executed", "asset = 'BTC' and is_executed"),
        (
            "outcome",
            "blocked",
            "asset = 'BTC' and block_reason is not null",
        ),
        (
            "decision",
            "BUY",
            "asset = 'BTC' and block_reason is not null and decision = 'BUY'",
        ),
    ] {
        let sql = format!("select count(*) from trade_audit where {sql}");
        let counted: u64 = engine.ask(&sql).await.parse().unwrap();
        let shown = rows(&narrowed, param, value).unwrap_or(0);
        assert_eq!(shown, counted, "{param} {value}");
    }
}

#[tokio::test]
async fn accounts_and_algorithms_have_names() {
    let engine = Engine::sample().await;
    let events = survey(&engine, views::events(), "").await;
    let actors = events.facets.iter().find(|facet| facet.param == "actor");
    let names: Vec<_> = actors
        .unwrap()
        .values
        .iter()
        .map(|v| v.name.clone())
        .collect();
    assert!(
        names.iter().flatten().any(|name| name.contains('@')),
        "{names:?}"
    );
    let signals = survey(&engine, views::signals(), "").await;
    let algorithms = signals
        .facets
        .iter()
        .find(|facet| facet.param == "algorithm");
    assert!(
        algorithms
            .unwrap()
            .values
            .iter()
            .all(|value| value.name.is_some())
    );
}

#[tokio::test]
async fn survey_of_no_rows_is_empty() {
    let engine = Engine::empty().await;
    let survey = survey(&engine, views::trades(), "").await;
    assert_eq!(survey.count, Count::Exact(0));
    assert!(survey.histogram.is_none());
}

#[tokio::test]
async fn rows_with_implausible_times_are_outside_the_histogram() {
    let engine = Engine::sample().await;
    engine
        .execute(
            "update trade_audit set timestamp = 'infinity' where id = (select min(id::text)::uuid from trade_audit); \
             update trade_audit set timestamp = '1970-01-01' where id = (select max(id::text)::uuid from trade_audit)",
        )
        .await;
    let survey = survey(&engine, views::trades(), "").await;
    let picture = survey.histogram.unwrap();
    assert_eq!(picture.outside, 2);
    assert_eq!(picture.totals().iter().sum::<u64>(), 58);
}

#[tokio::test]
async fn sample_totals_are_within_their_stated_error() {
    let engine = large().await;
    let about = survey(&engine, views::trades(), "decision=!HOLD").await;
    let exact = survey(&engine, views::trades(), "decision=!HOLD&counts=exact").await;
    let picture = about.histogram.as_ref().unwrap();
    let Precision::Sampled { one_in, within } = picture.precision else {
        panic!("{:?}", picture.precision);
    };
    assert!(one_in > 2.0 && within < 0.2, "1 in {one_in}, ± {within}");
    let (Count::About(reckoned), Count::Exact(counted)) = (about.count, exact.count) else {
        panic!("{:?}, {:?}", about.count, exact.count);
    };
    // The error is at 95 % confidence; twice the error is hardly ever exceeded.
    let off = reckoned.abs_diff(counted) as f64 / counted as f64;
    assert!(off <= 2.0 * within + 0.005, "{reckoned} of {counted}");
    assert_eq!(exact.histogram.unwrap().precision, Precision::Exact);
    // Filters with few rows are counted exactly even in a large history.
    let few = survey(&engine, views::trades(), "block_kind=daily_loss").await;
    assert!(matches!(few.count, Count::Exact(_)), "{:?}", few.count);
}

async fn search(engine: &Engine, query: &ListQuery, budget: SearchBudget) -> SearchResult {
    let view = engine_view(query.view);
    let (auditor, columns) = (&engine.auditor, query.view.default_columns());
    let search = engine
        .db
        .search(auditor, view, query, columns, scope(query), budget);
    search.await.unwrap()
}

/// All keys that a filter finds when each page stops after its first span.
async fn walked(engine: &Engine, view: View, raw: &str) -> (Vec<RowKey>, usize) {
    let hurried = SearchBudget {
        whole: false,
        total: Duration::ZERO,
    };
    let mut query = ListQuery::parse(view, raw).unwrap();
    let (mut keys, mut cuts) = (Vec::new(), 0);
    loop {
        let found = search(engine, &query, hurried).await;
        keys.extend(found.page.rows.iter().map(domain::page::KeysetRow::key));
        cuts += usize::from(found.searched_to.is_some());
        match found.page.next {
            Some(next) => query = query.at(next),
            None => return (keys, cuts),
        }
    }
}

#[tokio::test]
async fn a_timed_out_search_resumes_where_it_stopped() {
    let engine = Engine::history().await;
    for raw in [
        "q=limit",
        "q=limit&order=oldest&limit=7",
        "",
        "outcome=blocked&last=30d",
    ] {
        let whole = engine.walk(views::trades(), raw, async |_| ()).await;
        assert_eq!(
            walked(&engine, views::trades(), raw).await.0,
            whole,
            "{raw}"
        );
    }
    for raw in ["", "coin=BTC", "coin=BTC&order=oldest&limit=9"] {
        let whole = engine.walk(views::signals(), raw, async |_| ()).await;
        assert_eq!(
            walked(&engine, views::signals(), raw).await.0,
            whole,
            "{raw}"
        );
    }
}

#[tokio::test]
async fn a_timed_out_search_reports_how_far_it_got() {
    let engine = large().await;
    let (keys, cuts) = walked(&engine, views::trades(), "q=no+reason+says+this").await;
    assert!(keys.is_empty());
    assert!(cuts > 0);
    let patient = SearchBudget {
        whole: false,
        total: Duration::from_mins(1),
    };
    let query = ListQuery::parse(views::trades(), "q=no+reason+says+this").unwrap();
    let found = search(&engine, &query, patient).await;
    assert!(found.searched_to.is_none() && found.page.next.is_none());
}
