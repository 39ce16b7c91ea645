//! `/kill-switch/{id}`: one episode, the answer first, its raw rows below.

use domain::episode::{Episode, KillSwitchEvent};
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::banner::banner;
use crate::components::detail::{card, columns, links, since, trail};
use crate::components::episode::{lasted, leaks, mechanism_name, mechanism_tag, state, tell};
use crate::components::json::one_line;
use crate::components::list::table::{header, table};
use crate::components::text::{grouped, short_id, stored};
use crate::components::time::{distance, moment, to_the_second};
use crate::document::{Section, document};
use crate::model::{EpisodePage, Frame};

/// One episode.
#[must_use]
pub fn episode(frame: &Frame, page: &EpisodePage) -> String {
    let episode = &page.row.episode;
    let told = tell(episode, page.row.effect);
    let open = episode
        .cleared()
        .is_none()
        .then(|| view! { <span class="tag stop">"open"</span> });
    let main = vec![card(
        "The rows as the engine wrote them",
        raw_rows(frame, episode),
    )];
    let mut side = vec![card("Inside it", inside(episode))];
    if !page.overlapping.is_empty() {
        side.push(card(
            "Overlapping episodes",
            overlapping(frame, &page.overlapping),
        ));
    }
    let content = view! {
        {trail("/kill-switch", "Kill switch", format!("episode {}", short_id(&episode.first().event.id)))}
        <div class="page-head">
            <h1>
                {mechanism_name(episode.mechanism)}
                " by "
                {stored(episode.first().actor())}
                ", "
                {to_the_second(frame, episode.activated_at())}
            </h1>
            {mechanism_tag(episode.mechanism)}
            {open}
        </div>
        {banner(told.mark, told.tone, told.answer.clone(), told.more.clone().into_any())}
        {figures(frame, page)}
        {columns(main, side)}
    };
    document(
        frame,
        Section::KillSwitch,
        "Kill-switch episode",
        content.into_any(),
    )
}

fn figures(frame: &Frame, page: &EpisodePage) -> AnyView {
    let episode = &page.row.episode;
    let effect = page.row.effect;
    let cleared = match episode.cleared() {
        Some(clear) => stored(clear.actor()).into_any(),
        None => "nobody so far".into_any(),
    };
    view! {
        <dl class="figures">
            <div><dt>"Lasted"</dt><dd>{lasted(episode, frame.now)}</dd></div>
            <div><dt>"Rejected attempts"</dt><dd>{grouped(effect.rejections)}</dd></div>
            <div><dt>"Leaked approvals · orders"</dt><dd>{leaks(effect)}</dd></div>
            <div><dt>"Cleared by"</dt><dd>{cleared}</dd></div>
        </dl>
    }
    .into_any()
}

/// Every raw row, in order, each with what it is.
fn raw_rows(frame: &Frame, episode: &Episode) -> AnyView {
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
        .map(|(at, (what, row))| raw_row(frame, (at > 0).then_some(start), what, row))
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
    frame: &Frame,
    start: Option<Timestamp>,
    what: &'static str,
    row: &KillSwitchEvent,
) -> AnyView {
    let event = &row.event;
    let href = format!("/events/{}", event.id);
    let after = start.map(|start| distance(start, event.timestamp));
    view! {
        <tr data-row="">
            <td class="c-time"><a class="row-link" href=href>{moment(frame, event.timestamp)}</a></td>
            <td class="c-after num">{after}</td>
            <td class="c-what"><strong>{what}</strong><br /><code>{stored(event.event_type.clone())}</code></td>
            <td class="c-by">{stored(row.actor())}</td>
            <td class="c-details">{one_line(event.details.as_deref())}</td>
        </tr>
    }
    .into_any()
}

/// Links to what happened inside, [activated, cleared).
fn inside(episode: &Episode) -> AnyView {
    // What happened at the clear is outside; an episode without length still has its moment.
    let begin = episode.activated_at();
    let end = episode.cleared_at().map(|at| at.plus_micros(-1).max(begin));
    let span = since(begin, end);
    let events = |kind: &str| span.clone().with("type", kind).link("/events");
    let orders = span.clone().with("outcome", "executed").link("/trades");
    let all = since(begin, episode.cleared_at()).link("/events");
    links(vec![
        (events("TRADE_APPROVED"), "Approvals".to_owned()),
        (orders, "Executed decisions".to_owned()),
        (events("TRADE_REJECTED"), "Rejections".to_owned()),
        (events("ALGORITHM_SIGNAL"), "Signals".to_owned()),
        (all, "All events".to_owned()),
    ])
}

fn overlapping(frame: &Frame, episodes: &[Episode]) -> AnyView {
    let items: Vec<AnyView> = episodes
        .iter()
        .map(|episode| {
            let href = format!("/kill-switch/{}", episode.first().event.id);
            view! {
                <li>
                    <a href=href>{mechanism_name(episode.mechanism)}</a>
                    " "
                    {state(episode)}
                    <br />
                    <span class="dim">
                        {moment(frame, episode.activated_at())}", "{lasted(episode, frame.now)}
                    </span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="links">{items}</ul> }.into_any()
}
