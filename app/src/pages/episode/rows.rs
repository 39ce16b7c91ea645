//! The raw rows of an episode, the overlapping episodes, and links to the rows during the stop.

use domain::episode::{Episode, KillSwitchEvent};
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::detail::{LinkList, since};
use crate::components::episode::{EpisodeState, lasted, mechanism_name};
use crate::components::json::JsonLine;
use crate::components::list::table::{HeaderCell, Table};
use crate::components::text::Stored;
use crate::components::time::{TableTime, distance};
use crate::model::PageContext;

/// Every raw row, in order, each with what it is.
#[component]
pub fn RawRows<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    episode: &'a Episode,
) -> impl IntoView + use<> {
    let start = episode.activated_at();
    let rows = named_rows(episode).into_iter().enumerate();
    let rows = rows
        .map(|(at, (what, row))| {
            let start = (at > 0).then_some(start);
            view! { <RawRow ctx start what row /> }
        })
        .collect_view();
    let head = view! {
        <HeaderCell class="c-time" label="Time" />
        <HeaderCell class="c-after num" label="After" />
        <HeaderCell class="c-what" label="What it is" />
        <HeaderCell class="c-by" label="By" />
        <HeaderCell class="c-details" label="Details" />
    };
    view! { <Table class="t-raw" caption="Raw rows of the episode" head>{rows}</Table> }
}

/// The raw rows of an episode, each with what it is.
fn named_rows(episode: &Episode) -> Vec<(&'static str, &KillSwitchEvent)> {
    let activation = ["activation", "the same activation, its second row"];
    let activation = activation.into_iter().zip(&episode.activation);
    let repeats = episode.repeats.iter();
    let repeats = repeats.map(|row| ("activation while already active", row));
    let cleared = episode.cleared().map(|row| ("clear", row));
    activation.chain(repeats).chain(cleared).collect()
}

#[component]
fn RawRow<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The first row's time; none for that row.
    start: Option<Timestamp>,
    /// What the row is.
    what: &'static str,
    /// The row.
    row: &'a KillSwitchEvent,
) -> impl IntoView + use<> {
    let event = &row.event;
    let href = format!("/events/{}", event.id);
    let after = start.map(|start| distance(start, event.timestamp));
    view! {
        <tr data-row="">
            <td class="c-time"><a class="row-link" href=href><TableTime ctx at=event.timestamp /></a></td>
            <td class="c-after num">{after}</td>
            <td class="c-what"><strong>{what}</strong><br /><code><Stored text=&event.event_type /></code></td>
            <td class="c-by"><Stored text=row.actor() /></td>
            <td class="c-details"><JsonLine text=event.details.as_deref() /></td>
        </tr>
    }
}

/// The card with links to what happened inside, [activated, cleared).
#[component]
pub fn InsideCard<'a>(
    /// The episode.
    episode: &'a Episode,
) -> impl IntoView + use<> {
    // The clear itself is excluded; an episode without duration still has one microsecond.
    let begin = episode.activated_at();
    let end = episode.cleared_at().map(|at| at.plus_micros(-1).max(begin));
    let span = since(begin, end);
    let events = |kind: &str| span.clone().with("type", kind).link("/events");
    let orders = span.clone().with("outcome", "executed").link("/trades");
    let all = since(begin, episode.cleared_at()).link("/events");
    let links = vec![
        (events("TRADE_APPROVED"), "Approvals".to_owned()),
        (orders, "Executed decisions".to_owned()),
        (events("TRADE_REJECTED"), "Rejections".to_owned()),
        (events("ALGORITHM_SIGNAL"), "Signals".to_owned()),
        (all, "All events".to_owned()),
    ];
    view! {
        <section class="card during-stop">
            <h2>"During this stop"</h2>
            <LinkList links />
        </section>
    }
}

/// The overlapping episodes.
#[component]
pub fn OverlappingEpisodes<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episodes.
    episodes: &'a [Episode],
) -> impl IntoView + use<> {
    let items = episodes.iter().map(|episode| {
        let href = format!("/kill-switch/{}", episode.first().event.id);
        view! {
            <li>
                <a href=href>{mechanism_name(episode.mechanism)}</a>
                " "
                <EpisodeState is_cleared=episode.cleared().is_some() />
                <br />
                <span class="dim">
                    <TableTime ctx at=episode.activated_at() />
                    {format!(", {}", lasted(episode, ctx.now))}
                </span>
            </li>
        }
    });
    view! { <ul class="links">{items.collect_view()}</ul> }
}
