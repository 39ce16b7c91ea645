//! Words, times and paths that several parts of the dossier share.

use domain::dossier::{Kind, Span, TimelineEntry};
use domain::episode::Episode;
use domain::time::Timestamp;
use domain::zone::offset_label;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::components::decision::DecisionTag;
use crate::components::list::table::HeaderCell;
use crate::components::number::SpelledNumber;
use crate::components::text::{Brief, NoValue, OrNone, Stored, cut, short_id};
use crate::components::time::{SecondTime, Time};
use crate::components::visible::visible;
use crate::model::PageContext;

/// The episode's page.
#[must_use]
pub fn path(episode: &Episode) -> String {
    format!("/kill-switch/{}", episode.first().event.id)
}

/// One of its exports: `timeline`, `leaks`.
#[must_use]
pub fn csv(episode: &Episode, name: &str) -> String {
    format!("{}/{name}.csv", path(episode))
}

/// A time with the precision that fits the length of `span`: `18:35:29.167`, `18:35:29`, `23 Nov 18:35`.
#[must_use]
pub fn short_time(ctx: &PageContext, span: Span, at: Timestamp) -> String {
    const SECOND: i64 = 1_000_000;
    let form = match span.micros() {
        ..=30_000_000 => "%H:%M:%S%.3f",
        length if length < 24 * 3_600 * SECOND => "%H:%M:%S",
        _ => "%-d %b %H:%M",
    };
    at.to_chrono().map_or_else(
        || at.rfc3339(),
        |at| at.with_timezone(&ctx.zone).format(form).to_string(),
    )
}

/// The headers that the tables of the timeline and of leaked trades have in common.
#[component]
pub fn TradeHeaders() -> impl IntoView {
    view! {
        <HeaderCell class="c-after num" label="After" />
        <HeaderCell class="c-kind" label="What" />
        <HeaderCell class="c-trade" label="Trade" />
        <HeaderCell class="c-quantity num" label="Quantity" />
        <HeaderCell class="c-value num" label="Value, AUD" />
        <HeaderCell class="c-algorithm" label="Algorithm" />
    }
}

/// The span with its date and zone: `Mon 23 Nov 2026 18:34:36 → 18:38:12 · Australia/Sydney (UTC+11)`.
#[component]
pub fn SpanWords<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The span.
    span: Span,
) -> impl IntoView + use<> {
    let (from, to) = (span.from.shown_in(ctx.zone), span.to.shown_in(ctx.zone));
    let end = if from.date == to.date {
        let text = if from.clock == to.clock {
            format!("{}.{}", to.clock, to.fraction)
        } else {
            to.clock
        };
        Either::Left(view! { <Time at=span.to text /> })
    } else {
        Either::Right(view! { <SecondTime ctx at=span.to /> })
    };
    let offset = offset_label(span.from, ctx.zone);
    let zone = if offset == ctx.zone.name() {
        offset
    } else {
        format!("{} ({offset})", ctx.zone.name())
    };
    view! {
        <SecondTime ctx at=span.from />
        " → "
        {end}
        " · "
        <span class="zone">{zone}</span>
    }
}

/// What happened, as people call it.
#[must_use]
pub const fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Signal => "Signal",
        Kind::Approved => "Approved",
        Kind::Rejected => "Rejected",
        Kind::Created => "Order created",
        Kind::Submitted => "Order submitted",
        Kind::Filled => "Order filled",
        Kind::Cancelled => "Order cancelled",
        Kind::Failed => "Order failed",
    }
}

/// `BUY BTC`.
#[component]
pub fn EntryTrade<'a>(
    /// What happened.
    entry: &'a TimelineEntry,
) -> impl IntoView + use<> {
    if entry.side.is_none() && entry.coin.is_none() {
        return Either::Left(view! { <NoValue /> });
    }
    let side = entry.side.as_deref().map(|side| cut(side, 16));
    let side = side.map(|side| view! { <DecisionTag word=&side /> });
    let coin = entry.coin.as_deref();
    let coin = coin.map(|text| view! { <b class="coin"><Brief text most=32 /></b> });
    Either::Right(view! { {side}" "{coin} })
}

/// The engine writes no longer numbers. Longer text is truncated, with the whole as tooltip.
const LONGEST_NUMBER: usize = 44;

/// A number as it was written, every digit of it.
#[component]
pub fn NumberOrNone<'a>(
    /// The number, where there is one.
    text: Option<&'a str>,
) -> impl IntoView + use<> {
    match text {
        None => EitherOf3::A(view! { <NoValue /> }),
        Some(text) if text.chars().count() > LONGEST_NUMBER => {
            EitherOf3::B(view! { <Brief text most=16 /> })
        }
        Some(text) => EitherOf3::C(view! { <SpelledNumber text /> }),
    }
}

/// What it was worth. Renders nothing if it cannot have been worth anything yet.
#[component]
pub fn EntryValue<'a>(
    /// What happened.
    entry: &'a TimelineEntry,
) -> impl IntoView + use<> {
    let has_one = matches!(entry.kind, Kind::Approved | Kind::Filled) || entry.filled_at.is_some();
    (has_one || entry.value.is_some())
        .then(|| view! { <NumberOrNone text=entry.value.as_deref() /> })
}

/// The algorithm's name, else the beginning of its id.
#[component]
pub fn AlgorithmName<'a>(
    /// What happened.
    entry: &'a TimelineEntry,
) -> impl IntoView + use<> {
    match (entry.algorithm_name.as_deref(), &entry.algorithm_id) {
        (Some(text), _) => EitherOf3::A(view! { <Brief text most=48 /> }),
        (None, Some(id)) => EitherOf3::B(view! {
            <code title=visible(id).into_owned()><Stored text=short_id(id) /></code>
        }),
        (None, None) => EitherOf3::C(view! { <NoValue /> }),
    }
}

/// Text of a cell, truncated at a length that fits names and the Guard's sentences.
#[component]
pub fn CellText<'a>(
    /// The text, where there is some.
    text: Option<&'a str>,
) -> impl IntoView + use<> {
    let view = text.map(|text| {
        view! { <span title=visible(text).into_owned()><Stored text=cut(text, 160) /></span> }
    });
    view! { <OrNone view /> }
}
