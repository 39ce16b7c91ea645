//! `/traces/{id}`: a trade from its signal to its position; an order has no other page.

use domain::order::{Order, OrderLink};
use domain::trace::{RowId, Trace};
use domain::trade::Outcome;
use leptos::prelude::*;

use crate::components::banner::Banner;
use crate::components::decision::DecisionTag;
use crate::components::detail::{Breadcrumb, Card, Columns, LinkList, around};
use crate::components::finding::RowFindings;
use crate::components::order::OrderFacts;
use crate::components::outcome::{OutcomeLabel, outcome_label};
use crate::components::text::{Stored, short_id};
use crate::components::time::SecondTime;
use crate::components::trace::{StrategyCards, TraceCards};
use crate::document::{Section, document};
use crate::model::{PageContext, TracePage};

/// One trade.
#[must_use]
pub fn trace(ctx: &PageContext, page: &TracePage) -> String {
    document(
        ctx,
        Section::List("trades"),
        "Trace",
        || view! { <TraceContent ctx page /> },
    )
}

#[component]
fn TraceContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a TracePage,
) -> impl IntoView + use<> {
    let trace = &page.trace;
    let order = trace.order.as_ref().map(|part| &part.row);
    let here = match trace.subject {
        RowId::Order(_) => Some(trace.subject),
        RowId::Event(_) | RowId::Decision(_) => None,
    };
    let order_card = order.map(|order| {
        view! { <Card title="Its order"><OrderFacts ctx order /></Card> }
    });
    let related = near(trace).map(|links| {
        view! { <Card title="Related"><LinkList links /></Card> }
    });
    let main = view! {
        <RowFindings findings=&page.findings />
        <TraceCards ctx trace here />
        {order_card}
    };
    let side = view! { <StrategyCards ctx trace />{related} };
    let banner = outcome(ctx, trace, order).map(|told| {
        let more = told.more;
        view! { <Banner icon=told.mark tone=told.tone answer=told.answer>{more}</Banner> }
    });
    view! {
        <Breadcrumb href="/trades" label="Trades" here=label(trace.subject) />
        <div class="page-head"><TraceHeading ctx trace /></div>
        {banner}
        <div class="detail-page"><Columns main side /></div>
    }
}

/// `Trace of BUY BTC, Mon 23 Nov 2026 18:35:29`.
#[component]
fn TraceHeading<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The trace.
    trace: &'a Trace,
) -> impl IntoView + use<> {
    let side = trace.side();
    let side = side.map(|side| view! { <DecisionTag word=&side /> });
    let coin = trace.coin().map(|text| view! { <Stored text /> });
    let at = trace.decided_at();
    let at = at.map(|at| view! { ", "<SecondTime ctx at /> });
    view! { <h1>"Trace of "{side}" "{coin}{at}</h1> }
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

/// Links to what happened around it; nothing where its time is not known.
fn near(trace: &Trace) -> Option<Vec<(String, String)>> {
    let at = around(trace.decided_at()?);
    let all = |path: &str, label: &str| (at.link(path), format!("{label}, 15 min each way"));
    Some(vec![
        all("/trades", "All decisions"),
        all("/signals", "All signals"),
        all("/events", "All events"),
    ])
}
