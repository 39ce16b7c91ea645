//! The timeline as a table: the entries of the span, up to the page's limit.

use domain::dossier::{Kind, Span, TimelineEntry};
use domain::episode::Episode;
use domain::query::Pairs;
use domain::wire::Icon;
use leptos::either::Either;
use leptos::prelude::*;

use super::timeline::Look;
use super::words::{
    AlgorithmName, CellText, EntryTrade, EntryValue, NumberOrNone, SpanWords, TradeHeaders, csv,
    path, what,
};
use crate::components::icon::Mark;
use crate::components::list::table::{HeaderCell, HorizontalScroll, Table, ZoneHeader};
use crate::components::text::{Stored, counted, short_id};
use crate::components::time::{TableTime, distance};
use crate::model::{EpisodePage, PageContext};

/// The sheet with the table.
#[component]
pub fn TimelineTable<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let episode = &page.dossier.episode;
    let timeline = &page.dossier.timeline;
    let inside = Span::inside(episode);
    let body = if timeline.entries.is_empty() {
        Either::Left(view! {
            <div class="empty">
                <p class="empty-title">"No moment in this span"</p>
                <p><a href=format!("{}#timeline", path(episode))>"Show the whole episode"</a></p>
            </div>
        })
    } else {
        let rows = timeline
            .entries
            .iter()
            .map(|entry| view! { <EntryRow ctx episode entry inside /> })
            .collect_view();
        let head = view! { <EntryHeaders ctx /> };
        Either::Right(view! {
            <HorizontalScroll>
                <Table class="t-timeline" caption="Moments of the timeline" head>{rows}</Table>
            </HorizontalScroll>
        })
    };
    let count = counted(timeline.entries.len() as u64, ("moment", "moments"));
    let count = if timeline.more {
        format!("The first {count} of this span")
    } else {
        count
    };
    view! {
        <section class="sheet" id="moments" aria-labelledby="moments-title">
            <header class="result-summary">
                <h2 id="moments-title">{count}</h2>
                <p><SpanWords ctx span=timeline.span /></p>
                <div class="exports">
                    <a class="btn" href=csv(episode, "timeline") download="" aria-label="Download the timeline as CSV">
                        "↓ CSV"
                    </a>
                </div>
            </header>
            {body}
            <NextEntries page />
        </section>
    }
}

#[component]
fn EntryHeaders<'a>(
    /// The page's context.
    ctx: &'a PageContext,
) -> impl IntoView + use<> {
    view! {
        <ZoneHeader ctx />
        <TradeHeaders />
        <HeaderCell class="c-by" label="Who" />
        <HeaderCell class="c-why" label="Reason or status" />
    }
}

#[component]
fn EntryRow<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    episode: &'a Episode,
    /// What happened.
    entry: &'a TimelineEntry,
    /// The episode's span.
    inside: Span,
) -> impl IntoView + use<> {
    let is_event = entry.kind.is_event();
    let time = view! { <TableTime ctx at=entry.at /> };
    let time = if is_event {
        let href = format!("/events/{}", entry.id);
        Either::Left(view! { <a class="row-link" href=href>{time}</a> })
    } else {
        Either::Right(time)
    };
    view! {
        <tr data-row=is_event.then_some("") class=entry.is_second.then_some("second")>
            <td class="c-time">{time}</td>
            <td class="c-after num">{distance(episode.activated_at(), entry.at)}</td>
            <td class="c-kind"><EntryKind entry inside /></td>
            <td class="c-trade"><EntryTrade entry /></td>
            <td class="c-quantity num"><NumberOrNone text=entry.quantity.as_deref() /></td>
            <td class="c-value num"><EntryValue entry /></td>
            <td class="c-algorithm"><AlgorithmName entry /></td>
            <td class="c-by"><CellText text=entry.user.as_deref() /></td>
            <td class="c-why"><EntryReason entry /></td>
        </tr>
    }
}

/// The entry's kind as an icon and a word, with a note if it is not counted again.
#[component]
fn EntryKind<'a>(
    /// What happened.
    entry: &'a TimelineEntry,
    /// The episode's span.
    inside: Span,
) -> impl IntoView + use<> {
    let (class, icon) = match (Look::of(entry, inside), entry.kind) {
        (Look::Leak | Look::SecondLeak, _) => ("out leaked", Icon::Alert),
        (Look::Rejection, _) => ("out warn", Icon::Square),
        (Look::Signal, _) => ("out quiet", Icon::Ring),
        (_, Kind::Failed) => ("out stop", Icon::Cross),
        (_, Kind::Cancelled) => ("out warn", Icon::Dash),
        _ => ("out plain", Icon::Dot),
    };
    let second = match entry.kind {
        _ if !entry.is_second => None,
        Kind::Rejected => Some("second row of the attempt"),
        _ => Some("second check"),
    };
    let second = second.map(|words| view! { <span class="dim">{words}</span> });
    view! { <span class=class><Mark icon />{what(entry.kind)}</span>" "{second} }
}

/// The reason of a rejection; the id, outcome and failure of an order.
#[component]
fn EntryReason<'a>(
    /// What happened.
    entry: &'a TimelineEntry,
) -> impl IntoView + use<> {
    let reason = entry.reason.as_deref();
    let reason = reason.map(|reason| view! { <CellText text=Some(reason) /> });
    if entry.kind.is_event() {
        return Either::Left(reason);
    }
    let status = entry.status.as_ref();
    let status = status.map(|text| view! { " now "<Stored text /> });
    let reason = reason.map(|reason| view! { ": "{reason} });
    Either::Right(view! {
        "order "
        <code title=entry.id.to_string()>{short_id(&entry.id)}</code>
        {status}
        {reason}
    })
}

/// What follows what is listed. Renders nothing if that is all.
#[component]
fn NextEntries<'a>(
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let timeline = &page.dossier.timeline;
    let last = timeline.entries.last().filter(|_| timeline.more)?;
    let href = Pairs::default()
        .with("from", last.at.rfc3339())
        .with("to", timeline.span.to.rfc3339())
        .link(&path(&page.dossier.episode));
    Some(view! {
        <footer class="pager">
            <p>
                "There are more. The next begin with the last one shown, for several may share its moment; the CSV has all of the episode."
            </p>
            <nav class="pages" aria-label="Moments">
                <a class="btn" rel="next" href=format!("{href}#moments")>"Next"</a>
            </nav>
        </footer>
    })
}
