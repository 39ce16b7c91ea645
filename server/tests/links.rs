//! A link means the same rows to everybody, the filter's form carries all that was ticked and typed, and a query
//! that is at fault keeps what is right.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::{Request, StatusCode};
use common::{Answer, Console};

/// What somebody in Sydney is answered.
async fn in_sydney(console: &Console, uri: &str) -> Answer {
    let request = Request::get(uri);
    let cookie = format!("{}; tz=Australia/Sydney", console.cookie);
    console.send(request.header("cookie", cookie)).await
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.header("location")
}

#[tokio::test]
async fn a_page_with_days_names_their_zone() {
    let console = Console::logged_in().await;
    for view in ["trades", "signals", "events", "kill-switch", "findings"] {
        let uri = format!("/{view}?from=2026-11-23&to=2026-11-24&limit=5&order=oldest");
        let zoned = "&tz=Australia/Sydney&order=oldest&limit=5";
        let to = format!("/{view}?from=2026-11-23&to=2026-11-24{zoned}");
        assert_eq!(location(&in_sydney(&console, &uri).await), to);
        let page = in_sydney(&console, &to).await;
        assert_eq!(page.status, StatusCode::OK, "{view}");
        // The same address, whoever opens it.
        assert_eq!(console.get(&to).await.status, StatusCode::OK, "{view}");
        assert_eq!(
            location(&console.get(&uri).await),
            to.replace("Australia/Sydney", "UTC")
        );
        // What no zone changes is left alone.
        for plain in [
            format!("/{view}?last=24h"),
            format!("/{view}?from=2026-11-23T00:00:00Z"),
        ] {
            assert_eq!(in_sydney(&console, &plain).await.status, StatusCode::OK);
        }
    }
    let dossier = "/kill-switch/3cccd31d-6b6b-4738-bf75-0e9ea08f2b8c";
    let days = format!("{dossier}?from=2026-11-23");
    assert_eq!(
        location(&in_sydney(&console, &days).await),
        format!("{days}&tz=Australia/Sydney")
    );
}

#[tokio::test]
async fn data_without_a_zone_is_in_utc_whoever_asks() {
    let console = Console::logged_in().await;
    let count = "SELECT count(*) FROM trade_audit WHERE \"timestamp\" >= '2026-11-23 00:00:00+00' \
                 AND \"timestamp\" < '2026-11-24 00:00:00+00'";
    let rows: i64 = sqlx::query_scalar(count)
        .fetch_one(console.database.pool())
        .await
        .unwrap();
    let csv = console
        .get("/trades.csv?from=2026-11-23&to=2026-11-23")
        .await;
    let lines = i64::try_from(csv.body.lines().count()).unwrap();
    assert_eq!(lines, rows + 1);
    for path in ["/trades.csv", "/trades.jsonl", "/api/v1/trades"] {
        let uri = format!("{path}?from=2026-11-23&to=2026-11-23&limit=500");
        let here = console.get(&uri).await;
        let there = in_sydney(&console, &uri).await;
        assert_eq!(here.status, StatusCode::OK, "{path}");
        assert_eq!(here.body, there.body, "{path}");
        // The rows are of 07:35 UTC, which is the day before in Los Angeles.
        let elsewhere = format!("{uri}&tz=America/Los_Angeles");
        let elsewhere = console.get(&elsewhere).await;
        assert_ne!(elsewhere.body, here.body, "{path}: other days, other rows");
    }
    let uri = "/trades.csv?from=2026-11-23&to=2026-11-23";
    let name = |answer: &Answer| answer.header("content-disposition").to_owned();
    let utc = name(&in_sydney(&console, uri).await);
    let wanted =
        "attachment; filename=\"trades_20261123T000000Z_to_20261123T235959.999999Z_UTC_exported_";
    assert!(utc.starts_with(wanted), "{utc}");
    let sydney = name(&console.get(&format!("{uri}&tz=Australia/Sydney")).await);
    let wanted = "attachment; filename=\"trades_20261122T130000Z_to_20261123T125959.999999Z_Australia-Sydney_exported_";
    assert!(sydney.starts_with(wanted), "{sydney}");
}

#[tokio::test]
async fn every_link_by_days_names_its_zone() {
    let console = Console::logged_in().await;
    for uri in [
        "/trades?counts=exact",
        "/trades?from=2026-01-01&to=2026-12-31&tz=Australia/Sydney&counts=exact",
        "/signals?from=2025-01-01T00:00:00Z&to=2026-12-31T00:00:00Z&counts=exact",
        "/events?from=2026-11-01&tz=Australia/Sydney&limit=1",
        "/kill-switch",
        "/kill-switch?from=2026-11-01&to=2026-11-30&tz=Australia/Sydney",
        "/findings",
        "/",
    ] {
        let page = in_sydney(&console, uri).await;
        assert_eq!(page.status, StatusCode::OK, "{uri}");
        let links = page.body.split("href=\"").skip(1);
        let links = links.filter_map(|rest| rest.split('"').next());
        let is_day = |pair: &str| {
            let value = pair
                .strip_prefix("from=")
                .or_else(|| pair.strip_prefix("to="));
            value.is_some_and(|value| value.len() == 10)
        };
        for link in links {
            let link = link.replace("&amp;", "&");
            let query = link.split_once('?').map_or("", |(_, query)| query);
            let mut pairs = query.split('&');
            if pairs.any(is_day) {
                assert!(query.contains("tz=Australia/Sydney"), "{uri}: {link}");
            }
        }
    }
}

#[tokio::test]
async fn a_saved_view_holds_the_zone_of_its_days() {
    let console = Console::logged_in().await;
    let form = "name=Day&view=trades&query=from%3D2026-11-23%26to%3D2026-11-23";
    let request = Request::post("/views");
    let cookie = format!("{}; tz=Australia/Sydney", console.cookie);
    let saved = console
        .post_with(request.header("cookie", cookie), form)
        .await;
    let to = "/trades?from=2026-11-23&to=2026-11-23&tz=Australia/Sydney";
    assert_eq!(location(&saved), to);
    let sql = "SELECT id FROM audit_console.saved_view WHERE name = 'Day'";
    let id = console.find_id(sql).await;
    let opened = console.get(&format!("/views/{id}")).await;
    assert_eq!(location(&opened), to);
}

/// What the filter's form of a page in Sydney always sends.
const FORM: &str =
    "form=filter&default_tz=Australia/Sydney&as_of=2026-11-24T00:00:00.000000Z&q=&asset=BTC&asset=";

#[tokio::test]
async fn whatever_is_pressed_carries_what_was_ticked_and_typed() {
    let console = Console::logged_in().await;
    for (pressed, means) in [
        ("&default_last=24h", "last=24h&asset=BTC"),
        ("&default_last=24h&preset=7d", "last=7d&asset=BTC"),
        ("&preset=all&from=2026-11-23&to=", "asset=BTC"),
        (
            "&default_last=24h&from=2026-11-23&to=2026-11-24",
            "from=2026-11-23&to=2026-11-24&asset=BTC&tz=Australia/Sydney",
        ),
        (
            "&from=2020-01-01&range=2026-11-23~2026-11-24",
            "from=2026-11-23&to=2026-11-24&asset=BTC&tz=Australia/Sydney",
        ),
        ("&add=decision%3DBUY", "asset=BTC&decision=BUY"),
        (
            "&decision=SELL&drop=asset%3DBTC&order=oldest",
            "decision=SELL&order=oldest",
        ),
    ] {
        let answer = console.get(&format!("/trades?{FORM}{pressed}")).await;
        assert_eq!(location(&answer), format!("/trades?{means}"), "{pressed}");
    }
    // An export of the form ends where its page did, and names what it means.
    let answer = console
        .get(&format!("/trades.csv?{FORM}&default_last=24h&limit=50"))
        .await;
    assert_eq!(
        location(&answer),
        "/trades.csv?from=2026-11-23T00:00:00.000000Z&to=2026-11-24T00:00:00.000000Z&asset=BTC"
    );
    let answer = console
        .get(&format!("/trades.jsonl?{FORM}&from=2026-11-23&to="))
        .await;
    assert_eq!(
        location(&answer),
        "/trades.jsonl?from=2026-11-22T13:00:00.000000Z&asset=BTC&tz=Australia/Sydney"
    );
    // The form's own words are no parameters elsewhere.
    for uri in ["/trades?preset=7d", "/trades.csv?add=asset%3DBTC"] {
        let status = console.get(uri).await.status;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{uri}");
    }
}

#[tokio::test]
async fn a_query_at_fault_keeps_what_is_right() {
    let console = Console::logged_in().await;
    let query = "bogus=1&last=xx&asset=BTC&decision=BUY&outcome=open&q=rsi";
    let page = console.get(&format!("/trades?{query}")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    for says in [
        "<bdi>bogus</bdi>",
        "unknown parameter; this address takes from",
        "<bdi>last</bdi>",
        "takes a whole number and s, m, h, d or w",
        "<bdi>outcome</bdi>",
        "takes executed, blocked or pending",
        // The way on, the form as it was meant, and the navigation.
        "href=\"/trades?q=rsi&amp;asset=BTC&amp;decision=BUY\"",
        "name=\"asset\" value=\"BTC\" checked",
        "name=\"decision\" value=\"BUY\" checked",
        "value=\"rsi\"",
        "aria-label=\"Main\"",
        "id=\"open-count\"",
    ] {
        assert!(page.body.contains(says), "{says}: {}", page.body);
    }
    let answer = console.get(&format!("/api/v1/trades?{query}")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["error"]["code"], "bad_parameter");
    assert_eq!(body["error"]["param"], "bogus");
    let message = body["error"]["message"].as_str().unwrap();
    for says in [
        "bogus: unknown parameter",
        "; last: takes a whole",
        "; outcome: takes executed",
    ] {
        assert!(message.contains(says), "{message}");
    }
    // The mended link leads to rows.
    let mended = console
        .get("/trades?q=rsi&asset=BTC&decision=BUY")
        .await
        .status;
    assert_eq!(mended, StatusCode::OK);

    let backwards = console
        .get("/events?from=2026-11-24&to=2026-11-23&type=TRADE_APPROVED")
        .await;
    assert_eq!(backwards.status, StatusCode::BAD_REQUEST);
    let mended = "href=\"/events?to=2026-11-23&amp;type=TRADE_APPROVED&amp;tz=UTC\"";
    assert!(backwards.body.contains(mended), "{}", backwards.body);

    let id = console.find_id("SELECT id FROM trade_audit LIMIT 1").await;
    let detail = console.get(&format!("/trades/{id}?x=1&y=2")).await;
    assert_eq!(detail.status, StatusCode::BAD_REQUEST);
    for says in [
        "<bdi>x</bdi>".to_owned(),
        "<bdi>y</bdi>".to_owned(),
        format!("href=\"/trades/{id}\""),
        "aria-label=\"Main\"".to_owned(),
    ] {
        assert!(detail.body.contains(&says), "{says}: {}", detail.body);
    }
}

#[tokio::test]
async fn errors_keep_the_navigation_of_whoever_is_logged_in() {
    let console = Console::logged_in().await;
    let nil = "00000000-0000-0000-0000-000000000000";
    for path in ["/nothing".to_owned(), format!("/trades/{nil}")] {
        let page = console.get(&path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        for says in [
            "aria-label=\"Main\"",
            "id=\"open-count\"",
            "admin@example.com",
        ] {
            assert!(page.body.contains(says), "{path} {says}");
        }
    }
    let nobody = console.as_nobody().get("/nothing").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert!(!nobody.body.contains("aria-label=\"Main\""));
}

#[tokio::test]
async fn values_are_literal() {
    let console = Console::logged_in().await;
    console
        .execute(
            r"INSERT INTO trade_audit (agent_id, decision, asset, confidence_score, reason, is_executed, id, timestamp)
              SELECT 'x', 'BUY', asset, 0.5, '', false, gen_random_uuid(), now()
              FROM unnest(ARRAY['\x27', '\', '!a', '\!a', '\\']) AS asset",
        )
        .await;
    for (value, asset) in [
        ("%5Cx27", r"\\x27"),
        ("%5C", r"\\"),
        ("%5C!a", "!a"),
        ("%5C%5C!a", r"\\!a"),
        ("%5C%5C", r"\\\\"),
    ] {
        let answer = console.get(&format!("/api/v1/trades?asset={value}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{value}");
        assert_eq!(answer.body.matches("\"asset\":").count(), 1, "{value}");
        let wanted = format!("\"asset\":\"{asset}\"");
        assert!(answer.body.contains(&wanted), "{value}: {}", answer.body);
    }
}

#[tokio::test]
async fn odd_years_are_said_alike_everywhere_and_the_future_is_marked() {
    let console = Console::logged_in().await;
    console
        .execute(
            "INSERT INTO trade_audit (agent_id, decision, asset, confidence_score, reason, is_executed, id, timestamp)
              SELECT 'x', 'BUY', 'ODD', 0.5, '', false, gen_random_uuid(), at
              FROM unnest(ARRAY['4714-11-24 00:00:00+00 BC', '0044-03-15 12:30:00.5+00 BC', '0001-12-31 00:00:00+00 BC',
                '10000-01-01 00:00:00+00', '294276-12-31 23:59:59.999999+00', 'infinity', '-infinity',
                '2026-11-23 00:00:00+00']::timestamptz[]) AS at",
        )
        .await;
    let wanted = [
        "-infinity",
        "-4713-11-24T00:00:00.000000Z",
        "-0043-03-15T12:30:00.500000Z",
        "0000-12-31T00:00:00.000000Z",
        "2026-11-23T00:00:00.000000Z",
        "+10000-01-01T00:00:00.000000Z",
        "+294276-12-31T23:59:59.999999Z",
        "infinity",
    ];
    let query = "asset=ODD&order=oldest";
    let csv = console.get(&format!("/trades.csv?{query}")).await.body;
    let json = console.get(&format!("/api/v1/trades?{query}")).await.body;
    let lines = console.get(&format!("/trades.jsonl?{query}")).await.body;
    let page = console.get(&format!("/trades?{query}")).await.body;
    let in_csv: Vec<&str> = csv
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .collect();
    assert_eq!(in_csv, wanted);
    let of = |text: &str, before: &str| -> Vec<String> {
        let rest = text.split(before).skip(1);
        rest.filter_map(|rest| rest.split('"').next().map(ToOwned::to_owned))
            .collect()
    };
    assert_eq!(of(&json, "\"timestamp\":\""), wanted);
    assert_eq!(of(&lines, "\"timestamp\":\""), wanted);
    let rows = page.split("<tbody>").nth(1).unwrap();
    let rows = rows.split("</tbody>").next().unwrap();
    assert_eq!(of(rows, "<time datetime=\""), wanted);
    // What the page says can be asked for.
    for (at, wanted) in [
        ("-0043-03-15T12:30:00.500000Z", 1),
        ("%2B294276-12-31T23:59:59.999999Z", 1),
        ("0000-12-31T00:00:00Z", 1),
        ("-4713-11-24T00:00:00Z", 1),
    ] {
        let uri = format!("/api/v1/trades?asset=ODD&from={at}&to={at}");
        let answer = console.get(&uri).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body.matches("\"ODD\"").count(), wanted, "{at}");
    }
    // The three that lie ahead say so, and so does the line over them.
    assert_eq!(rows.matches("in the future").count(), 3);
    assert!(page.contains("3 rows on this page lie in the future"));
    let id = "SELECT id FROM trade_audit WHERE \"timestamp\" = '10000-01-01 00:00:00+00'";
    let id = console.find_id(id).await;
    let detail = console.get(&format!("/trades/{id}")).await.body;
    assert!(detail.contains("in the future"));
    let past = "SELECT id FROM trade_audit WHERE \"timestamp\" = '2026-11-23 00:00:00+00'";
    let past = console.find_id(past).await;
    let detail = console.get(&format!("/trades/{past}")).await.body;
    assert!(!detail.contains("in the future"));
}

#[tokio::test]
async fn no_field_of_a_filter_or_name_is_filled_in() {
    let console = Console::logged_in().await;
    for uri in [
        "/trades?from=2026-11-23T00:00:00Z",
        "/events",
        "/kill-switch",
        "/findings",
        "/views",
    ] {
        let page = console.get(uri).await.body;
        for field in page.split("<input").skip(1) {
            let field = field.split('>').next().unwrap();
            if ["type=\"hidden\"", "type=\"checkbox\"", "type=\"radio\""]
                .iter()
                .any(|kind| field.contains(kind))
            {
                continue;
            }
            assert!(!field.contains("type=\"text\""), "{uri}: {field}");
            for keeps_out in [
                "autocomplete=\"off\"",
                "data-1p-ignore",
                "data-lpignore=\"true\"",
                "data-bwignore",
                "data-form-type=\"other\"",
            ] {
                assert!(field.contains(keeps_out), "{uri}: {field}");
            }
        }
    }
    let login = console.as_nobody().get("/login").await.body;
    assert!(login.contains("autocomplete=\"username\""));
    assert!(login.contains("autocomplete=\"current-password\""));
}
