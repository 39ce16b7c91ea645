//! `/trades/{id}`: one decision with its order, and the trade that it is a step of.

use domain::filter::negation::escaped;
use domain::order::OrderLink;
use domain::query::Pairs;
use domain::trace::RowId;
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::decision::decision;
use crate::components::detail::{around, card, columns, links, trail};
use crate::components::facts::{fact, facts, id, optional};
use crate::components::finding::about_row;
use crate::components::number::{amount, confidence};
use crate::components::order::order_facts;
use crate::components::outcome::{OutcomeLabel, outcome_label};
use crate::components::text::{short_id, stored};
use crate::components::time::{row_time, to_the_second};
use crate::components::trace::{cards, chain};
use crate::document::{Section, document};
use crate::model::{PageContext, TradePage};

type Row = domain::trade::Decision;

/// One decision.
#[must_use]
pub fn trade(ctx: &PageContext, page: &TradePage) -> String {
    let row = &page.detail.decision;
    let told = outcome_label(row.outcome(), row.order.status(), row.timestamp, ctx.now);
    let mut main = Vec::from_iter(about_row(&page.findings));
    main.extend(chain(ctx, &page.trace, Some(RowId::Decision(row.id))));
    main.push(card("Decision", decision_facts(ctx, page)));
    main.extend(order_card(ctx, row));
    let mut side = cards(ctx, &page.trace);
    side.push(card("Related", near(row)));
    let content = view! {
        {trail("/trades", "Trades", &format!("decision {}", short_id(&row.id)))}
        <div class="page-head">
            <h1>
                {decision(&row.decision)}
                " "
                {stored(&row.asset)}
                ", "
                {to_the_second(ctx, row.timestamp)}
            </h1>
        </div>
        {banner(told.mark, told.tone, told.answer.clone(), more(row, &told))}
        <div class="traced">{columns(main, side)}</div>
    };
    document(
        ctx,
        Section::List("trades"),
        "Trade decision",
        content.into_any(),
    )
}

/// What the banner adds: the Guard's own words before the console's.
fn more(row: &Row, told: &OutcomeLabel) -> AnyView {
    let guard = row
        .block_reason
        .clone()
        .map(|reason| view! { "“"{stored(reason)}"” " });
    let failure = row
        .order
        .found()
        .and_then(|order| order.error_message.clone())
        .map(|message| view! { "“"{stored(message)}"” " });
    let volatile = row
        .block_reason
        .as_deref()
        .is_some_and(|reason| reason.contains("[VOLATILE MARKET MODE ACTIVE"))
        .then_some("The limits were halved: the market was marked volatile. ");
    view! { {guard}{failure}{volatile}{fill(row)}{told.more.clone()} }.into_any()
}

/// How much was filled, of how much, at what price.
fn fill(row: &Row) -> Option<AnyView> {
    let order = row.order.found()?;
    let brief = &order.brief;
    let price = brief.price.as_ref()?;
    let filled = matches!(brief.status.as_str(), "filled" | "partial");
    filled.then(|| {
        view! {
            {amount(&brief.filled_quantity)}
            " filled of "
            {amount(&brief.quantity)}
            " ordered, at AUD "
            {amount(price)}
            ". "
        }
        .into_any()
    })
}

fn decision_facts(ctx: &PageContext, page: &TradePage) -> AnyView {
    let row = &page.detail.decision;
    let price = row.price_at_decision.as_ref().map(amount);
    let mut rows = vec![
        fact("Time", "timestamp", row_time(ctx, row.timestamp)),
        fact("Decision", "decision", decision(&row.decision)),
        fact("Coin", "asset", stored(&row.asset)),
        optional("Price, AUD", "price_at_decision", price),
        fact(
            "Confidence",
            "confidence_score",
            confidence(row.confidence_score),
        ),
        fact("Reason", "reason", stored(&row.reason)),
        fact("Agent", "agent_id", stored(&row.agent_id)),
    ];
    if let Some(name) = &page.detail.algorithm_name {
        rows.push(fact("Algorithm", "algorithms.name", stored(name)));
    }
    rows.extend([
        fact(
            "Order submitted",
            "is_executed",
            row.is_executed.to_string().into_any(),
        ),
        optional(
            "Block reason",
            "block_reason",
            row.block_reason.clone().map(stored),
        ),
        optional(
            "Order",
            "execution_order_id",
            row.execution_order_id.map(id),
        ),
        fact("Decision id", "id", id(row.id)),
    ]);
    facts(rows)
}

fn order_card(ctx: &PageContext, row: &Row) -> Option<AnyView> {
    match &row.order {
        OrderLink::None => None,
        OrderLink::Missing => {
            let text = "There is no such row in the engine’s table of orders. Nothing in the database \
                        keeps a decision from naming an order that does not exist.";
            Some(card(
                "Its order does not exist",
                view! { <p>{text}</p> }.into_any(),
            ))
        }
        OrderLink::Found(order) => Some(card("Its order", facts(order_facts(ctx, order)))),
    }
}

fn near(row: &Row) -> AnyView {
    let at = around(row.timestamp);
    let with = |name: &str, value: &str| {
        Pairs::default()
            .with(name, escaped(value))
            .as_slice()
            .iter()
            .chain(at.as_slice())
            .fold(Pairs::default(), |pairs, (name, value)| {
                pairs.with(name, value)
            })
    };
    let mut items = Vec::new();
    if !row.asset.is_empty() {
        items.push((
            with("asset", &row.asset).link("/trades"),
            format!("{} decisions, 15 min each way", row.asset),
        ));
        items.push((
            with("coin", &row.asset).link("/signals"),
            format!("{} signals, 15 min each way", row.asset),
        ));
    }
    items.push((at.link("/events"), "All events, 15 min each way".to_owned()));
    if !row.agent_id.is_empty() {
        let agent = Pairs::default().with("agent", escaped(&row.agent_id));
        items.push((
            agent.link("/trades"),
            "All decisions of this agent".to_owned(),
        ));
    }
    links(items)
}
