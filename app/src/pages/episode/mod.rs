//! `/kill-switch/{id}`: the dossier of one episode. The answer first, then what happened as a drawing,
//! what slipped through, what people signed; the evidence row by row at the end.

mod answer;
mod enforced;
mod entries;
mod equity;
mod leaks;
mod paper;
mod resumption;
mod review;
mod rows;
mod timeline;
mod trigger;
mod words;

use domain::episode::Episode;
use leptos::prelude::*;

use crate::components::detail::{card, columns, trail};
use crate::components::episode::{mechanism_name, mechanism_tag};
use crate::components::review::review_tag;
use crate::components::text::{brief, short_id};
use crate::components::time::to_the_second;
use crate::document::{Section, document};
use crate::islands::PrintButton;
use crate::model::{EpisodePage, PageContext};

/// One episode.
#[must_use]
pub fn episode(ctx: &PageContext, page: &EpisodePage) -> String {
    let dossier = &page.dossier;
    let episode = &dossier.episode;
    let mut main = vec![timeline::card(ctx, page), leaks::card(ctx, page)];
    main.extend(leaks::in_flight(ctx, page));
    main.push(trigger::card(ctx, page));
    main.push(resumption::card(ctx, dossier));
    main.push(card(
        "The rows as the engine wrote them",
        rows::raw_rows(ctx, episode),
    ));
    let mut side = vec![
        review::card(ctx, page),
        enforced::card(ctx, episode),
        rows::inside(episode),
    ];
    if !dossier.overlapping.is_empty() {
        side.push(card(
            "Overlapping episodes",
            rows::overlapping(ctx, &dossier.overlapping),
        ));
    }
    let content = view! {
        <div class="dossier">
            {paper::head(ctx, page)}
            {trail("/kill-switch", "Kill switch", &format!("episode {}", short_id(&episode.first().event.id)))}
            {head(ctx, page)}
            {answer::answer(dossier)}
            {answer::figures(ctx, dossier)}
            {columns(main, side)}
            {entries::sheet(ctx, page)}
            {formats(episode)}
        </div>
    };
    document(
        ctx,
        Section::List("kill-switch"),
        "Kill-switch episode",
        content.into_any(),
    )
}

fn head(ctx: &PageContext, page: &EpisodePage) -> AnyView {
    let episode = &page.dossier.episode;
    let open = episode
        .cleared()
        .is_none()
        .then(|| view! { <span class="tag stop">"open"</span> });
    view! {
        <div class="page-head">
            <h1>
                {mechanism_name(episode.mechanism)}
                " by "
                {brief(episode.first().actor(), 80)}
                ", "
                {to_the_second(ctx, episode.activated_at())}
            </h1>
            <p class="tags">
                {mechanism_tag(episode.mechanism)}
                {open}
                {review_tag(&page.review_progress, ctx.now)}
            </p>
            <div class="exports">
                <PrintButton />
                <a class="btn" href=words::csv(episode, "timeline") download="">"↓ Timeline CSV"</a>
                <a class="btn" href=words::csv(episode, "leaks") download="">"↓ Leaks CSV"</a>
            </div>
        </div>
    }
    .into_any()
}

/// The exports that fewer people want, and how to print without the button.
fn formats(episode: &Episode) -> AnyView {
    let path = words::path(episode);
    view! {
        <p class="formats">
            "The same as JSONL: "
            <a href=format!("{path}/timeline.jsonl") download="">"timeline"</a>
            ", "
            <a href=format!("{path}/leaks.jsonl") download="">"leaks"</a>
            ". Ctrl-P prints this dossier on A4."
        </p>
    }
    .into_any()
}
