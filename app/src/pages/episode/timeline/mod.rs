//! The timeline: what happened around and inside the episode, drawn, with links that zoom.

mod axis;
mod bars;
mod lanes;
mod plot;
mod zoom;

use domain::dossier::Timeline;
use domain::episode::Episode;
use domain::wire::Icon;
use leptos::either::EitherOf4;
use leptos::prelude::*;

use super::words::{SpanWords, csv};
use crate::components::icon::Mark;
use crate::components::text::counted;
use crate::model::{EpisodePage, PageContext};
pub use lanes::Look;
use plot::{Plot, lane_names};
use zoom::{NamedSpans, ZoomColumns};

/// The card.
#[component]
pub fn TimelineCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let timeline = &page.dossier.timeline;
    let episode = &page.dossier.episode;
    let span = timeline.span;
    let names = lane_names(page).into_iter();
    let names = names.map(|name| view! { <li>{name}</li> });
    view! {
        <section class="card timeline" id="timeline" aria-labelledby="timeline-title">
            <header class="card-head">
                <h2 id="timeline-title">"Timeline"</h2>
                <p><SpanWords ctx span /></p>
                <Legend />
            </header>
            <div class="tl">
                <ul class="tl-names" aria-hidden="true">{names.collect_view()}</ul>
                <div class="tl-plot">
                    <ZoomColumns ctx episode span />
                    <Plot ctx page />
                </div>
            </div>
            <Note episode timeline />
            <NamedSpans ctx episode span />
        </section>
    }
}

#[component]
fn Legend() -> impl IntoView {
    view! {
        <ul class="tl-legend" aria-label="Shapes">
            <li class="tm leak"><Mark icon=Icon::Up />"leak"</li>
            <li class="tm leak">
                <svg class="mark" viewBox="0 0 10 10" aria-hidden="true">
                    <path d="M5 1.4 9 8.4H1z" fill="none" stroke="currentColor" stroke-width="1.3"></path>
                </svg>
                "its second check"
            </li>
            <li class="tm rejection"><Mark icon=Icon::Square />"rejection"</li>
            <li class="tm other"><Mark icon=Icon::Dot />"other"</li>
            <li><a href="#moments">"As a table"</a></li>
        </ul>
    }
}

/// A note about what the drawing does not show.
#[component]
fn Note<'a>(
    /// The episode.
    episode: &'a Episode,
    /// Its timeline.
    timeline: &'a Timeline,
) -> impl IntoView + use<> {
    match (&timeline.buckets, timeline.more) {
        (None, true) => EitherOf4::A(view! {
            <p class="tl-note">
                "More moments than could be drawn in time. Zoom in, or take the "
                <a href=csv(episode, "timeline") download="">"CSV"</a>
                "."
            </p>
        }),
        (Some(buckets), true) => {
            let all = buckets.iter().map(|bucket| bucket.count).sum();
            let all = counted(all, ("moment", "moments"));
            let words = format!(
                "{all} in this span: more than can be drawn each, so the bars are counts, every lane scaled to its own highest. Zoom in to see them one by one."
            );
            EitherOf4::B(view! { <p class="tl-note">{words}</p> })
        }
        (_, false) if timeline.entries.is_empty() => EitherOf4::C(view! {
            <p class="tl-note">
                "Nothing happened in this span: no signal, no decision of the Guard, no order."
            </p>
        }),
        _ => EitherOf4::D(()),
    }
}
