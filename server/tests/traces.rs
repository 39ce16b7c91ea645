//! The pages that show a trade from its signal to its position, over the real engine's rows.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use axum::http::StatusCode;
use common::Console;

#[tokio::test]
async fn a_trace_is_at_its_orders_and_its_decisions_id_and_nowhere_else() {
    let console = Console::logged_in().await;
    let order = console.find_id("SELECT id FROM orders LIMIT 1").await;
    let decision = console
        .find_id(&format!(
            "SELECT id FROM trade_audit WHERE execution_order_id = '{order}'"
        ))
        .await;
    for id in [order, decision] {
        let page = console.get(&format!("/traces/{id}")).await;
        assert_eq!(page.status, StatusCode::OK);
        // Its raw values are here, for an order has no other page.
        assert!(page.body.contains(&format!(r#"<code class="id">{order}"#)));
        assert!(page.body.contains(&format!(r#"href="/trades/{decision}""#)));
    }
    let event = console.find_id("SELECT id FROM audit_log LIMIT 1").await;
    for path in [
        format!("/traces/{event}"),
        "/traces/x".to_owned(),
        "/traces/00000000-0000-0000-0000-000000000000".to_owned(),
        "/traces/".to_owned(),
    ] {
        assert_eq!(
            console.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let unknown = console.get(&format!("/traces/{order}?x=1")).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_pages_of_a_trades_rows_lead_to_each_other() {
    let console = Console::logged_in().await;
    let decision = console
        .find_id("SELECT id FROM trade_audit WHERE block_reason IS NOT NULL LIMIT 1")
        .await;
    let page = console.get(&format!("/trades/{decision}")).await.body;
    let (_, steps) = page.split_once("<ol class=\"steps\">").unwrap();
    let steps = steps.split("</ol>").next().unwrap();
    let links: Vec<&str> = steps
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with('/'))
        .collect();
    // The signal, and both rows of the rejection.
    assert_eq!(links.len(), 3, "{links:?}");
    for href in links {
        let other = console.get(href).await;
        assert_eq!(other.status, StatusCode::OK, "{href}");
        let back = format!("href=\"/trades/{decision}\"");
        assert!(other.body.contains(&back), "{href}");
    }
}

#[tokio::test]
async fn events_that_are_no_step_of_a_trade_have_no_trace() {
    let console = Console::logged_in().await;
    for (sql, has) in [
        (
            "SELECT id FROM audit_log WHERE event_type = 'TRADE_APPROVED' LIMIT 1",
            true,
        ),
        (
            "SELECT id FROM audit_log WHERE event_type = 'kill_switch_toggle' LIMIT 1",
            false,
        ),
    ] {
        let id = console.find_id(sql).await;
        let page = console.get(&format!("/events/{id}")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.body.contains("<ol class=\"steps\">"), has, "{sql}");
    }
}
