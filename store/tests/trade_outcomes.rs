//! Outcomes of decisions: filters and rows agree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use common::{Engine, text};
use domain::block::BlockKind;
use domain::csv::FormulaGuard;
use domain::filter::ParamEnum as _;
use domain::page::Count;
use store::engine::ExportFormat;
use store::views;

/// Messages of the Guard, and similar texts.
const REASONS: [&str; 15] = [
    "Emergency stop is active - trading is halted",
    "kill_switch_active",
    "Position size limit exceeded: 25.31% of portfolio, limit 20%",
    "Daily loss limit exceeded [VOLATILE MARKET MODE ACTIVE: limits halved]",
    "Algorithm exposure limit exceeded",
    "Dynamic Risk Rule 'no doge' violated",
    "Dynamic Risk Rule",
    "emergency stop is active",
    "DAILY LOSS LIMIT EXCEEDED",
    " Daily loss limit exceeded",
    "Daily%loss_limit exceeded",
    "kill%switch_active",
    "%",
    "",
    "=HYPERLINK(\"http://x\") <script>'",
];

#[tokio::test]
async fn decisions_are_found_by_what_blocked_them() {
    let engine = Engine::empty().await;
    engine
        .execute(
            "INSERT INTO trade_audit VALUES \
             ('x', 'BUY', '', 0.5, 'BTC', 1, false, NULL, NULL, gen_random_uuid(), now())",
        )
        .await;
    for reason in REASONS {
        let quoted = reason.replace('\'', "''");
        engine
            .execute(&format!(
                "INSERT INTO trade_audit VALUES \
                 ('x', 'BUY', '', 0.5, 'BTC', 1, false, NULL, '{quoted}', gen_random_uuid(), now())"
            ))
            .await;
    }
    for (kind, word) in BlockKind::VALUES {
        let mut expected: Vec<&str> = REASONS.to_vec();
        expected.retain(|reason| BlockKind::of(reason) == *kind);
        expected.sort_unstable();
        assert!(!expected.is_empty(), "{word} is not tried");
        let page = engine
            .page(views::trades(), &format!("block_kind={word}"))
            .await
            .unwrap();
        let mut found: Vec<String> = page
            .rows
            .iter()
            .filter_map(|row| text(views::trades(), row, "block_reason"))
            .map(ToOwned::to_owned)
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{word}");
        assert_eq!(
            engine
                .count(views::trades(), &format!("block_kind=!{word}"))
                .await,
            Count::Exact((1 + REASONS.len() - expected.len()) as u64),
            "!{word}"
        );
    }
    for (raw, rows) in [
        ("block_kind=kill_switch&block_kind=exposure", 3),
        ("block_kind=!other&block_kind=!exposure", 6),
        ("block_kind=other&block_kind=!other", 0),
    ] {
        assert_eq!(
            engine.count(views::trades(), raw).await,
            Count::Exact(rows),
            "{raw}"
        );
    }
}

/// The statuses that the form offers.
fn statuses() -> impl Iterator<Item = &'static str> {
    let view = views::trades();
    let param = view.0.param("order_status").unwrap();
    param.takes.words().iter().copied()
}

#[tokio::test]
async fn decisions_are_found_by_every_status_of_their_order() {
    let engine = Engine::sample().await;
    // One order per status; the others get a status of a later release.
    engine.execute("UPDATE orders SET status = 'expired'").await;
    for word in statuses() {
        let change = match word {
            "missing" => "DELETE FROM orders".to_owned(),
            _ => format!("UPDATE orders SET status = '{word}'"),
        };
        engine
            .execute(&format!(
                "{change} WHERE id = (SELECT min(id::text)::uuid FROM orders WHERE status = 'expired')"
            ))
            .await;
    }
    for word in statuses() {
        let page = engine
            .page(views::trades(), &format!("order_status={word}"))
            .await
            .unwrap();
        assert_eq!(page.rows.len(), 1, "{word}");
        let found = text(views::trades(), &page.rows[0], "order_status");
        assert_eq!(found, (word != "missing").then_some(word));
        assert_eq!(
            engine
                .count(views::trades(), &format!("order_status=!{word}"))
                .await,
            Count::Exact(59),
            "!{word}"
        );
    }
}

#[tokio::test]
async fn decisions_are_found_by_side_and_value_of_their_order_and_by_either_id() {
    let engine = Engine::sample().await;
    // One side in capitals, one limit order to buy, whose quantities are AUD, and one decision in small letters.
    engine
        .execute(
            "UPDATE orders SET side = 'BUY' WHERE id = (SELECT min(id::text)::uuid FROM orders WHERE side = 'buy');
             UPDATE orders SET order_type = 'limit', quantity = 60, filled_quantity = 60, price = 5200
               WHERE id = (SELECT max(o.id::text)::uuid FROM orders o JOIN trade_audit t \
                 ON t.execution_order_id = o.id WHERE o.side = 'buy');
             UPDATE trade_audit SET decision = 'buy' WHERE id = \
               (SELECT min(id::text)::uuid FROM trade_audit WHERE decision = 'BUY')",
        )
        .await;
    let of_orders = "SELECT count(*) FROM trade_audit t LEFT JOIN orders o ON o.id = t.execution_order_id WHERE";
    for (raw, condition) in [
        ("side=buy", "lower(o.side) = 'buy'"),
        ("side=SELL", "lower(o.side) = 'sell'"),
        ("side=!buy", "(lower(o.side) = 'buy') IS NOT TRUE"),
        ("side=hold", "false"),
        ("decision=BUY", "upper(t.decision) = 'BUY'"),
        ("decision=buy", "upper(t.decision) = 'BUY'"),
        (
            "min_value=10&side=sell",
            "o.side = 'sell' AND o.filled_quantity * o.price >= 10",
        ),
        (
            "max_value=10.5&side=sell",
            "o.side = 'sell' AND o.filled_quantity * o.price <= 10.5",
        ),
        ("min_value=60&max_value=60", "o.order_type = 'limit'"),
    ] {
        let rows: u64 = engine
            .ask(&format!("{of_orders} {condition}"))
            .await
            .parse()
            .unwrap();
        assert_eq!(
            engine.count(views::trades(), raw).await,
            Count::Exact(rows),
            "{raw}"
        );
    }
    let [decision, order] = ["id", "execution_order_id"].map(|column| {
        format!("SELECT {column} FROM trade_audit WHERE execution_order_id IS NOT NULL ORDER BY id LIMIT 1")
    });
    let (decision, order) = (engine.ask(&decision).await, engine.ask(&order).await);
    for id in [decision.clone(), order.clone(), decision.to_uppercase()] {
        let page = engine.page(views::trades(), &format!("id={id}")).await;
        let rows = page.unwrap().rows;
        assert_eq!(rows.len(), 1);
        assert_eq!(text(views::trades(), &rows[0], "id"), Some(&*decision));
    }
    assert_eq!(
        engine
            .count(views::trades(), &format!("id=!{decision}"))
            .await,
        Count::Exact(59)
    );
    let both = format!("id={decision}&id={order}&id=00000000-0000-4000-8000-000000000000");
    assert_eq!(
        engine.count(views::trades(), &both).await,
        Count::Exact(1),
        "a decision and its order are one row"
    );
    let csv = ExportFormat::Csv(FormulaGuard::On);
    for (raw, rows) in [
        (format!("id={order}"), 1),
        (format!("id={order}&last=1s"), 0),
        (format!("id=!{order}"), 59),
        (both, 1),
    ] {
        let export = engine.export(views::trades(), &raw, csv).await;
        assert_eq!(export.lines().count(), rows + 1, "{raw}");
    }
}
