//! The timeline as a table: every moment of the span, as far as it is listed.

use domain::dossier::{Kind, Moment, Span};
use domain::episode::Episode;
use domain::query::Pairs;
use leptos::prelude::*;

use super::timeline::Look;
use super::words::{algorithm, cell, csv, number, path, span_words, trade, value, what};
use crate::components::list::table::{header, sideways, table};
use crate::components::mark::{Mark, mark};
use crate::components::text::{counted, short_id, stored};
use crate::components::time::{distance, moment};
use crate::model::{EpisodePage, Frame};

/// The sheet with the table.
pub fn sheet(frame: &Frame, page: &EpisodePage) -> AnyView {
    let episode = &page.dossier.episode;
    let timeline = &page.dossier.timeline;
    let body = if timeline.moments.is_empty() {
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
            .moments
            .iter()
            .map(|at| row(frame, episode, at, inside))
            .collect();
        sideways(table(
            "t-moments",
            "Moments of the timeline",
            head(frame),
            rows,
        ))
    };
    let count = counted(timeline.moments.len() as u64, ("moment", "moments"));
    let count = if timeline.more {
        format!("The first {count} of this span")
    } else {
        count
    };
    view! {
        <section class="sheet" id="moments" aria-labelledby="moments-title">
            <header class="shown">
                <h2 id="moments-title">{count}</h2>
                <p>{span_words(frame, timeline.span)}</p>
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

fn head(frame: &Frame) -> Vec<AnyView> {
    let time = view! {
        <th scope="col" class="c-time">"Time "<span class="th-zone">{frame.zone.name()}</span></th>
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

fn row(frame: &Frame, episode: &Episode, at: &Moment, inside: Span) -> AnyView {
    let time = moment(frame, at.at);
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
fn kind(at: &Moment, inside: Span) -> AnyView {
    let (class, shape) = match (Look::of(at, inside), at.kind) {
        (Look::Leak | Look::SecondLeak, _) => ("out leaked", Mark::Alert),
        (Look::Rejection, _) => ("out warn", Mark::Square),
        (Look::Signal, _) => ("out quiet", Mark::Ring),
        (_, Kind::Failed) => ("out stop", Mark::Cross),
        (_, Kind::Cancelled) => ("out warn", Mark::Dash),
        _ => ("out plain", Mark::Dot),
    };
    let second = match at.kind {
        _ if !at.is_second => None,
        Kind::Rejected => Some("second row of the attempt"),
        _ => Some("second check"),
    };
    let second = second.map(|words| view! { <span class="dim">{words}</span> });
    view! { <span class=class>{mark(shape)}{what(at.kind)}</span>" "{second} }.into_any()
}

/// Why it was rejected; of an order its id, what became of it and why it failed.
fn why(at: &Moment) -> AnyView {
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
    let last = timeline.moments.last().filter(|_| timeline.more)?;
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
