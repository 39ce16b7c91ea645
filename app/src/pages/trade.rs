//! `/trades/{id}`: one decision with its order, and the trade that it is a step of.

use domain::filter::negation::escaped;
use domain::order::OrderLink;
use domain::query::Pairs;
use domain::trace::RowId;
use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::components::banner::Banner;
use crate::components::decision::DecisionTag;
use crate::components::detail::{Breadcrumb, Card, Columns, LinkList, around};
use crate::components::facts::{Fact, Facts, Id};
use crate::components::finding::RowFindings;
use crate::components::number::{AmountValue, Confidence};
use crate::components::order::OrderFacts;
use crate::components::outcome::{OutcomeLabel, outcome_label};
use crate::components::text::{OrNone, Stored, StoredOrNone, short_id};
use crate::components::time::{RowTime, SecondTime};
use crate::components::trace::{StrategyCards, TraceCards};
use crate::document::{Section, document};
use crate::model::{PageContext, TradePage};

type Row = domain::trade::Decision;

/// One decision.
#[must_use]
pub fn trade(ctx: &PageContext, page: &TradePage) -> String {
    document(
        ctx,
        Section::List("trades"),
        "Trade decision",
        || view! { <TradeContent ctx page /> },
    )
}

#[component]
fn TradeContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a TradePage,
) -> impl IntoView + use<> {
    let row = &page.detail.decision;
    let trace = &page.trace;
    let told = outcome_label(row.outcome(), row.order.status(), row.timestamp, ctx.now);
    let main = view! {
        <RowFindings findings=&page.findings />
        <TraceCards ctx trace here=Some(RowId::Decision(row.id)) />
        <Card title="Decision"><DecisionFacts ctx page /></Card>
        <OrderCard ctx row />
    };
    let side = view! {
        <StrategyCards ctx trace />
        <Card title="Related"><LinkList links=near(row) /></Card>
    };
    view! {
        <Breadcrumb href="/trades" label="Trades" here=format!("decision {}", short_id(&row.id)) />
        <div class="page-head">
            <h1>
                <DecisionTag word=&row.decision />
                " "
                <Stored text=&row.asset />
                ", "
                <SecondTime ctx at=row.timestamp />
            </h1>
        </div>
        <OutcomeBanner row told />
        <div class="detail-page"><Columns main side /></div>
    }
}

/// What became of it, with the Guard's own words before the console's.
#[component]
fn OutcomeBanner<'a>(
    /// The decision.
    row: &'a Row,
    /// What became of it, in words.
    told: OutcomeLabel,
) -> impl IntoView + use<> {
    let quoted = |text| view! { "“"<Stored text />"” " };
    let reason = row.block_reason.as_deref();
    let order = row.order.found();
    let failure = order.and_then(|order| order.error_message.as_deref());
    let volatile = reason
        .is_some_and(|reason| reason.contains("[VOLATILE MARKET MODE ACTIVE"))
        .then_some("The limits were halved: the market was marked volatile. ");
    let (guard, failure) = (reason.map(quoted), failure.map(quoted));
    let more = told.more;
    view! {
        <Banner icon=told.mark tone=told.tone answer=told.answer>
            {guard}
            {failure}
            {volatile}
            <FillWords row />
            {more}
        </Banner>
    }
}

/// How much was filled, of how much, at what price. Renders nothing if nothing was.
#[component]
fn FillWords<'a>(
    /// The decision.
    row: &'a Row,
) -> impl IntoView + use<> {
    let brief = &row.order.found()?.brief;
    let price = brief.price.as_ref()?;
    let is_filled = matches!(brief.status.as_str(), "filled" | "partial");
    is_filled.then(|| {
        view! {
            <AmountValue amount=&brief.filled_quantity />
            " filled of "
            <AmountValue amount=&brief.quantity />
            " ordered, at AUD "
            <AmountValue amount=price />
            ". "
        }
    })
}

#[component]
fn DecisionFacts<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a TradePage,
) -> impl IntoView + use<> {
    let row = &page.detail.decision;
    let price = row.price_at_decision.as_ref();
    let price = price.map(|amount| view! { <AmountValue amount /> });
    let algorithm = page.detail.algorithm_name.as_ref();
    let algorithm = algorithm.map(|text| {
        view! { <Fact label="Algorithm" column="algorithms.name"><Stored text /></Fact> }
    });
    let order = row.execution_order_id.map(|id| view! { <Id id /> });
    view! {
        <Facts>
            <Fact label="Time" column="timestamp"><RowTime ctx at=row.timestamp /></Fact>
            <Fact label="Decision" column="decision"><DecisionTag word=&row.decision /></Fact>
            <Fact label="Coin" column="asset"><Stored text=&row.asset /></Fact>
            <Fact label="Price, AUD" column="price_at_decision"><OrNone view=price /></Fact>
            <Fact label="Confidence" column="confidence_score">
                <Confidence score=row.confidence_score />
            </Fact>
            <Fact label="Reason" column="reason"><Stored text=&row.reason /></Fact>
            <Fact label="Agent" column="agent_id"><Stored text=&row.agent_id /></Fact>
            {algorithm}
            <Fact label="Order submitted" column="is_executed">{row.is_executed.to_string()}</Fact>
            <Fact label="Block reason" column="block_reason">
                <StoredOrNone text=row.block_reason.as_deref() />
            </Fact>
            <Fact label="Order" column="execution_order_id"><OrNone view=order /></Fact>
            <Fact label="Decision id" column="id"><Id id=row.id /></Fact>
        </Facts>
    }
}

/// The order that it names. Renders nothing if it names none.
#[component]
fn OrderCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The decision.
    row: &'a Row,
) -> impl IntoView + use<> {
    match &row.order {
        OrderLink::None => EitherOf3::A(()),
        OrderLink::Missing => EitherOf3::B(view! {
            <Card title="Its order does not exist">
                <p>
                    "There is no such row in the engine’s table of orders. Nothing in the database keeps a decision from naming an order that does not exist."
                </p>
            </Card>
        }),
        OrderLink::Found(order) => EitherOf3::C(view! {
            <Card title="Its order"><OrderFacts ctx order /></Card>
        }),
    }
}

/// Links to what happened around it, and to what is like it.
fn near(row: &Row) -> Vec<(String, String)> {
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
    items
}
