//! `/traces/{id}`: a trade from its signal to its position; an order has no other page.

use domain::order::{Order, OrderLink};
use domain::trace::{RowId, Trace};
use domain::trade::Outcome;
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::decision::decision;
use crate::components::detail::{around, card, columns, links, trail};
use crate::components::facts::facts;
use crate::components::finding::about_row;
use crate::components::order::order_facts;
use crate::components::outcome::{OutcomeLabel, outcome_label};
use crate::components::text::{short_id, stored};
use crate::components::time::to_the_second;
use crate::components::trace::{cards, chain};
use crate::document::{Section, document};
use crate::model::{PageContext, TracePage};

/// One trade.
#[must_use]
pub fn trace(ctx: &PageContext, page: &TracePage) -> String {
    let trace = &page.trace;
    let order = trace.order.as_ref().map(|part| &part.row);
    let here = match trace.subject {
        RowId::Order(_) => Some(trace.subject),
        RowId::Event(_) | RowId::Decision(_) => None,
    };
    let mut main = Vec::from_iter(about_row(&page.findings));
    main.extend(chain(ctx, trace, here));
    main.extend(order.map(|order| card("Its order", facts(order_facts(ctx, order)))));
    let mut side = cards(ctx, trace);
    side.extend(near(trace).map(|near| card("Related", near)));
    let told = outcome(ctx, trace, order);
    let content = view! {
        {trail("/trades", "Trades", &label(trace.subject))}
        <div class="page-head">
            <h1>
                "Trace of "
                {trace.side().map(|side| decision(&side))}
                " "
                {trace.coin().map(stored)}
                {trace.decided_at().map(|at| view! { ", "{to_the_second(ctx, at)} })}
            </h1>
        </div>
        {told.map(|told| banner(told.mark, told.tone, told.answer, told.more.into_any()))}
        <div class="traced">{columns(main, side)}</div>
    };
    document(ctx, Section::List("trades"), "Trace", content.into_any())
}

fn label(subject: RowId) -> String {
    match subject {
        RowId::Order(id) => format!("order {}", short_id(&id)),
        RowId::Decision(id) => format!("trace of decision {}", short_id(&id)),
        RowId::Event(id) => format!("trace of event {}", short_id(&id)),
    }
}

/// What became of the decision; of an order without one, what became of the order.
fn outcome(ctx: &PageContext, trace: &Trace, order: Option<&Order>) -> Option<OutcomeLabel> {
    if let Some(part) = &trace.decision {
        let row = &part.row.decision;
        return Some(outcome_label(
            row.outcome(),
            row.order.status(),
            row.timestamp,
            ctx.now,
        ));
    }
    let order = order?;
    let link = OrderLink::Found(order.brief.status.as_str());
    Some(outcome_label(
        Outcome::Executed,
        link,
        order.created_at,
        ctx.now,
    ))
}

fn near(trace: &Trace) -> Option<AnyView> {
    let at = around(trace.decided_at()?);
    let all = |path: &str, label: &str| (at.link(path), format!("{label}, 15 min each way"));
    Some(links(vec![
        all("/trades", "All decisions"),
        all("/signals", "All signals"),
        all("/events", "All events"),
    ]))
}
