//! The timeline as a table: every moment of the span, as far as it is listed.

use domain::dossier::{Kind, Span, TimelineEntry};
use domain::episode::Episode;
use domain::query::Pairs;
use leptos::prelude::*;

use super::timeline::Look;
use super::words::{algorithm, cell, csv, number, path, span_words, trade, value, what};
use crate::components::icon::{Icon, icon};
use crate::components::list::table::{header, sideways, table};
use crate::components::text::{counted, short_id, stored};
use crate::components::time::{distance, timestamp};
use crate::model::{EpisodePage, PageContext};

/// The sheet with the table.
pub fn sheet(ctx: &PageContext, page: &EpisodePage) -> AnyView {
    let episode = &page.dossier.episode;
    let timeline = &page.dossier.timeline;
    let body = if timeline.entries.is_empty() {
        view! {
            <div class="empty">
                <p class="empty-title">"No moment in this span"</p>
                <p><a href=format!("{}#timeline", path(episode))>"Show the whole episode"</a></p>
            </div>
        }
        .into_any()
    } else {
        let inside = Span::inside(episode);
        let rows = timeline
            .entries
            .iter()
            .map(|at| row(ctx, episode, at, inside))
            .collect();
        sideways(table(
            "t-moments",
            "Moments of the timeline",
            head(ctx),
            rows,
        ))
    };
    let count = counted(timeline.entries.len() as u64, ("moment", "moments"));
    let count = if timeline.more {
        format!("The first {count} of this span")
    } else {
        count
    };
    view! {
        <section class="sheet" id="moments" aria-labelledby="moments-title">
            <header class="shown">
                <h2 id="moments-title">{count}</h2>
                <p>{span_words(ctx, timeline.span)}</p>
                <div class="exports">
                    <a class="btn" href=csv(episode, "timeline") download="" aria-label="Download the timeline as CSV">
                        "↓ CSV"
                    </a>
                </div>
            </header>
            {body}
            {next(page)}
        </section>
    }
    .into_any()
}

fn head(ctx: &PageContext) -> Vec<AnyView> {
    let time = view! {
        <th scope="col" class="c-time">"Time "<span class="th-zone">{ctx.zone.name()}</span></th>
    };
    vec![
        time.into_any(),
        header("c-after num", "After"),
        header("c-kind", "What"),
        header("c-trade", "Trade"),
        header("c-quantity num", "Quantity"),
        header("c-value num", "Value, AUD"),
        header("c-algorithm", "Algorithm"),
        header("c-by", "Who"),
        header("c-why", "Reason or status"),
    ]
}

fn row(ctx: &PageContext, episode: &Episode, at: &TimelineEntry, inside: Span) -> AnyView {
    let time = timestamp(ctx, at.at);
    let time = if at.kind.is_event() {
        let href = format!("/events/{}", at.id);
        view! { <a class="row-link" href=href>{time}</a> }.into_any()
    } else {
        time
    };
    let dim = at.is_second.then_some("second");
    view! {
        <tr data-row=at.kind.is_event().then_some("") class=dim>
            <td class="c-time">{time}</td>
            <td class="c-after num">{distance(episode.activated_at(), at.at)}</td>
            <td class="c-kind">{kind(at, inside)}</td>
            <td class="c-trade">{trade(at)}</td>
            <td class="c-quantity num">{number(at.quantity.as_deref())}</td>
            <td class="c-value num">{value(at)}</td>
            <td class="c-algorithm">{algorithm(at)}</td>
            <td class="c-by">{cell(at.user.as_ref())}</td>
            <td class="c-why">{why(at)}</td>
        </tr>
    }
    .into_any()
}

/// The word and its shape; what is not counted again says so.
fn kind(at: &TimelineEntry, inside: Span) -> AnyView {
    let (class, spec) = match (Look::of(at, inside), at.kind) {
        (Look::Leak | Look::SecondLeak, _) => ("out leaked", Icon::Alert),
        (Look::Rejection, _) => ("out warn", Icon::Square),
        (Look::Signal, _) => ("out quiet", Icon::Ring),
        (_, Kind::Failed) => ("out stop", Icon::Cross),
        (_, Kind::Cancelled) => ("out warn", Icon::Dash),
        _ => ("out plain", Icon::Dot),
    };
    let second = match at.kind {
        _ if !at.is_second => None,
        Kind::Rejected => Some("second row of the attempt"),
        _ => Some("second check"),
    };
    let second = second.map(|words| view! { <span class="dim">{words}</span> });
    view! { <span class=class>{icon(spec)}{what(at.kind)}</span>" "{second} }.into_any()
}

/// Why it was rejected; of an order its id, what became of it and why it failed.
fn why(at: &TimelineEntry) -> AnyView {
    if at.kind.is_event() {
        let reason = at.reason.as_ref().map(|text| cell(Some(text)));
        return view! { {reason} }.into_any();
    }
    let status = at
        .status
        .clone()
        .map(|status| view! { " now " {stored(status)} });
    let reason = at
        .reason
        .as_ref()
        .map(|reason| view! { ": " {cell(Some(reason))} });
    view! { "order " <code title=at.id.to_string()>{short_id(&at.id)}</code> {status} {reason} }
        .into_any()
}

/// What follows what is listed.
fn next(page: &EpisodePage) -> Option<AnyView> {
    let timeline = &page.dossier.timeline;
    let last = timeline.entries.last().filter(|_| timeline.more)?;
    let href = Pairs::default()
        .with("from", last.at.rfc3339())
        .with("to", timeline.span.to.rfc3339())
        .link(&path(&page.dossier.episode));
    Some(
        view! {
            <footer class="pager">
                <p>
                    "There are more. The next begin with the last one shown, for several may share its moment; the CSV has all of the episode."
                </p>
                <nav class="pages" aria-label="Moments">
                    <a class="btn" rel="next" href=format!("{href}#moments")>"Next"</a>
                </nav>
            </footer>
        }
        .into_any(),
    )
}
