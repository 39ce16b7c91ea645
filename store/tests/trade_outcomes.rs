//! What became of decisions: the filters agree with what the rows say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use common::Engine;
use domain::block::BlockKind;
use domain::filter::{OrderStatus, ParamEnum as _, TradeFilter};
use domain::page::Count;

/// What the Guard writes, and what resembles it.
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
            .page::<TradeFilter>(&format!("block_kind={word}"))
            .await
            .unwrap();
        let mut found: Vec<String> = page
            .rows
            .into_iter()
            .filter_map(|row| row.block_reason)
            .collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{word}");
        assert_eq!(
            engine
                .count::<TradeFilter>(&format!("block_kind=!{word}"))
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
            engine.count::<TradeFilter>(raw).await,
            Count::Exact(rows),
            "{raw}"
        );
    }
}

#[tokio::test]
async fn decisions_are_found_by_every_status_of_their_order() {
    let engine = Engine::sample().await;
    // As many orders as there are statuses get one each; the others get a status of a later release.
    engine.execute("UPDATE orders SET status = 'expired'").await;
    for (status, word) in OrderStatus::VALUES {
        let change = match status {
            OrderStatus::Missing => "DELETE FROM orders".to_owned(),
            _ => format!("UPDATE orders SET status = '{word}'"),
        };
        engine
            .execute(&format!(
                "{change} WHERE id = (SELECT min(id::text)::uuid FROM orders WHERE status = 'expired')"
            ))
            .await;
    }
    for (status, word) in OrderStatus::VALUES {
        let page = engine
            .page::<TradeFilter>(&format!("order_status={word}"))
            .await
            .unwrap();
        assert_eq!(page.rows.len(), 1, "{word}");
        let found = page.rows[0]
            .order
            .found()
            .map(|order| order.status.as_str());
        let expected = (*status != OrderStatus::Missing).then_some(*word);
        assert_eq!(found, expected);
        assert_eq!(
            engine
                .count::<TradeFilter>(&format!("order_status=!{word}"))
                .await,
            Count::Exact(59),
            "!{word}"
        );
    }
}
