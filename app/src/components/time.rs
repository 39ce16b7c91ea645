//! Formatted timestamps, with the UTC instant as tooltip.

use chrono::Datelike;
use domain::time::{Timestamp, span_in_words};
use leptos::prelude::*;

use super::html::{Html, written};
use crate::model::PageContext;

/// Timestamp in a table: `18:35:27.531 Mon 23 Nov`. The year is shown only if it is not the current one.
#[component]
pub fn TableTime<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The moment.
    at: Timestamp,
) -> impl IntoView + use<> {
    written(|html| write_timestamp(html, ctx, at))
}

/// Writes [`TableTime`].
pub fn write_timestamp(html: &mut Html, ctx: &PageContext, at: Timestamp) {
    let shown = at.shown_in(ctx.zone);
    let utc = at.rfc3339();
    html.raw("<time datetime=\"").text(&utc);
    html.raw("\" title=\"").text(&utc);
    html.raw("\"><span class=\"clock\">").text(&shown.clock);
    if !shown.fraction.is_empty() {
        html.raw("<span class=\"ms\">.");
        html.text(&shown.fraction).raw("</span>");
    }
    html.raw("</span> <span class=\"date\">");
    html.text(without_year(ctx, &shown.date));
    html.raw("</span></time>");
}

/// Whether a row's timestamp is later than the clock of the engine's database.
#[must_use]
pub fn is_ahead(ctx: &PageContext, at: Timestamp) -> bool {
    at > ctx.engine_now
}

/// Writes a tag if a row's timestamp is in the future.
pub fn write_ahead(html: &mut Html, ctx: &PageContext, at: Timestamp) {
    if is_ahead(ctx, at) {
        html.raw(" <span class=\"tag warn in-future\">in the future</span>");
    }
}

/// A row's own timestamp as a fact: [`ExactTime`], with a tag if it is in the future.
#[component]
pub fn RowTime<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The row's time.
    at: Timestamp,
) -> impl IntoView + use<> {
    let mark = is_ahead(ctx, at).then(|| written(|html| write_ahead(html, ctx, at)));
    view! { <ExactTime ctx at />{mark} }
}

/// Full timestamp to the microsecond, with the UTC offset.
#[component]
pub fn ExactTime<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The moment.
    at: Timestamp,
) -> impl IntoView + use<> {
    view! { <Time at text=at.full_in(ctx.zone) /> }
}

/// Timestamp to the second, for sentences and headings.
#[component]
pub fn SecondTime<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The moment.
    at: Timestamp,
) -> impl IntoView + use<> {
    view! { <Time at text=at.second_in(ctx.zone) /> }
}

/// A timestamp shown as `text`, with the UTC instant as tooltip.
#[component]
pub fn Time(
    /// The moment.
    at: Timestamp,
    /// The formatted text.
    text: String,
) -> impl IntoView {
    let utc = at.rfc3339();
    view! { <time datetime=utc.clone() title=utc>{text}</time> }
}

/// Time of day for the header: `18:35`. With the date if it is not today: `22 Nov 18:35`.
#[must_use]
pub fn clock_or_date(ctx: &PageContext, at: Timestamp) -> String {
    let local = |at: Timestamp| at.to_chrono().map(|at| at.with_timezone(&ctx.zone));
    let (Some(then), Some(now)) = (local(at), local(ctx.now)) else {
        return at.second_in(ctx.zone);
    };
    let form = match (
        then.date_naive() == now.date_naive(),
        then.year() == now.year(),
    ) {
        (true, _) => "%H:%M",
        (false, true) => "%-d %b %H:%M",
        (false, false) => "%-d %b %Y",
    };
    then.format(form).to_string()
}

/// Time of day to the second: `18:35:27`. With the date if it is not today.
#[component]
pub fn ClockTime<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The moment.
    at: Timestamp,
) -> impl IntoView + use<> {
    let shown = at.shown_in(ctx.zone);
    let text = if shown.date == ctx.now.shown_in(ctx.zone).date {
        shown.clock
    } else {
        at.second_in(ctx.zone)
    };
    view! { <Time at text /> }
}

/// A duration in one unit: `40 s`, `12 min`, `3 h`, `5 d`.
#[must_use]
pub fn rough_span(micros: i64) -> String {
    let seconds = micros.max(0) / 1_000_000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// The lag between two related timestamps: `+12 ms`, `+1 min 48.004 s`, `−3 ms`.
#[must_use]
pub fn distance(from: Timestamp, to: Timestamp) -> String {
    let micros = to.micros_since(from);
    let sign = if micros < 0 { '−' } else { '+' };
    let size = micros.saturating_abs();
    if size < 1_000_000 {
        format!("{sign}{}.{:03} ms", size / 1_000, size % 1_000)
    } else {
        format!("{sign}{}", span_in_words(size))
    }
}

fn without_year<'a>(ctx: &PageContext, date: &'a str) -> &'a str {
    let now = ctx.now.to_chrono();
    let year = now.map(|now| now.with_timezone(&ctx.zone).year());
    match (date.rsplit_once(' '), year) {
        (Some((short, of)), Some(year)) if of.parse() == Ok(year) => short,
        _ => date,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_one_unit() {
        assert_eq!(rough_span(-5), "0 s");
        assert_eq!(rough_span(59_000_000), "59 s");
        assert_eq!(rough_span(3 * 3_600_000_000), "3 h");
        assert_eq!(rough_span(50 * 3_600_000_000), "2 d");
    }

    #[test]
    fn distances_have_a_sign_and_keep_what_matters() {
        let start = Timestamp::from_postgres_micros(0);
        assert_eq!(distance(start, start.plus_micros(9_698)), "+9.698 ms");
        assert_eq!(distance(start, start.plus_micros(-1_500)), "−1.500 ms");
        assert_eq!(distance(start, start.plus_micros(2_000_000)), "+2.000 s");
    }
}
