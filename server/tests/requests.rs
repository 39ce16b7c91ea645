//! Good and bad requests over the real engine's rows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::{Request, StatusCode};
use common::Console;

#[tokio::test]
async fn bad_input_is_named_and_never_a_server_error() {
    let console = Console::logged_in().await;
    let long = format!("/trades?q={}", "x".repeat(20_000));
    let many = format!("/trades?{}", "q=a&".repeat(4_000));
    for (uri, says) in [
        (
            "/trades?foo=1",
            "foo: unknown parameter; this address takes from",
        ),
        (
            "/trades?outcome=maybe",
            "outcome: takes executed, blocked or pending",
        ),
        ("/trades?from=2026-11-24&to=2026-11-23", "from: is after to"),
        ("/trades?tz=Mars/Base", "tz: takes an IANA zone name"),
        ("/trades?after=garbage", "after: takes a cursor"),
        (
            "/trades?limit=0",
            "limit: takes a whole number from 1 to 500",
        ),
        ("/trades?limit=501", "limit: takes"),
        ("/trades?asset=%ff", "asset: is not UTF-8"),
        ("/trades?asset=%00", "asset: holds a NUL"),
        ("/trades?asset=%2", "asset: a % is not followed"),
        (
            "/kill-switch?mechanism=button",
            "mechanism: takes emergency_stop or toggle",
        ),
        (
            "/signals?min_confidence=2",
            "min_confidence: takes a number from 0 to 1",
        ),
        ("/events?actor=x", "actor: takes a user id"),
        (long.as_str(), "query: the query string is longer than"),
        (many.as_str(), "q: is repeated more than 100 times"),
    ] {
        let page = console.get(uri).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{says}");
        let (param, message) = says.split_once(": ").unwrap();
        for part in [param, message] {
            assert!(page.body.contains(part), "{says}: {}", page.body);
        }
        let (path, query) = uri.split_once('?').unwrap();
        for data in [
            format!("{path}.csv"),
            format!("{path}.jsonl"),
            format!("/api/v1{path}"),
        ] {
            let answer = console.get(&format!("{data}?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{data} {says}");
            assert!(
                answer.body.contains(&format!("\"param\":\"{param}\""))
                    && answer.body.contains(says),
                "{}",
                answer.body
            );
        }
    }
}

/// What the engine stores as free text may be anything by its next release.
#[tokio::test]
async fn words_that_the_engine_does_not_write_yet_find_nothing() {
    let console = Console::logged_in().await;
    for uri in [
        "/trades?decision=MAYBE",
        "/trades?order_status=expired",
        "/trades?side=short",
        "/signals?action=close",
        "/events?severity=debug",
        "/events?type=NEVER_SEEN",
    ] {
        let (path, query) = uri.split_once('?').unwrap();
        assert_eq!(console.get(uri).await.status, StatusCode::OK, "{uri}");
        let rows = console.get(&format!("/api/v1{path}?{query}")).await;
        assert_eq!(rows.status, StatusCode::OK, "{uri}: {}", rows.body);
        assert!(rows.body.contains("\"rows\":[]"), "{uri}: {}", rows.body);
        let file = console.get(&format!("{path}.csv?{query}")).await;
        assert_eq!(file.body.lines().count(), 1, "{uri}: {}", file.body);
    }
}

#[tokio::test]
async fn pages_without_parameters_take_none() {
    let console = Console::logged_in().await;
    let id = console.find_id("SELECT id FROM trade_audit LIMIT 1").await;
    for uri in [
        "/?x=1".to_owned(),
        format!("/trades/{id}?x=1"),
        "/login?x=1".to_owned(),
    ] {
        let answer = console.get(&uri).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{uri}");
        assert!(
            answer
                .body
                .contains("unknown parameter; this address takes"),
            "{uri}"
        );
    }
}

#[tokio::test]
async fn a_cursor_of_another_order_or_view_is_refused() {
    let console = Console::logged_in().await;
    let page = console.get("/api/v1/trades?limit=1").await.body;
    let (_, next) = page.rsplit_once("\"next\":\"").unwrap();
    let cursor = next.trim_end_matches("\"}");
    let good = console
        .get(&format!("/api/v1/trades?limit=1&after={cursor}"))
        .await;
    assert_eq!(good.status, StatusCode::OK);
    for uri in [
        format!("/api/v1/trades?order=oldest&after={cursor}"),
        format!("/api/v1/events?after={cursor}"),
        format!("/trades?order=oldest&after={cursor}"),
    ] {
        assert_eq!(
            console.get(&uri).await.status,
            StatusCode::BAD_REQUEST,
            "{uri}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_for_people_and_programs() {
    let console = Console::logged_in().await;
    let nil = "00000000-0000-0000-0000-000000000000";
    for path in [
        "/nothing".to_owned(),
        "/trades/x".to_owned(),
        format!("/trades/{nil}"),
        "/signals/0".to_owned(),
        format!("/signals/{nil}"),
        format!("/events/{nil}"),
        format!("/traces/{nil}"),
        format!("/kill-switch/{nil}"),
        format!("/kill-switch/{nil}/timeline.csv"),
        format!("/kill-switch/{nil}/leaks.jsonl"),
        format!("/api/v1/kill-switch/{nil}"),
        "/api/v1/kill-switch/x".to_owned(),
        "/api/v1/nothing".to_owned(),
        "/nothing.csv".to_owned(),
    ] {
        let answer = console.get(&path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let wants_json = path.starts_with("/api") || path.contains('.');
        let kind = if wants_json {
            "application/json"
        } else {
            "text/html"
        };
        assert!(answer.header("content-type").starts_with(kind), "{path}");
    }
    // The id of a clearing event is no episode's.
    let clear = "SELECT id FROM audit_log WHERE event_type = 'EMERGENCY_STOP_CLEARED' LIMIT 1";
    let id = console.find_id(clear).await;
    let answer = console.get(&format!("/kill-switch/{id}")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    let answer = console.send(Request::delete("/trades")).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.header("allow").contains("GET"));
}

#[tokio::test]
async fn a_forms_empty_fields_lead_to_the_address_without_them() {
    let console = Console::logged_in().await;
    let answer = console
        .get("/trades?q=&asset=BTC&from=&min_confidence=")
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/trades?asset=BTC");
    // A script's unset variable must not drop a filter.
    assert_eq!(
        console.get("/trades.csv?asset=").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        console.get("/api/v1/trades?asset=").await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn detail_pages_of_every_view_show_their_row() {
    let console = Console::logged_in().await;
    for (sql, path, shows) in [
        (
            "SELECT id FROM trade_audit WHERE decision = 'BUY' LIMIT 1",
            "trades",
            "MA crossover",
        ),
        (
            "SELECT id FROM audit_log WHERE event_type = 'ALGORITHM_SIGNAL' LIMIT 1",
            "signals",
            "MA Crossover",
        ),
        (
            "SELECT id FROM audit_log WHERE event_type = 'TRADE_APPROVED' LIMIT 1",
            "events",
            "TRADE_APPROVED",
        ),
        (
            "SELECT '3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c'::uuid",
            "kill-switch",
            "Trading went on",
        ),
    ] {
        let id = console.find_id(sql).await;
        let answer = console.get(&format!("/{path}/{id}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.body.contains(shows), "{path}");
    }
}

#[tokio::test]
async fn hostile_rows_are_text() {
    let console = Console::logged_in().await;
    console
        .execute(
            r#"INSERT INTO trade_audit SELECT '<script>alert(1)</script>', 'BUY',
                 '<img src=x onerror=alert(2)>' || E'\u202E' || repeat('y', 900), 'NaN',
                 '"><b>', 'NaN', true, gen_random_uuid(), '</td><script>alert(3)</script>',
                 gen_random_uuid(), now();
               INSERT INTO audit_log SELECT '<script>x</script>', '<b>', details::json, NULL,
                 gen_random_uuid(), now() FROM unnest(ARRAY['"<script>y</script>"',
                 '{"<script>": "</pre><script>"}', repeat('[', 1000) || repeat(']', 1000)]) AS details"#,
        )
        .await;
    let id = console
        .find_id("SELECT id FROM trade_audit WHERE asset LIKE '%<b>'")
        .await;
    let event = console
        .find_id("SELECT id FROM audit_log WHERE details::text LIKE '%<script>\": %'")
        .await;
    for path in [
        "/".to_owned(),
        "/trades".to_owned(),
        "/events".to_owned(),
        format!("/trades/{id}"),
        format!("/events/{event}"),
    ] {
        let answer = console.get(&path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        for hostile in [
            "<script>alert",
            "<img src=x",
            "<script>x",
            "<script>y",
            "<script>\"",
            "<b>",
        ] {
            assert!(!answer.body.contains(hostile), "{path}: {hostile}");
        }
    }
}

#[tokio::test]
async fn every_answer_is_kept_from_caches_frames_and_sniffing() {
    let console = Console::logged_in().await;
    for path in [
        "/",
        "/trades",
        "/trades.csv",
        "/api/v1/trades",
        "/nothing",
        "/login",
        "/healthz",
    ] {
        let answer = console.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'"),
            "{path}"
        );
        assert!(
            !answer
                .header("content-security-policy")
                .contains("unsafe-inline"),
            "{path}"
        );
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
    }
    let one = console.get("/").await;
    let two = console.get("/").await;
    assert_ne!(
        one.header("content-security-policy"),
        two.header("content-security-policy"),
        "a nonce is used once"
    );
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let console = Console::sample().await;
    let answer = console.post("/login", &"x".repeat(200_000)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn other_layers_words_are_not_passed_on() {
    let console = Console::logged_in().await;
    let missing = console.post("/login", "email=a@b").await;
    assert!(missing.status.is_client_error());
    assert!(!missing.body.contains("missing field"), "{}", missing.body);
    assert!(missing.header("content-type").starts_with("text/html"));
    let broken = console.get("/trades/%ff").await;
    assert!(broken.status.is_client_error());
    assert!(broken.header("content-type").starts_with("text/html"));
}

#[tokio::test]
async fn preferences_are_kept_and_checked() {
    let console = Console::logged_in().await;
    let answer = console
        .post(
            "/preferences",
            "tz=Australia%2FSydney&theme=dark&next=%2Ftrades",
        )
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/trades");
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 2);
    for form in ["tz=Mars", "theme=pink"] {
        assert_eq!(
            console.post("/preferences", form).await.status,
            StatusCode::BAD_REQUEST
        );
    }
    let request = Request::get("/trades.csv?from=2026-11-23&to=2026-11-23");
    let request = request.header(
        "cookie",
        format!("{}; tz=Pacific/Kiritimati", console.cookie),
    );
    let there = console.send(request).await.body;
    // 07:35 UTC is that day's evening at UTC+14.
    assert_eq!(there.lines().count(), 61);
    let request = Request::get("/trades.csv?from=2026-11-24&to=2026-11-24&tz=Pacific/Kiritimati");
    assert_eq!(console.send(request).await.body.lines().count(), 1);
}

#[tokio::test]
async fn the_export_of_a_page_is_named_by_its_view_and_range() {
    let console = Console::logged_in().await;
    let answer = console
        .get("/trades.csv?from=2026-11-23&to=2026-11-23&limit=1")
        .await;
    let name = answer.header("content-disposition");
    let wanted =
        "attachment; filename=\"trades_20261123T000000Z_to_20261123T235959.999999Z_UTC_exported_2";
    assert!(
        name.starts_with(wanted) && name.ends_with("Z.csv\""),
        "{name}"
    );
    assert!(
        answer
            .header("content-type")
            .starts_with("text/csv; charset=utf-8")
    );
    // The page's size does not apply: an export is everything.
    assert_eq!(answer.body.matches("\r\n").count(), 61);
    let raw = console.get("/trades.csv?raw=1").await;
    assert!(raw.header("content-disposition").contains(".raw.csv"));
    assert_eq!(
        console.get("/trades.csv?raw=yes").await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        console.get("/trades?raw=1").await.status,
        StatusCode::BAD_REQUEST
    );
}
