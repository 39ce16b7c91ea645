//! Saved views and kept columns: who may, what is refused, where it leads.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::{Request, StatusCode};
use common::{ADMIN, Answer, Console, hidden};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

async fn save(console: &Console, name: &str, view: &str, query: &str) -> Answer {
    let [name, query] = [name, query].map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC));
    let form = format!("name={name}&view={view}&query={query}");
    console.post("/views", &form).await
}

/// The id of the view of this name.
async fn id(console: &Console, name: &str) -> uuid::Uuid {
    let sql = format!("SELECT id FROM audit_console.saved_view WHERE name = '{name}'");
    console.find_id(&sql).await
}

#[tokio::test]
async fn a_view_is_saved_opened_renamed_and_deleted() {
    let console = Console::logged_in().await;
    let list = console
        .get("/trades?limit=2&asset=BTC&last=90d&cols=asset,id")
        .await;
    let query = hidden(&list.body, "query").replace("&amp;", "&");
    assert_eq!(query, "last=90d&asset=BTC&limit=2&cols=asset,id");
    let saved = save(&console, " BTC  of late ", "trades", &query).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let list = "/trades?last=90d&asset=BTC&limit=2&cols=asset,id";
    assert_eq!(saved.header("location"), list);
    let page = console.get(list).await.body;
    assert!(
        page.contains("aria-current=\"true\"><bdi>BTC of late</bdi>"),
        "{page}"
    );
    assert!(!console.get("/events").await.body.contains("BTC of late"));

    // Everybody who may read opens it, and nobody else changes it.
    let id = id(&console, "BTC of late").await;
    let other = console.as_auditor("other").await;
    let opened = other.get(&format!("/views/{id}")).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER);
    assert_eq!(opened.header("location"), list);
    assert!(!other.get("/views").await.body.contains("BTC of late"));
    for (verb, form) in [("rename", "name=Mine"), ("rename", "name="), ("delete", "")] {
        let answer = other.post(&format!("/views/{id}/{verb}"), form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{verb} {form}");
    }

    let renamed = console
        .post(&format!("/views/{id}/rename"), "name=Bitcoin")
        .await;
    assert_eq!(renamed.header("location"), "/views");
    assert!(
        console
            .get("/views")
            .await
            .body
            .contains("<bdi>Bitcoin</bdi>")
    );
    let deleted = console.post(&format!("/views/{id}/delete"), "").await;
    assert_eq!(deleted.header("location"), "/views");
    assert!(
        console
            .get("/views")
            .await
            .body
            .contains("No saved view yet")
    );
    for uri in [format!("/views/{id}"), "/views/nonsense".to_owned()] {
        assert_eq!(console.get(&uri).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_page_of_a_list_is_saved_as_the_list() {
    let console = Console::logged_in().await;
    let page = console.get("/trades?limit=1").await.body;
    let (_, rest) = page.split_once("rel=\"next\"").unwrap();
    let (before, _) = page.split_once("rel=\"next\"").unwrap();
    let near = format!("{}{rest}", &before[before.len() - 400..]);
    let after = near.split("after=").nth(1).unwrap();
    let after = after.split('"').next().unwrap();
    let saved = save(&console, "x", "trades", &format!("limit=1&after={after}")).await;
    assert_eq!(
        saved.header("location"),
        "/trades?limit=1",
        "{}",
        saved.body
    );
}

#[tokio::test]
async fn what_cannot_be_saved_is_told() {
    let console = Console::logged_in().await;
    save(&console, "One", "trades", "asset=BTC").await;
    save(&console, "Two", "trades", "asset=ETH").await;
    let taken = save(&console, "One", "trades", "asset=<ADA>").await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(
        taken.body.contains("Name is that of another view"),
        "{}",
        taken.body
    );
    assert_eq!(hidden(&taken.body, "query"), "asset=%3CADA%3E");
    let two = id(&console, "Two").await;
    let rename = async |form: &str| console.post(&format!("/views/{two}/rename"), form).await;
    assert_eq!(rename("name=One").await.status, StatusCode::CONFLICT);
    let long = format!("name={}", "x".repeat(81));
    for form in ["", "name=+", long.as_str()] {
        let answer = rename(form).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{form}");
        assert!(
            answer.body.contains("Name takes 1 to 80 characters"),
            "{form}"
        );
    }
    let nameless = save(&console, "", "trades", "").await;
    assert_eq!(nameless.status, StatusCode::BAD_REQUEST);
    for (view, query, param) in [
        ("trade", "", "view"),
        ("trades", "colour=red", "colour"),
        ("events", "cols=asset", "cols"),
        ("trades", "asset=", "asset"),
    ] {
        let answer = save(&console, "Three", view, query).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{view} {query}");
        assert!(answer.body.contains(param), "{}", answer.body);
    }
    console
        .execute(
            "INSERT INTO audit_console.saved_view (owner_kind, owner_id, view, name, query) \
             SELECT owner_kind, owner_id, 'events', 'v' || n, '' \
             FROM audit_console.saved_view, generate_series(1, 198) n WHERE name = 'One'",
        )
        .await;
    let full = save(&console, "Three", "signals", "").await;
    assert_eq!(full.status, StatusCode::CONFLICT);
    assert!(full.body.contains("200 views are saved"), "{}", full.body);
}

#[tokio::test]
async fn without_a_role_there_is_nothing_and_a_stranger_logs_in() {
    let mut console = Console::sample().await;
    console
        .execute("UPDATE \"user\" SET is_superuser = false WHERE email = 'admin@example.com'")
        .await;
    let some = "/views/7f1c2a54-0d5e-4b8e-9a51-3f0f7f0b6a11";
    for logged_in in [false, true] {
        if logged_in {
            console.log_in(ADMIN).await;
        }
        let refused = if logged_in {
            StatusCode::FORBIDDEN
        } else {
            StatusCode::SEE_OTHER
        };
        for uri in ["/views", some] {
            assert_eq!(console.get(uri).await.status, refused, "{uri}");
        }
        for uri in [
            "/views".to_owned(),
            format!("{some}/rename"),
            format!("{some}/delete"),
        ] {
            let answer = console.post(&uri, "name=x&view=trades&query=").await;
            assert_eq!(answer.status, refused, "{uri}");
        }
    }
    let forged = Request::post("/views").header("sec-fetch-site", "cross-site");
    let forged = console.post_with(forged, "name=x&view=trades").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_list_is_shown_without_views_that_cannot_be_read() {
    let console = Console::logged_in().await;
    console
        .execute("ALTER TABLE audit_console.saved_view RENAME TO away")
        .await;
    for uri in [
        "/trades",
        "/signals",
        "/events",
        "/kill-switch",
        "/findings",
    ] {
        let page = console.get(uri).await;
        assert_eq!(page.status, StatusCode::OK, "{uri}");
        assert!(
            page.body.contains("They cannot be loaded at the moment."),
            "{uri}"
        );
    }
}

#[tokio::test]
async fn columns_are_checked_everywhere_and_change_pages_alone() {
    let console = Console::logged_in().await;
    for path in ["/trades", "/trades.csv", "/trades.jsonl", "/api/v1/trades"] {
        let plain = console.get(&format!("{path}?asset=BTC")).await.body;
        let answer = console
            .get(&format!("{path}?asset=BTC&cols=id,asset"))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.body == plain, path != "/trades", "{path}");
        for wrong in ["cols=id,colour", "cols=id,id", "cols="] {
            // A form's empty field on a page is none.
            if (path, wrong) == ("/trades", "cols=") {
                continue;
            }
            let answer = console.get(&format!("{path}?{wrong}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {wrong}");
            assert!(answer.body.contains("cols"), "{}", answer.body);
        }
    }
    let told = console.get("/api/v1/events?cols=asset").await.body;
    assert!(told.contains("cols: takes time, severity, type,"), "{told}");
}

#[tokio::test]
async fn chosen_columns_are_kept_until_others_are() {
    let mut console = Console::logged_in().await;
    let session = console.cookie.clone();
    let chosen = console
        .get("/trades?asset=BTC&keep=cols&cols=time&cols=id&cols=asset")
        .await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert_eq!(chosen.header("location"), "/trades?asset=BTC&cols=id,asset");
    let cookie = chosen.header("set-cookie");
    assert!(
        cookie.starts_with("cols_trades=id.asset; Path=/; Max-Age="),
        "{cookie}"
    );

    console.cookie = format!("{session}; cols_trades=id.asset; cols_events=nonsense");
    let count = |page: Answer| heads(&page.body);
    assert_eq!(count(console.get("/trades?asset=BTC").await), 3);
    assert_eq!(count(console.get("/trades?cols=agent").await), 2);
    assert_eq!(count(console.get("/events").await), 5);

    let reset = console.get("/trades?asset=BTC&keep=cols").await;
    assert_eq!(reset.header("location"), "/trades?asset=BTC");
    assert!(
        reset
            .header("set-cookie")
            .starts_with("cols_trades=; Path=/; Max-Age=0")
    );

    // A link of another site shows, and keeps nothing.
    let foreign = Request::get("/trades?keep=cols&cols=id").header("sec-fetch-site", "cross-site");
    let foreign = console.send(foreign).await;
    assert_eq!(foreign.header("location"), "/trades?cols=id");
    assert_eq!(foreign.header("set-cookie"), "");
    for uri in [
        "/trades?keep=all",
        "/trades.csv?keep=cols",
        "/api/v1/trades?keep=cols",
    ] {
        assert_eq!(
            console.get(uri).await.status,
            StatusCode::BAD_REQUEST,
            "{uri}"
        );
    }
}

/// The columns of the page's first table, which is the list; the histogram's table comes after it.
fn heads(page: &str) -> usize {
    let table = page.split("</table>").next().unwrap_or_default();
    table.matches("<th scope=\"col\"").count()
}
