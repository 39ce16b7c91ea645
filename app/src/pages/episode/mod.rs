//! `/kill-switch/{id}`: the dossier of one episode. It states the conclusion first, then shows the timeline, the leaks
//! and the review, and ends with the raw rows.

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

use crate::components::detail::{Breadcrumb, Card, Columns};
use crate::components::episode::{MechanismTag, mechanism_name};
use crate::components::review::ReviewTag;
use crate::components::text::{Brief, short_id};
use crate::components::time::SecondTime;
use crate::document::{Section, document};
use crate::islands::PrintButton;
use crate::model::{EpisodePage, PageContext};
use answer::{EpisodeBanner, EpisodeFigures};
use enforced::EnforcedCard;
use entries::TimelineTable;
use leaks::{InFlightCard, LeaksCard};
use paper::PaperHead;
use resumption::ResumptionCard;
use review::ReviewCard;
use rows::{InsideCard, OverlappingEpisodes, RawRows};
use timeline::TimelineCard;
use trigger::TriggerCard;

/// One episode.
#[must_use]
pub fn episode(ctx: &PageContext, page: &EpisodePage) -> String {
    document(
        ctx,
        Section::List("kill-switch"),
        "Kill-switch episode",
        || view! { <EpisodeContent ctx page /> },
    )
}

#[component]
fn EpisodeContent<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let dossier = &page.dossier;
    let episode = &dossier.episode;
    let main = view! {
        <TimelineCard ctx page />
        <LeaksCard ctx page />
        <InFlightCard ctx page />
        <TriggerCard ctx page />
        <ResumptionCard ctx dossier />
        <Card title="The rows as the engine wrote them"><RawRows ctx episode /></Card>
    };
    let overlapping = dossier.overlapping.as_slice();
    let overlapping = (!overlapping.is_empty()).then(|| {
        view! {
            <Card title="Overlapping episodes"><OverlappingEpisodes ctx episodes=overlapping /></Card>
        }
    });
    let side = view! {
        <ReviewCard ctx page />
        <EnforcedCard ctx episode />
        <InsideCard episode />
        {overlapping}
    };
    let here = format!("episode {}", short_id(&episode.first().event.id));
    view! {
        <div class="dossier">
            <PaperHead ctx page />
            <Breadcrumb href="/kill-switch" label="Kill switch" here />
            <EpisodeHead ctx page />
            <EpisodeBanner dossier />
            <EpisodeFigures ctx dossier />
            <Columns main side />
            <TimelineTable ctx page />
            <OtherFormats episode />
        </div>
    }
}

#[component]
fn EpisodeHead<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let episode = &page.dossier.episode;
    let mechanism = episode.mechanism;
    let open = episode
        .cleared()
        .is_none()
        .then(|| view! { <span class="tag stop">"open"</span> });
    view! {
        <div class="page-head">
            <h1>
                {format!("{} by ", mechanism_name(mechanism))}
                <Brief text=episode.first().actor() most=80 />
                ", "
                <SecondTime ctx at=episode.activated_at() />
            </h1>
            <p class="tags">
                <MechanismTag mechanism />
                {open}
                <ReviewTag review_progress=&page.review_progress now=ctx.now />
            </p>
            <div class="exports">
                <PrintButton />
                <a class="btn" href=words::csv(episode, "timeline") download="">"↓ Timeline CSV"</a>
                <a class="btn" href=words::csv(episode, "leaks") download="">"↓ Leaks CSV"</a>
            </div>
        </div>
    }
}

/// Links to the less common export formats, and a hint about printing.
#[component]
fn OtherFormats<'a>(
    /// The episode.
    episode: &'a Episode,
) -> impl IntoView + use<> {
    let path = words::path(episode);
    view! {
        <p class="other-formats">
            "The same as JSONL: "
            <a href=format!("{path}/timeline.jsonl") download="">"timeline"</a>
            ", "
            <a href=format!("{path}/leaks.jsonl") download="">"leaks"</a>
            ". Ctrl-P prints this dossier on A4."
        </p>
    }
}
