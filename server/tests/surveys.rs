//! What lists amount to, on their pages and for programs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::StatusCode;
use common::Console;
use serde_json::Value;

#[tokio::test]
async fn a_list_page_ends_with_its_histogram_and_facets() {
    let console = Console::logged_in().await;
    for (path, count) in [
        ("/trades", "60 decisions"),
        ("/trades?outcome=blocked&limit=5", "11 decisions"),
        ("/events?severity=info&limit=5", "events"),
        ("/signals?limit=5", "signals"),
    ] {
        let page = console.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let rows = page.body.find("<tbody>").unwrap();
        for late in [
            "class=\"bars\"",
            "<table class=\"chart-table\">",
            "id=\"facet-",
        ] {
            let at = page.body.find(late).expect(late);
            assert!(at > rows, "{path}: {late} comes before the rows");
        }
        assert!(page.body.contains(count), "{path}");
        assert!(page.body.trim_end().ends_with("</html>"), "{path}");
    }
}

#[tokio::test]
async fn a_program_reads_the_same_numbers() {
    let console = Console::logged_in().await;
    let answer = console.get("/api/v1/trades/survey?asset=BTC&tz=UTC").await;
    assert_eq!(answer.status, StatusCode::OK);
    let survey: Value = serde_json::from_str(&answer.body).unwrap();
    let rows = survey["count"]["rows"].as_u64().unwrap();
    assert_eq!(survey["count"]["is"], "exact");
    let series = survey["histogram"]["series"].as_array().unwrap();
    let drawn: u64 = series
        .iter()
        .flat_map(|series| series["rows"].as_array().unwrap())
        .filter_map(Value::as_u64)
        .sum();
    assert_eq!(drawn, rows);
    let facets = survey["facets"].as_array().unwrap();
    let asset = facets
        .iter()
        .find(|facet| facet["param"] == "asset")
        .unwrap();
    assert!(asset["values"].as_array().unwrap().len() > 1, "{asset}");
}

#[tokio::test]
async fn how_to_count_is_checked_everywhere() {
    let console = Console::logged_in().await;
    for path in [
        "/trades?counts=maybe",
        "/trades.csv?counts=maybe",
        "/api/v1/trades/survey?counts=maybe",
        "/api/v1/trades?counts=maybe",
    ] {
        let answer = console.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.body.contains("about or exact"), "{path}");
    }
    let exact = console.get("/trades?counts=exact").await;
    assert!(exact.body.contains("every row counted"));
}

#[tokio::test]
async fn whoever_has_no_role_sees_nothing_of_it() {
    let console = Console::logged_in().await;
    let nobody = console.as_nobody().get("/api/v1/trades/survey").await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
}
