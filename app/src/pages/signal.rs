//! `/signals/{id}`: one signal.

use domain::filter::negation::escaped;
use domain::query::Pairs;
use domain::signal::{Origin, Signal, SignalId, SignalOutcome};
use domain::trace::RowId;
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::banner::Banner;
use crate::components::decision::DecisionTag;
use crate::components::detail::{Breadcrumb, Card, Columns, LinkList, around};
use crate::components::facts::{Fact, Facts, Id};
use crate::components::finding::RowFindings;
use crate::components::json::{Json, JsonLinks};
use crate::components::number::{SpelledConfidence, SpelledNumber};
use crate::components::severity::SeverityTag;
use crate::components::signal_outcome::{rejection, signal_label};
use crate::components::text::{OrNone, Stored, StoredOrNone, short_id};
use crate::components::time::{RowTime, SecondTime};
use crate::components::trace::{StrategyCards, TraceCards};
use crate::document::{Section, document};
use crate::model::{PageContext, SignalPage};

/// One signal.
#[must_use]
pub fn signal(ctx: &PageContext, page: &SignalPage) -> String {
    document(
        ctx,
        Section::List("signals"),
        "Signal",
        || view! { <SignalContent ctx page /> },
    )
}

#[component]
fn SignalContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a SignalPage,
) -> impl IntoView + use<> {
    let signal = &page.signal;
    let action = signal.action.as_deref();
    let action = action.map(|word| view! { <DecisionTag word /> });
    let coin = signal.coin.as_ref();
    let coin = coin.map(|text| view! { <Stored text /> });
    let details = signal.details.as_deref();
    let details = details.map(|text| view! { <Json text links=json_links(signal) /> });
    // Only an executor's signal leads to a trade.
    let traced = match (&page.trace, signal.id) {
        (Some(trace), SignalId::Executor(id)) => Some((trace, RowId::Event(id))),
        _ => None,
    };
    let main = view! {
        <RowFindings findings=&page.findings />
        <Card title="Signal"><SignalFacts ctx page /></Card>
        {traced.map(|(trace, here)| view! { <TraceCards ctx trace here=Some(here) /> })}
        <Card title="Details"><OrNone view=details /></Card>
    };
    let side = view! {
        {traced.map(|(trace, _)| view! { <StrategyCards ctx trace /> })}
        <Card title="Related"><LinkList links=near(signal) /></Card>
    };
    view! {
        <Breadcrumb href="/signals" label="Signals" here=format!("signal {}", short_id(&signal.id)) />
        <div class="page-head">
            <h1><OrNone view=action />" "{coin}", "<SecondTime ctx at=signal.timestamp /></h1>
            <span class="tag quiet">{signal.id.origin().as_str()}</span>
        </div>
        <SignalBanner ctx signal />
        <div class="detail-page"><Columns main side /></div>
    }
}

/// What became of it, the Guard's own words before the console's; nothing of a collector's.
#[component]
fn SignalBanner<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The signal.
    signal: &'a Signal,
) -> impl IntoView + use<> {
    let outcome = signal.outcome.as_ref()?;
    let told = signal_label(outcome, signal.timestamp, ctx.now);
    let guard = rejection(Some(outcome)).map(|text| view! { "“"<Stored text />"” " });
    let more = told.more;
    Some(view! {
        <Banner icon=told.mark tone=told.tone answer=told.answer>{guard}{more}</Banner>
    })
}

/// An executor signal's details are an event's, which can be searched; a collector's are not.
fn json_links(signal: &Signal) -> JsonLinks {
    match signal.id.origin() {
        Origin::Executor => JsonLinks::ToEvents,
        Origin::Collector => JsonLinks::None,
    }
}

#[component]
fn SignalFacts<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a SignalPage,
) -> impl IntoView + use<> {
    let signal = &page.signal;
    let own = match signal.id.origin() {
        Origin::Executor => Either::Left(view! { <ExecutorFacts ctx signal /> }),
        Origin::Collector => Either::Right(view! { <CollectorFacts ctx signal /> }),
    };
    let event = page.event.as_ref().map(|event| {
        let user_id = event.user_id.map(|id| view! { <Id id /> });
        view! {
            <Fact label="Severity" column="severity"><SeverityTag word=&event.severity /></Fact>
            <Fact label="User" column="user.email">
                <StoredOrNone text=event.user_email.as_deref() />
            </Fact>
            <Fact label="User id" column="user_id"><OrNone view=user_id /></Fact>
        }
    });
    let id = signal.id.to_string();
    view! {
        <Facts>
            {own}
            {event}
            <Fact label="Signal id" column="id"><code class="id">{id}</code></Fact>
        </Facts>
    }
}

#[component]
fn ExecutorFacts<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The signal.
    signal: &'a Signal,
) -> impl IntoView + use<> {
    let action = signal.action.as_deref();
    let action = action.map(|word| view! { <DecisionTag word /> });
    let quantity = signal.quantity.as_deref();
    let quantity = quantity.map(|text| view! { <SpelledNumber text /> });
    let confidence = signal.confidence.as_deref();
    let confidence = confidence.map(|text| view! { <SpelledConfidence text /> });
    let price = signal.price.as_deref();
    let price = price.map(|text| view! { <SpelledNumber text /> });
    view! {
        <Fact label="Time" column="timestamp"><RowTime ctx at=signal.timestamp /></Fact>
        <Fact label="Action" column="details.signal.action"><OrNone view=action /></Fact>
        <Fact label="Coin" column="details.signal.coin_type">
            <StoredOrNone text=signal.coin.as_deref() />
        </Fact>
        <Fact label="Quantity" column="details.signal.quantity"><OrNone view=quantity /></Fact>
        <Fact label="Confidence" column="details.signal.confidence"><OrNone view=confidence /></Fact>
        <Fact label="Price, AUD" column="details.market_data_snapshot.price"><OrNone view=price /></Fact>
        <Fact label="Algorithm" column="algorithms.name">
            <StoredOrNone text=signal.algorithm_name.as_deref() />
        </Fact>
        <Fact label="Algorithm id" column="details.algorithm_id">
            <StoredOrNone text=signal.algorithm_id.as_deref() />
        </Fact>
    }
}

#[component]
fn CollectorFacts<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The signal.
    signal: &'a Signal,
) -> impl IntoView + use<> {
    let action = signal.action.as_deref();
    let action = action.map(|word| view! { <DecisionTag word /> });
    let strength = signal.confidence.as_deref();
    let strength = strength.map(|text| view! { <SpelledConfidence text /> });
    view! {
        <Fact label="Time" column="generated_at"><RowTime ctx at=signal.timestamp /></Fact>
        <Fact label="Action" column="type"><OrNone view=action /></Fact>
        <Fact label="Coin" column="asset"><StoredOrNone text=signal.coin.as_deref() /></Fact>
        <Fact label="Strength" column="strength"><OrNone view=strength /></Fact>
        <Fact label="Source" column="source"><StoredOrNone text=signal.source.as_deref() /></Fact>
    }
}

/// Links to what happened around it, and to what is like it.
fn near(signal: &Signal) -> Vec<(String, String)> {
    let at = around(signal.timestamp);
    let mut items = Vec::new();
    if let Origin::Executor = signal.id.origin() {
        items.push((
            format!("/events/{}", signal.id),
            "This signal as an event".to_owned(),
        ));
    }
    if let Some(SignalOutcome::Verdict { event, .. }) = &signal.outcome {
        items.push((
            format!("/events/{event}"),
            "The Guard’s verdict on it".to_owned(),
        ));
    }
    if let Some(coin) = signal.coin.as_deref().filter(|coin| !coin.is_empty()) {
        items.push((
            at.clone().with("asset", escaped(coin)).link("/trades"),
            format!("{coin} decisions, 15 min each way"),
        ));
        items.push((
            at.clone().with("coin", escaped(coin)).link("/signals"),
            format!("{coin} signals, 15 min each way"),
        ));
    }
    items.push((at.link("/events"), "All events, 15 min each way".to_owned()));
    let all_of = |param: &str, value: &str| {
        Pairs::default()
            .with(param, escaped(value))
            .link("/signals")
    };
    if let Some(algorithm) = signal.algorithm_id.as_deref().filter(|id| !id.is_empty()) {
        items.push((
            all_of("algorithm", algorithm),
            "All signals of this algorithm".to_owned(),
        ));
    }
    if let Some(source) = signal.source.as_deref().filter(|name| !name.is_empty()) {
        items.push((
            all_of("source", source),
            "All signals of this collector".to_owned(),
        ));
    }
    items
}
