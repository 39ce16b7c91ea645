//! `/trades/{id}`: one decision with its order.

use domain::filter::any_of::escaped;
use domain::order::{Order, OrderLink};
use domain::query::Pairs;
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::decision::decision;
use crate::components::detail::{around, card, columns, links, trail};
use crate::components::facts::{Fact, fact, facts, id, optional};
use crate::components::finding::about_row;
use crate::components::number::{amount, confidence};
use crate::components::outcome::{Told, tell};
use crate::components::text::{short_id, stored};
use crate::components::time::{distance, exact, moment, to_the_second};
use crate::document::{Section, document};
use crate::model::{Frame, TradePage};

type Row = domain::trade::Decision<Order>;

/// One decision.
#[must_use]
pub fn trade(frame: &Frame, page: &TradePage) -> String {
    let row = &page.detail.decision;
    let brief = match &row.order {
        OrderLink::None => OrderLink::None,
        OrderLink::Missing => OrderLink::Missing,
        OrderLink::Found(order) => OrderLink::Found(&order.brief),
    };
    let told = tell(row.outcome(), &brief, row.timestamp, frame.now);
    let mut main = Vec::from_iter(about_row(&page.findings));
    main.push(card("Decision", decision_facts(frame, page)));
    main.extend(order_card(frame, row));
    let side = vec![card("Near it", near(row))];
    let content = view! {
        {trail("/trades", "Trades", format!("decision {}", short_id(&row.id)))}
        <div class="page-head">
            <h1>
                {decision(&row.decision)}
                " "
                {stored(row.asset.clone())}
                ", "
                {to_the_second(frame, row.timestamp)}
            </h1>
        </div>
        {banner(told.mark, told.tone, told.answer.clone(), more(row, &told))}
        {steps(frame, row)}
        {columns(main, side)}
    };
    document(frame, Section::Trades, "Trade decision", content.into_any())
}

/// What the banner adds: the Guard's own words before the console's.
fn more(row: &Row, told: &Told) -> AnyView {
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

fn decision_facts(frame: &Frame, page: &TradePage) -> AnyView {
    let row = &page.detail.decision;
    let price = row.price_at_decision.as_ref().map(amount);
    let mut rows = vec![
        fact("Time", "timestamp", exact(frame, row.timestamp)),
        fact("Decision", "decision", decision(&row.decision)),
        fact("Asset", "asset", stored(row.asset.clone()).into_any()),
        optional("Price, AUD", "price_at_decision", price),
        fact(
            "Confidence",
            "confidence_score",
            confidence(row.confidence_score),
        ),
        fact("Reason", "reason", stored(row.reason.clone()).into_any()),
        fact("Agent", "agent_id", stored(row.agent_id.clone()).into_any()),
    ];
    if let Some(name) = &page.detail.algorithm_name {
        rows.push(fact(
            "Algorithm",
            "algorithms.name",
            stored(name.clone()).into_any(),
        ));
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
            row.block_reason
                .clone()
                .map(|reason| stored(reason).into_any()),
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

fn order_card(frame: &Frame, row: &Row) -> Option<AnyView> {
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
        OrderLink::Found(order) => Some(card("Its order", facts(order_facts(frame, order)))),
    }
}

fn order_facts(frame: &Frame, order: &Order) -> Vec<Fact> {
    let brief = &order.brief;
    let text = |text: &Option<String>| text.clone().map(|text| stored(text).into_any());
    let time = |at: Option<Timestamp>| at.map(|at| exact(frame, at));
    vec![
        fact("Status", "status", stored(brief.status.clone()).into_any()),
        fact("Side", "side", decision(&brief.side)),
        fact(
            "Coin",
            "coin_type",
            stored(order.coin_type.clone()).into_any(),
        ),
        fact(
            "Type",
            "order_type",
            stored(order.order_type.clone()).into_any(),
        ),
        fact("Quantity", "quantity", amount(&brief.quantity)),
        fact("Filled", "filled_quantity", amount(&brief.filled_quantity)),
        optional("Price, AUD", "price", brief.price.as_ref().map(amount)),
        fact("Created", "created_at", exact(frame, order.created_at)),
        optional("Submitted", "submitted_at", time(order.submitted_at)),
        optional("Filled at", "filled_at", time(brief.filled_at)),
        fact("Last change", "updated_at", exact(frame, order.updated_at)),
        optional("Error", "error_message", text(&order.error_message)),
        optional("Whose", "user.email", text(&order.user_email)),
        fact("User id", "user_id", id(order.user_id)),
        optional("Algorithm", "algorithms.name", text(&order.algorithm_name)),
        optional("Algorithm id", "algorithm_id", order.algorithm_id.map(id)),
        optional(
            "Exchange’s id",
            "coinspot_order_id",
            text(&order.coinspot_order_id),
        ),
        fact("Order id", "id", id(order.id)),
    ]
}

/// From decision to fill, each with its distance from the decision.
fn steps(frame: &Frame, row: &Row) -> Option<AnyView> {
    let order = row.order.found()?;
    let steps = [
        ("Decided", Some(row.timestamp)),
        ("Order created", Some(order.created_at)),
        ("Submitted", order.submitted_at),
        ("Filled", order.brief.filled_at),
    ];
    let items: Vec<AnyView> = steps
        .into_iter()
        .enumerate()
        .map(|(at_step, (label, at))| {
            let class = if at.is_some() { "step" } else { "step missing" };
            let after = at
                .filter(|_| at_step > 0)
                .map(|at| view! { <span class="dim">{distance(row.timestamp, at)}</span> });
            let time = at.map_or_else(|| "not yet".into_any(), |at| moment(frame, at));
            view! { <li class=class><strong>{label}</strong>" "{after}<br />{time}</li> }.into_any()
        })
        .collect();
    Some(view! { <ol class="steps" aria-label="From decision to fill">{items}</ol> }.into_any())
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
