//! The server functions: the same answers and errors as the API, behind the same checks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::time::{Duration, Instant};

use axum::http::{Request, StatusCode};
use common::{Answer, Console};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::Value;

const LIVE: &str = "/api/fn/live_status";
const EXPORT: &str = "/api/fn/export_status";
const CANCEL: &str = "/api/fn/cancel_export";
const KEY: &str = "6f9e3c86-7d5c-4d3e-9a53-0c1f6a1b2c3d";

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{}", answer.body))
}

/// The export's state, once its rows were counted beforehand, which goes on beside it.
async fn counted_export(console: &Console) -> Answer {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let answer = console.get(&format!("{EXPORT}?key={KEY}")).await;
        if !json(&answer)["estimate"].is_null() {
            return answer;
        }
        assert!(Instant::now() < deadline, "{}", answer.body);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn each_has_a_route_and_answers_as_the_api_does() {
    let mut paths: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
    paths.sort_unstable();
    assert_eq!(paths, [CANCEL, EXPORT, LIVE]);
    assert!(paths.iter().all(|path| path.starts_with("/api/fn/")));

    let console = Console::logged_in().await;
    let live = console.get(LIVE).await;
    assert_eq!(live.status, StatusCode::OK);
    assert_eq!(json(&live), json(&console.get("/api/v1/live").await));

    let csv = console.get(&format!("/trades.csv?key={KEY}")).await;
    assert_eq!(csv.status, StatusCode::OK);
    let export = counted_export(&console).await;
    assert_eq!(json(&export)["state"], "done");
    let api = console.get(&format!("/api/v1/exports/{KEY}")).await;
    assert_eq!(json(&export), json(&api));
    // What has ended stays as it is.
    let cancelled = console.post(CANCEL, &format!("key={KEY}")).await;
    assert_eq!(json(&cancelled), json(&export));
}

#[tokio::test]
async fn nobody_without_a_role_calls_one() {
    let console = Console::sample().await;
    let mut stranger = console.as_nobody();
    for (status, code) in [
        (StatusCode::UNAUTHORIZED, "not_logged_in"),
        (StatusCode::FORBIDDEN, "no_role"),
    ] {
        for answer in [
            stranger.get(LIVE).await,
            stranger.get(&format!("{EXPORT}?key={KEY}")).await,
            stranger.post(CANCEL, &format!("key={KEY}")).await,
        ] {
            assert_eq!(answer.status, status);
            assert_eq!(json(&answer)["error"]["code"], code);
        }
        console
            .execute("UPDATE \"user\" SET is_superuser = false WHERE email = 'admin@example.com'")
            .await;
        stranger.log_in(common::ADMIN).await;
    }
}

#[tokio::test]
async fn an_export_is_its_owners_alone() {
    let console = Console::logged_in().await;
    let csv = console.get(&format!("/trades.csv?key={KEY}")).await;
    assert_eq!(csv.status, StatusCode::OK);
    let other = console.as_auditor("other").await;
    for answer in [
        other.get(&format!("{EXPORT}?key={KEY}")).await,
        other.post(CANCEL, &format!("key={KEY}")).await,
        console.get(&format!("{EXPORT}?key=nonsense")).await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(json(&answer)["error"]["code"], "not_found");
    }
}

#[tokio::test]
async fn arguments_that_cannot_be_read_are_the_callers_fault() {
    let console = Console::logged_in().await;
    for answer in [
        console.get(EXPORT).await,
        console.get(&format!("{EXPORT}?keys={KEY}")).await,
        console.post(CANCEL, "").await,
    ] {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        let error = &json(&answer)["error"];
        assert_eq!(error["code"], "bad_parameter");
        assert!(
            error["message"].as_str().unwrap().contains("key"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_call_is_neither_forged_nor_led_away() {
    let console = Console::logged_in().await;
    let form = format!("key={KEY}");
    let forged = Request::post(CANCEL).header("sec-fetch-site", "cross-site");
    let forged = console.post_with(forged, &form).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    // A change is not to be had by a link.
    let got = console.get(&format!("{CANCEL}?{form}")).await;
    assert_eq!(got.status, StatusCode::METHOD_NOT_ALLOWED);
    // Leptos answers a browser's form with a way back to the page that it says it came from.
    for path in [CANCEL, LIVE] {
        let from_elsewhere = |request: axum::http::request::Builder| {
            request
                .header("accept", "text/html")
                .header("referer", "https://elsewhere.example/")
        };
        let answer = if path == CANCEL {
            let request = from_elsewhere(Request::post(path));
            console.post_with(request, &form).await
        } else {
            console.send(from_elsewhere(Request::get(path))).await
        };
        assert!(!answer.headers.contains_key("location"), "{path}");
        assert!(!answer.status.is_redirection(), "{path}");
    }
}

#[tokio::test]
async fn asking_does_not_keep_a_session_alive() {
    let console = Console::logged_in().await;
    let old = "UPDATE audit_console.session SET seen_at = now() - interval '1 hour'";
    let age = "SELECT extract(epoch FROM now() - seen_at)::bigint FROM audit_console.session";
    console.execute(old).await;
    for uri in [LIVE.to_owned(), format!("{EXPORT}?key={KEY}")] {
        console.get(&uri).await;
        assert!(console.find_number(age).await >= 3_600, "{uri}");
    }
    // What a person does, does.
    console.post(CANCEL, &format!("key={KEY}")).await;
    assert!(console.find_number(age).await < 60);
}
