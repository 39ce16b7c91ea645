//! `/signals/{id}`: one signal.

use domain::filter::negation::escaped;
use domain::query::Pairs;
use domain::signal::{Origin, Signal, SignalId, SignalOutcome};
use domain::trace::RowId;
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::decision::decision;
use crate::components::detail::{around, card, columns, links, trail};
use crate::components::facts::{Fact, fact, facts, id, optional};
use crate::components::finding::about_row;
use crate::components::json::{Links, json};
use crate::components::number::{spelled, spelled_confidence};
use crate::components::severity::severity;
use crate::components::signal_outcome::{rejection, signal_label};
use crate::components::text::{none, short_id, stored};
use crate::components::time::{row_time, to_the_second};
use crate::components::trace::{cards, chain};
use crate::document::{Section, document};
use crate::model::{PageContext, SignalPage};

/// One signal.
#[must_use]
pub fn signal(ctx: &PageContext, page: &SignalPage) -> String {
    let signal = &page.signal;
    let text = |text: &Option<String>| text.as_ref().map(stored);
    let action = signal.action.as_deref().map_or_else(none, decision);
    let coin = text(&signal.coin);
    let details = signal
        .details
        .as_deref()
        .map_or_else(none, |text| json(text, json_links(signal)));
    let mut main = Vec::from_iter(about_row(&page.findings));
    main.push(card("Signal", facts(signal_facts(ctx, page))));
    let mut side = Vec::new();
    if let (Some(trace), SignalId::Executor(id)) = (&page.trace, signal.id) {
        main.extend(chain(ctx, trace, Some(RowId::Event(id))));
        side.extend(cards(ctx, trace));
    }
    main.push(card("Details", details));
    side.push(card("Related", near(signal)));
    let content = view! {
        {trail("/signals", "Signals", &format!("signal {}", short_id(&signal.id)))}
        <div class="page-head">
            <h1>{action}" "{coin}", "{to_the_second(ctx, signal.timestamp)}</h1>
            <span class="tag quiet">{signal.id.origin().as_str()}</span>
        </div>
        {became(ctx, signal)}
        <div class="traced">{columns(main, side)}</div>
    };
    document(ctx, Section::List("signals"), "Signal", content.into_any())
}

/// What became of it, the Guard's own words before the console's; nothing of a collector's.
fn became(ctx: &PageContext, signal: &Signal) -> Option<AnyView> {
    let outcome = signal.outcome.as_ref()?;
    let told = signal_label(outcome, signal.timestamp, ctx.now);
    let guard = rejection(Some(outcome)).map(|reason| view! { "“"{stored(reason)}"” " });
    let more = view! { {guard}{told.more} }.into_any();
    Some(banner(told.mark, told.tone, told.answer, more))
}

/// An executor signal's details are an event's, which can be searched; a collector's are not.
fn json_links(signal: &Signal) -> Links {
    match signal.id.origin() {
        Origin::Executor => Links::ToEvents,
        Origin::Collector => Links::None,
    }
}

fn signal_facts(ctx: &PageContext, page: &SignalPage) -> Vec<Fact> {
    let signal = &page.signal;
    let text = |text: &Option<String>| text.as_ref().map(stored);
    let number = |text: &Option<String>| text.as_deref().map(spelled);
    let confidence = signal.confidence.as_deref().map(spelled_confidence);
    let action = signal.action.as_deref().map(decision);
    let mut rows = match signal.id.origin() {
        Origin::Executor => vec![
            fact("Time", "timestamp", row_time(ctx, signal.timestamp)),
            optional("Action", "details.signal.action", action),
            optional("Coin", "details.signal.coin_type", text(&signal.coin)),
            optional(
                "Quantity",
                "details.signal.quantity",
                number(&signal.quantity),
            ),
            optional("Confidence", "details.signal.confidence", confidence),
            optional(
                "Price, AUD",
                "details.market_data_snapshot.price",
                number(&signal.price),
            ),
            optional("Algorithm", "algorithms.name", text(&signal.algorithm_name)),
            optional(
                "Algorithm id",
                "details.algorithm_id",
                text(&signal.algorithm_id),
            ),
        ],
        Origin::Collector => vec![
            fact("Time", "generated_at", row_time(ctx, signal.timestamp)),
            optional("Action", "type", action),
            optional("Coin", "asset", text(&signal.coin)),
            optional("Strength", "strength", confidence),
            optional("Source", "source", text(&signal.source)),
        ],
    };
    if let Some(event) = &page.event {
        let email = event.user_email.clone().map(stored);
        rows.push(fact("Severity", "severity", severity(&event.severity)));
        rows.push(optional("User", "user.email", email));
        rows.push(optional("User id", "user_id", event.user_id.map(id)));
    }
    let code = view! { <code class="id">{signal.id.to_string()}</code> }.into_any();
    rows.push(fact("Signal id", "id", code));
    rows
}

fn near(signal: &Signal) -> AnyView {
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
    links(items)
}
