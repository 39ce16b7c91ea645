//! The raw rows that the episode is made of, the episodes it shares a moment with, and the way to what
//! happened inside it.

use domain::episode::{Episode, KillSwitchEvent};
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::detail::{links, since};
use crate::components::episode::{lasted, mechanism_name, state};
use crate::components::json::one_line;
use crate::components::list::table::{header, table};
use crate::components::text::stored;
use crate::components::time::{distance, timestamp};
use crate::model::PageContext;

/// Every raw row, in order, each with what it is.
pub fn raw_rows(ctx: &PageContext, episode: &Episode) -> AnyView {
    let mut rows: Vec<(&'static str, &KillSwitchEvent)> = Vec::new();
    let activation = ["activation", "the same activation, its second row"];
    rows.extend(activation.into_iter().zip(&episode.activation));
    rows.extend(
        episode
            .repeats
            .iter()
            .map(|row| ("activation while already active", row)),
    );
    rows.extend(episode.cleared().map(|row| ("clear", row)));
    let start = episode.activated_at();
    let cells = rows
        .into_iter()
        .enumerate()
        .map(|(at, (what, row))| raw_row(ctx, (at > 0).then_some(start), what, row))
        .collect();
    let head = vec![
        header("c-time", "Time"),
        header("c-after num", "After"),
        header("c-what", "What it is"),
        header("c-by", "By"),
        header("c-details", "Details"),
    ];
    table("t-raw", "Raw rows of the episode", head, cells)
}

fn raw_row(
    ctx: &PageContext,
    start: Option<Timestamp>,
    what: &'static str,
    row: &KillSwitchEvent,
) -> AnyView {
    let event = &row.event;
    let href = format!("/events/{}", event.id);
    let after = start.map(|start| distance(start, event.timestamp));
    view! {
        <tr data-row="">
            <td class="c-time"><a class="row-link" href=href>{timestamp(ctx, event.timestamp)}</a></td>
            <td class="c-after num">{after}</td>
            <td class="c-what"><strong>{what}</strong><br /><code>{stored(&event.event_type)}</code></td>
            <td class="c-by">{stored(row.actor())}</td>
            <td class="c-details">{one_line(event.details.as_deref())}</td>
        </tr>
    }
    .into_any()
}

/// The card with links to what happened inside, [activated, cleared).
pub fn inside(episode: &Episode) -> AnyView {
    // What happened at the clear is outside; an episode without length still has its moment.
    let begin = episode.activated_at();
    let end = episode.cleared_at().map(|at| at.plus_micros(-1).max(begin));
    let span = since(begin, end);
    let events = |kind: &str| span.clone().with("type", kind).link("/events");
    let orders = span.clone().with("outcome", "executed").link("/trades");
    let all = since(begin, episode.cleared_at()).link("/events");
    let ways = links(vec![
        (events("TRADE_APPROVED"), "Approvals".to_owned()),
        (orders, "Executed decisions".to_owned()),
        (events("TRADE_REJECTED"), "Rejections".to_owned()),
        (events("ALGORITHM_SIGNAL"), "Signals".to_owned()),
        (all, "All events".to_owned()),
    ]);
    view! {
        <section class="card inside">
            <h2>"During this stop"</h2>
            {ways}
        </section>
    }
    .into_any()
}

/// Episodes that share a moment with this one.
pub fn overlapping(ctx: &PageContext, episodes: &[Episode]) -> AnyView {
    let items: Vec<AnyView> = episodes
        .iter()
        .map(|episode| {
            let href = format!("/kill-switch/{}", episode.first().event.id);
            view! {
                <li>
                    <a href=href>{mechanism_name(episode.mechanism)}</a>
                    " "
                    {state(episode.cleared().is_some())}
                    <br />
                    <span class="dim">
                        {timestamp(ctx, episode.activated_at())}", "{lasted(episode, ctx.now)}
                    </span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="links">{items}</ul> }.into_any()
}
