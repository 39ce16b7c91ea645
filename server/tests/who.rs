//! Who gets what: log-in, log-out, roles, throttling, forged requests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::{Request, StatusCode};
use common::{ADMIN, Console, router_of, settings};
use server::config::Settings;

const PAGES: [&str; 9] = [
    "/",
    "/trades",
    "/signals",
    "/events",
    "/kill-switch",
    "/kill-switch/3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c",
    "/traces/07c9ecea-a69e-4f4d-9a7f-80608aa9def1",
    "/preferences",
    "/views",
];
const DATA: [&str; 14] = [
    "/trades.csv",
    "/signals.csv",
    "/events.csv",
    "/kill-switch.csv",
    "/trades.jsonl",
    "/kill-switch.jsonl",
    "/api/v1/trades",
    "/api/v1/signals",
    "/api/v1/kill-switch",
    "/api/v1/kill-switch/3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c",
    "/kill-switch/3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c/timeline.csv",
    "/kill-switch/3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c/leaks.jsonl",
    "/api/v1/live",
    "/api/openapi.json",
];

#[tokio::test]
async fn a_stranger_is_sent_to_log_in_and_a_program_gets_401() {
    let console = Console::sample().await;
    for page in PAGES {
        let answer = console.get(page).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{page}");
        assert!(
            answer.header("location").starts_with("/login?next="),
            "{page}"
        );
    }
    let with_query = console.get("/trades?asset=BTC&last=7d").await;
    assert_eq!(
        with_query.header("location"),
        "/login?next=%2Ftrades%3Fasset%3DBTC%26last%3D7d"
    );
    for path in DATA {
        let answer = console.get(path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.body.contains(r#""code":"not_logged_in""#), "{path}");
    }
}

#[tokio::test]
async fn log_in_leads_where_one_was_going_and_log_out_ends_it() {
    let mut console = Console::sample().await;
    let form = "email=admin%40example.com&password=adminadmin&next=%2Ftrades%3Fasset%3DBTC";
    let answer = console.post("/login", form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(answer.header("location"), "/trades?asset=BTC");
    console.log_in(ADMIN).await;
    for page in PAGES.iter().chain(&DATA) {
        assert_eq!(console.get(page).await.status, StatusCode::OK, "{page}");
    }
    let answer = console.post("/logout", "").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        console.get("/api/v1/trades").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn wrong_credentials_get_the_form_again() {
    let console = Console::sample().await;
    for form in [
        "email=admin@example.com&password=wrong",
        "email=nobody@example.com&password=adminadmin",
        "email=strategist@omc.local&password=dummy",
        "email=&password=",
        "email=%00&password=x",
    ] {
        let answer = console.post("/login", form).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{form}");
        assert!(answer.body.contains("name=\"password\""), "{form}");
        assert!(answer.header("set-cookie").is_empty());
    }
    let elsewhere = "email=admin@example.com&password=adminadmin&next=https://evil.example";
    assert_eq!(
        console.post("/login", elsewhere).await.header("location"),
        "/"
    );
}

#[tokio::test]
async fn too_many_failures_have_to_wait() {
    let console = Console::sample().await;
    console
        .execute(
            "INSERT INTO audit_console.login_attempt (email, address, succeeded) \
             SELECT 'Admin@example.com', '192.0.2.7', false FROM generate_series(1, 10)",
        )
        .await;
    let answer = console
        .post("/login", "email=admin@example.com&password=adminadmin")
        .await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!answer.header("retry-after").is_empty());
}

#[tokio::test]
async fn an_account_without_a_role_may_only_log_out() {
    let mut console = Console::sample().await;
    console
        .execute("UPDATE \"user\" SET is_superuser = false WHERE email = 'admin@example.com'")
        .await;
    console.log_in(ADMIN).await;
    for path in PAGES.iter().chain(&DATA) {
        let answer = console.get(path).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(!answer.body.contains("MA crossover"), "{path}");
    }
    assert!(console.get("/trades").await.body.contains("/logout"));
    assert_eq!(
        console.post("/logout", "").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn forged_requests_are_refused() {
    let console = Console::logged_in().await;
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ] {
        for path in ["/login", "/logout", "/preferences"] {
            let request = Request::post(path)
                .header("host", "audit.example")
                .header(name, value);
            let answer = console.post_with(request, "theme=dark").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {name}");
            assert!(answer.body.contains("another site"), "{path} {name}");
        }
    }
    assert_eq!(console.get("/trades").await.status, StatusCode::OK);
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_the_host_and_hsts_is_sent() {
    let plain = Console::sample().await;
    assert!(
        plain
            .get("/login")
            .await
            .header("strict-transport-security")
            .is_empty()
    );
    let console = Console {
        router: router_of(Settings {
            public_url: Some("https://audit.example".to_owned()),
            ..settings(&plain.url())
        }),
        ..plain
    };
    let answer = console
        .post("/login", "email=admin@example.com&password=adminadmin")
        .await;
    assert!(
        answer
            .header("set-cookie")
            .starts_with("__Host-audit_session=")
    );
    assert!(
        answer
            .header("set-cookie")
            .ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure")
    );
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
}
