//! Trade decisions and their orders.

use app::model::{ListPage, TradePage};
use domain::order::{Order, OrderBrief, OrderLink};
use domain::page::Count;
use domain::trade::{Decision, TradeDetail};

use store::views;

use super::rows::trade_row;
use super::traces::{trace_alone, trace_whole, traced};
use super::{amount, at, list, uuid, words};

pub fn brief(status: &str) -> OrderBrief {
    OrderBrief {
        status: status.to_owned(),
        side: "buy".to_owned(),
        quantity: amount("0.0103398700"),
        filled_quantity: amount("0.0000103347"),
        price: Some(amount("1000.50000000")),
        filled_at: Some(at("2026-11-23T07:35:28.741826Z")),
    }
}

pub fn decision(number: u128, kind: &str, asset: &str, price: &str) -> Decision {
    let seconds = i64::try_from(number).unwrap() * 97_013_417;
    Decision {
        id: uuid(number),
        timestamp: at("2026-11-23T10:41:28.562341Z").plus_micros(-seconds),
        agent_id: [
            "strategy_momentum_v1",
            "algo:74ad3880-c88c-4a10-bd8f-5c5659726601",
            "guard_rail_max_drawdown",
        ][usize::try_from(number % 3).unwrap()]
        .to_owned(),
        asset: asset.to_owned(),
        decision: kind.to_owned(),
        confidence_score: [0.527, 0.973, 0.443, 0.846][usize::try_from(number % 4).unwrap()],
        price_at_decision: Some(amount(price)),
        reason:
            "Bollinger breakout confirmed by volume; 5-period average crossed above the 20-period"
                .to_owned(),
        is_executed: false,
        block_reason: None,
        execution_order_id: None,
        order: OrderLink::None,
    }
}

pub fn executed(mut decision: Decision, order: OrderLink<OrderBrief>) -> Decision {
    decision.is_executed = true;
    decision.execution_order_id = Some(uuid(9_000));
    decision.order = match order {
        OrderLink::None => OrderLink::None,
        OrderLink::Missing => OrderLink::Missing,
        OrderLink::Found(brief) => OrderLink::Found(Order {
            brief,
            ..self::order()
        }),
    };
    decision
}

pub fn blocked(mut decision: Decision, reason: &str) -> Decision {
    decision.block_reason = Some(reason.to_owned());
    decision
}

pub fn decisions() -> Vec<Decision> {
    let mut rows = Vec::new();
    for round in 0..4_u128 {
        let n = round * 11;
        rows.extend([
            blocked(
                decision(n + 1, "BUY", "XRP", "3.42245513"),
                "Position size limit exceeded: 25.31% of portfolio, limit 20%",
            ),
            blocked(
                decision(n + 2, "SELL", "ETH", "4967.28115444"),
                "Emergency stop is active - trading is halted",
            ),
            executed(
                decision(n + 3, "BUY", "BTC", "164096.65779104"),
                OrderLink::Found(brief("filled")),
            ),
            decision(n + 4, "HOLD", "SOL", "197.55583156"),
            executed(
                decision(n + 5, "BUY", "BTC", "165399.06508050"),
                OrderLink::Found(brief("submitted")),
            ),
            executed(
                decision(n + 6, "SELL", "ADA", "0.90328554"),
                OrderLink::Missing,
            ),
            executed(
                decision(n + 7, "SELL", "ADA", "0.90328554"),
                OrderLink::Found(brief("partial")),
            ),
            decision(n + 8, "SELL", "SOL", "200.84872350"),
            executed(
                decision(n + 9, "BUY", "ETH", "5044.78653606"),
                OrderLink::Found(brief("failed")),
            ),
            blocked(
                decision(n + 10, "BUY", "SOL", "198.37652017"),
                "Daily loss limit exceeded",
            ),
            decision(n + 11, "HOLD", "BTC", "163624.31309578"),
        ]);
    }
    rows
}

/// What a page must survive.
pub fn hostile() -> Decision {
    let mut row = decision(1, "BUY\u{202e}YUB", "<script>alert(1)</script>", "NaN");
    "\u{202e}\u{2067}gnp.exe</td></tr><img src=x onerror=alert(1)>".clone_into(&mut row.agent_id);
    row.reason = format!("{}\"><script>alert(2)</script>", "A".repeat(900));
    row.confidence_score = f64::NAN;
    row.price_at_decision = None;
    row.block_reason = Some("=HYPERLINK(\"http://x\") \u{202e}' onmouseover='x".to_owned());
    row
}

pub fn trades(raw: &str, rows: &[Decision]) -> ListPage {
    let rows = rows.iter().map(trade_row).collect();
    let mut page = list(views::trades(), raw, rows, Count::Exact(2_148));
    page.filter_options = vec![
        ("asset", words(&["ADA", "BTC", "ETH", "SOL", "XRP"])),
        (
            "agent",
            words(&[
                "algo:74ad3880-c88c-4a10-bd8f-5c5659726601",
                "guard_rail_max_drawdown",
                "strategy_momentum_v1",
            ]),
        ),
    ];
    page
}

pub fn order() -> Order {
    Order {
        id: uuid(9_000),
        user_id: uuid(50),
        user_email: Some("strategist@omc.local".to_owned()),
        algorithm_id: Some("74ad3880-c88c-4a10-bd8f-5c5659726601".parse().unwrap()),
        algorithm_name: Some("MA Crossover".to_owned()),
        coin_type: "BTC".to_owned(),
        order_type: "market".to_owned(),
        brief: brief("filled"),
        error_message: None,
        coinspot_order_id: Some("befbed8f-fa8e-4e85-8e91-69586a3557d3".to_owned()),
        created_at: at("2026-11-23T07:35:28.705298Z"),
        updated_at: at("2026-11-23T07:35:28.741829Z"),
        submitted_at: Some(at("2026-11-23T07:35:28.737241Z")),
    }
}

pub fn trade_detail(row: Decision, order: OrderLink<Order>) -> TradeDetail {
    TradeDetail {
        decision: Decision { order, ..row },
        algorithm_name: Some("MA Crossover".to_owned()),
    }
}

pub fn trade(row: Decision, order: OrderLink<Order>) -> TradePage {
    let detail = trade_detail(row, order);
    TradePage {
        trace: trace_alone(&detail),
        detail,
        findings: Vec::new(),
    }
}

pub fn trade_filled() -> TradePage {
    traced(trace_whole())
}
