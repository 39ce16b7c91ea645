//! Words, times and paths that several parts of the dossier share.

use domain::dossier::{Kind, Span, TimelineEntry};
use domain::episode::Episode;
use domain::time::Timestamp;
use domain::zone::offset_label;
use leptos::prelude::*;

use crate::components::decision::decision;
use crate::components::number::spelled;
use crate::components::text::{brief, cut, none, short_id, stored};
use crate::components::time::to_the_second;
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

/// As exact as the length of `span` calls for: `18:35:29.167`, `18:35:29`, `23 Nov 18:35`.
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

/// The span with its date and zone: `Mon 23 Nov 2026 18:34:36 → 18:38:12 · Australia/Sydney (UTC+11)`.
pub fn span_words(ctx: &PageContext, span: Span) -> AnyView {
    let (from, to) = (span.from.shown_in(ctx.zone), span.to.shown_in(ctx.zone));
    let end = if from.date == to.date {
        let utc = span.to.rfc3339();
        let text = if from.clock == to.clock {
            format!("{}.{}", to.clock, to.fraction)
        } else {
            to.clock
        };
        view! { <time datetime=utc.clone() title=utc>{text}</time> }.into_any()
    } else {
        to_the_second(ctx, span.to)
    };
    let offset = offset_label(span.from, ctx.zone);
    let zone = if offset == ctx.zone.name() {
        offset
    } else {
        format!("{} ({offset})", ctx.zone.name())
    };
    view! {
        {to_the_second(ctx, span.from)}
        " → "
        {end}
        " · "
        <span class="zone">{zone}</span>
    }
    .into_any()
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

/// BUY BTC.
pub fn trade(moment: &TimelineEntry) -> AnyView {
    if moment.side.is_none() && moment.coin.is_none() {
        return none();
    }
    let side = moment.side.as_deref().map(|side| decision(&cut(side, 16)));
    let coin = moment
        .coin
        .clone()
        .map(|coin| view! { <b class="coin">{brief(coin, 32)}</b> });
    view! { {side}" "{coin} }.into_any()
}

/// Longer than this is no number that the engine writes: it is cut, with its whole on hover.
const LONGEST_NUMBER: usize = 44;

/// A number as it was written, every digit of it.
pub fn number(text: Option<&str>) -> AnyView {
    match text {
        None => none(),
        Some(text) if text.chars().count() > LONGEST_NUMBER => brief(text, 16),
        Some(text) => spelled(text),
    }
}

/// What it was worth; nothing where it cannot have been worth anything yet.
pub fn value(moment: &TimelineEntry) -> Option<AnyView> {
    let has_one =
        matches!(moment.kind, Kind::Approved | Kind::Filled) || moment.filled_at.is_some();
    (has_one || moment.value.is_some()).then(|| number(moment.value.as_deref()))
}

/// The algorithm's name, else the beginning of its id.
pub fn algorithm(moment: &TimelineEntry) -> AnyView {
    match (&moment.algorithm_name, &moment.algorithm_id) {
        (Some(name), _) => brief(name.clone(), 48),
        (None, Some(id)) => {
            view! { <code title=visible(id).into_owned()>{stored(short_id(id))}</code> }.into_any()
        }
        (None, None) => none(),
    }
}

/// Text of a cell: long enough for people's names and the Guard's sentences.
pub fn cell(text: Option<&String>) -> AnyView {
    text.map_or_else(none, |text| {
        view! { <span title=visible(text).into_owned()>{stored(cut(text, 160))}</span> }.into_any()
    })
}
