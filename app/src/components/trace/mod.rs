//! The trace of a trade: summary, kill-switch stops that applied, steps, prices,
//! and strategy.

mod answer;
mod diagram;
mod step;
mod steps;
mod strategy;
mod words;

use domain::episode::{Episode, Mechanism};
use domain::trace::{Gap, NoOrder, RowId, Trace};
use domain::wire::Icon;
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::episode::{MechanismTag, mechanism_name};
use crate::components::icon::Mark;
use crate::components::time::SecondTime;
use crate::model::PageContext;
use answer::Answer;
use diagram::PriceDiagram;
use step::StepList;

pub use strategy::StrategyCards;

/// The trace and the prices around it, as cards.
#[component]
pub fn TraceCards<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The trace.
    trace: &'a Trace,
    /// The row whose page this is.
    here: Option<RowId>,
) -> impl IntoView + use<> {
    let cut = trace.is_cut.then(|| {
        view! {
            <p class="note">
                <span class="tag warn">"crowded"</span>
                " More rows of this coin lie within 40 seconds than were looked at; the nearest were."
            </p>
        }
    });
    view! {
        <section class="card trace" aria-labelledby="trace-title">
            <h2 id="trace-title">{title(trace)}</h2>
            <Answer trace />
            <Stops ctx stops=&trace.background.stops />
            {cut}
            <StepList ctx trace here steps=steps::steps(ctx, trace) />
            <p class="trace-legend">
                <strong>"Fact"</strong>
                ": one row names the other by its id. "
                <strong>"Inferred"</strong>
                ": nothing in the engine’s tables links the two; what is told is the rule that put them together, and how far apart they are."
            </p>
        </section>
        <PriceDiagram ctx trace />
    }
}

/// The card's title.
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

/// The kill-switch episodes that were open during the trade. Renders nothing if there is none.
#[component]
fn Stops<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episodes.
    stops: &'a [Episode],
) -> impl IntoView + use<> {
    (!stops.is_empty()).then(|| {
        let items = stops.iter().map(|stop| view! { <Stop ctx stop /> });
        view! { <ul class="active-stops">{items.collect_view()}</ul> }
    })
}

#[component]
fn Stop<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    stop: &'a Episode,
) -> impl IntoView + use<> {
    let mechanism = stop.mechanism;
    let (class, icon) = match mechanism {
        Mechanism::EmergencyStop => ("stop", Icon::Square),
        Mechanism::Toggle => ("warn", Icon::Alert),
    };
    let until = match stop.cleared_at() {
        None => Either::Left(" and still is"),
        Some(at) => Either::Right(view! { " to "<SecondTime ctx at /> }),
    };
    let href = format!("/kill-switch/{}", stop.first().event.id);
    view! {
        <li class=class>
            <Mark icon />
            <span>
                <a href=href>{mechanism_name(mechanism)}</a>
                " was on from "
                <SecondTime ctx at=stop.activated_at() />
                {until}
                " "
                <MechanismTag mechanism />
            </span>
        </li>
    }
}
