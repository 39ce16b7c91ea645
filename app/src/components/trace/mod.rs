//! Why a trade was made: the answer, the kill switch where it had a part, the steps on their rail, prices,
//! and the strategy behind it.

mod answer;
mod diagram;
mod station;
mod steps;
mod strategy;
mod words;

use domain::episode::{Episode, Mechanism};
use domain::trace::{Gap, NoOrder, RowId, Trace};
use leptos::prelude::*;

use crate::components::episode::{mechanism_name, mechanism_tag};
use crate::components::icon::{Icon, icon};
use crate::components::time::to_the_second;
use crate::model::PageContext;

pub use strategy::cards;

/// The trace and the prices around it, as cards. `here` is the row whose page this is.
pub fn chain(ctx: &PageContext, trace: &Trace, here: Option<RowId>) -> Vec<AnyView> {
    let rail = station::rail(ctx, trace, here, steps::stations(ctx, trace));
    let inferred = ": nothing in the engine’s tables links the two; what is told is the rule that put them \
                    together, and how far apart they are.";
    let cut = trace.is_cut.then(|| {
        view! {
            <p class="note">
                <span class="tag warn">"crowded"</span>
                " More rows of this coin lie within 40 seconds than were looked at; the nearest were."
            </p>
        }
    });
    let card = view! {
        <section class="card trace" aria-labelledby="trace-title">
            <h2 id="trace-title">{title(trace)}</h2>
            {answer::answer(trace)}
            {stops(ctx, trace)}
            {cut}
            {rail}
            <p class="legend">
                <strong>"Fact"</strong>
                ": one row names the other by its id. "
                <strong>"Inferred"</strong>
                {inferred}
            </p>
        </section>
    };
    let mut cards = vec![card.into_any()];
    cards.extend(diagram::card(ctx, trace));
    cards
}

/// What the card answers.
fn title(trace: &Trace) -> &'static str {
    let said = trace.decision.as_ref().map(|part| &part.row.decision);
    if trace.order.is_some() || said.is_some_and(|row| row.is_executed) {
        "Why this trade was made"
    } else if trace.gaps().contains(&Gap::Order(NoOrder::Stopped)) {
        "Why this trade was not made"
    } else {
        "How it came about"
    }
}

/// Kill-switch episodes that the trace falls into.
fn stops(ctx: &PageContext, trace: &Trace) -> Option<AnyView> {
    let stops = &trace.background.stops;
    let items: Vec<AnyView> = stops.iter().map(|stop| touched(ctx, stop)).collect();
    (!items.is_empty()).then(|| view! { <ul class="stops">{items}</ul> }.into_any())
}

fn touched(ctx: &PageContext, stop: &Episode) -> AnyView {
    let (class, spec) = match stop.mechanism {
        Mechanism::EmergencyStop => ("stop", Icon::Square),
        Mechanism::Toggle => ("warn", Icon::Alert),
    };
    let until = stop.cleared_at().map_or_else(
        || " and still is".into_any(),
        |at| view! { " to "{to_the_second(ctx, at)} }.into_any(),
    );
    view! {
        <li class=class>
            {icon(spec)}
            <span>
                <a href=format!("/kill-switch/{}", stop.first().event.id)>{mechanism_name(stop.mechanism)}</a>
                " was on from "
                {to_the_second(ctx, stop.activated_at())}
                {until}
                " "
                {mechanism_tag(stop.mechanism)}
            </span>
        </li>
    }
    .into_any()
}
