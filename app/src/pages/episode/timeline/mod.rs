//! The timeline: what happened around and inside the episode, drawn, with links that zoom.

mod axis;
mod bars;
mod lanes;
mod plot;
mod zoom;

use domain::dossier::Timeline;
use leptos::prelude::*;

use super::words::{csv, span_words};
use crate::components::icon::{Icon, icon};
use crate::components::text::counted;
use crate::model::{EpisodePage, PageContext};
pub use lanes::Look;

/// The card.
pub fn card(ctx: &PageContext, page: &EpisodePage) -> AnyView {
    let timeline = &page.dossier.timeline;
    let episode = &page.dossier.episode;
    let names: Vec<AnyView> = plot::lane_names(page)
        .into_iter()
        .map(|name| view! { <li>{name}</li> }.into_any())
        .collect();
    view! {
        <section class="card timeline" id="timeline" aria-labelledby="timeline-title">
            <header class="card-head">
                <h2 id="timeline-title">"Timeline"</h2>
                <p>{span_words(ctx, timeline.span)}</p>
                {legend()}
            </header>
            <div class="tl">
                <ul class="tl-names" aria-hidden="true">{names}</ul>
                <div class="tl-plot">
                    {zoom::columns(ctx, episode, timeline.span)}
                    {plot::plot(ctx, page)}
                </div>
            </div>
            {note(page, timeline)}
            {zoom::named(ctx, episode, timeline.span)}
        </section>
    }
    .into_any()
}

fn legend() -> AnyView {
    view! {
        <ul class="tl-legend" aria-label="Shapes">
            <li class="tm leak">{icon(Icon::Up)}"leak"</li>
            <li class="tm leak">
                <svg class="mark" viewBox="0 0 10 10" aria-hidden="true">
                    <path d="M5 1.4 9 8.4H1z" fill="none" stroke="currentColor" stroke-width="1.3"></path>
                </svg>
                "its second check"
            </li>
            <li class="tm rejection">{icon(Icon::Square)}"rejection"</li>
            <li class="tm other">{icon(Icon::Dot)}"other"</li>
            <li><a href="#moments">"As a table"</a></li>
        </ul>
    }
    .into_any()
}

/// What the drawing does not show, said.
fn note(page: &EpisodePage, timeline: &Timeline) -> Option<AnyView> {
    let csv = csv(&page.dossier.episode, "timeline");
    let said = match (&timeline.buckets, timeline.more) {
        (None, true) => view! {
            "More moments than could be drawn in time. Zoom in, or take the "
            <a href=csv download="">"CSV"</a>
            "."
        }
        .into_any(),
        (Some(buckets), true) => {
            let all = buckets.iter().map(|bucket| bucket.count).sum();
            view! {
                {counted(all, ("moment", "moments"))}
                " in this span: more than can be drawn each, so the bars are counts, every lane scaled to its own highest. Zoom in to see them one by one."
            }
            .into_any()
        }
        (_, false) if timeline.entries.is_empty() => {
            "Nothing happened in this span: no signal, no decision of the Guard, no order."
                .into_any()
        }
        _ => return None,
    };
    Some(view! { <p class="tl-note">{said}</p> }.into_any())
}
