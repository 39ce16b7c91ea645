//! The drawing: lanes, the stop as a shaded region, marks or bars, ticks.

use domain::dossier::{Span, TimelineEntry};
use domain::episode::{Episode, Mechanism};
use domain::time::Timestamp;
use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::axis::ticks;
use super::bars::Bars;
use super::lanes::{Lane, Look};
use crate::components::episode::mechanism_name;
use crate::components::scale::{Scale, percent};
use crate::components::text::cut;
use crate::components::visible::visible;
use crate::model::{EpisodePage, PageContext};
use crate::pages::episode::words::{short_time, what};

/// Pixels over the lanes, for the labels of the stop's two ends.
pub const TOP: usize = 32;
/// Pixels of a lane.
pub const LANE: usize = 24;
/// Pixels under them, for the ticks.
const BOTTOM: usize = 22;

/// The middle of the lane in row `row`, in pixels from the top.
#[must_use]
pub const fn middle(row: usize) -> usize {
    TOP + row * LANE + LANE / 2
}

/// Shapes around their own middle, so that one place is enough to draw them.
const SHAPES: &str = concat!(
    r#"<path id="t-leak" d="M0-6 6.2 5H-6.2z"/>"#,
    r#"<path id="t-second" d="M0-5 5.2 4.2H-5.2z" fill="none" stroke="currentColor" stroke-width="1.4"/>"#,
    r#"<path id="t-square" d="M-3.6-3.6h7.2v7.2h-7.2z"/>"#,
    r#"<circle id="t-dot" r="3.1"/>"#,
);

/// The names of the lanes, from the top: those of a stop of the other mechanism first, where there is one.
#[must_use]
pub fn lane_names(page: &EpisodePage) -> Vec<&'static str> {
    let strip = page
        .dossier
        .overlapping
        .first()
        .map(|other| mechanism_name(other.mechanism));
    strip.into_iter().chain(Lane::ALL.map(Lane::name)).collect()
}

/// The drawing.
#[component]
pub fn Plot<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let dossier = &page.dossier;
    let episode = &dossier.episode;
    let timeline = &dossier.timeline;
    let scale = Scale {
        span: timeline.span,
    };
    let rows = lane_names(page).len();
    let first_lane = rows - Lane::ALL.len();
    let bottom = TOP + rows * LANE;
    let lines = (0..rows).map(|row| {
        let y = middle(row);
        view! { <line class="tl-lane" x1="0" x2="100%" y1=y y2=y></line> }
    });
    let drawn = match (&timeline.buckets, timeline.more) {
        (Some(buckets), true) => EitherOf3::A(view! { <Bars ctx page scale buckets first_lane /> }),
        (None, true) => EitherOf3::B(()),
        (_, false) => EitherOf3::C(view! { <Marks ctx page scale first_lane /> }),
    };
    let height = bottom + BOTTOM;
    view! {
        <svg class="tl-svg" width="100%" height=height overflow="visible" role="group" aria-label="Timeline">
            <defs inner_html=SHAPES></defs>
            <StopRegion scale episode now=ctx.now bottom />
            {lines.collect_view()}
            <Axis ctx scale bottom />
            <OverlappingStrip ctx scale others=&dossier.overlapping />
            {drawn}
            <StopEnds ctx scale episode bottom />
        </svg>
    }
}

/// From activation to clear; of an open episode to the moment that the page was made at.
#[component]
fn StopRegion<'a>(
    /// The drawing's scale.
    scale: Scale,
    /// The episode.
    episode: &'a Episode,
    /// When the page was made.
    now: Timestamp,
    /// Where the lanes end, in pixels from the top.
    bottom: usize,
) -> impl IntoView + use<> {
    let (from, to) = (episode.activated_at(), episode.cleared_at().unwrap_or(now));
    let (left, right) = (scale.place(from), scale.place(to));
    let is_shown = from <= scale.span.to && to >= scale.span.from && right > left;
    is_shown.then(|| {
        view! {
            <rect class="tl-region" x=percent(left) width=percent(right - left) y=TOP - 2 height=bottom - TOP + 2></rect>
        }
    })
}

#[component]
fn Axis<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The drawing's scale.
    scale: Scale,
    /// Where the lanes end, in pixels from the top.
    bottom: usize,
) -> impl IntoView + use<> {
    let ticks = ticks(scale.span, ctx.zone).into_iter().enumerate();
    let ticks = ticks.map(|(number, tick)| {
        let place = scale.place(tick.at);
        let x = percent(place);
        // On a narrow screen every other has room.
        let class = if number % 2 == 1 {
            "tick"
        } else {
            "tick extra"
        };
        let anchor = match place {
            ..4_000 => "start",
            4_000..96_000 => "middle",
            _ => "end",
        };
        view! {
            <g class=class>
                <line x1=x.clone() x2=x.clone() y1=TOP y2=bottom + 4></line>
                <text x=x y=bottom + 17 text-anchor=anchor>{tick.label}</text>
            </g>
        }
    });
    view! { <g aria-hidden="true">{ticks.collect_view()}</g> }
}

/// The lines at both ends of the stop, each with its label and time. The labels are in two rows, so that they never
/// overlap.
#[component]
fn StopEnds<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The drawing's scale.
    scale: Scale,
    /// The episode.
    episode: &'a Episode,
    /// Where the lanes end, in pixels from the top.
    bottom: usize,
) -> impl IntoView + use<> {
    let begin = match episode.mechanism {
        Mechanism::EmergencyStop => "stopped",
        Mechanism::Toggle => "declared",
    };
    let end = match episode.cleared_at() {
        Some(at) => ("tl-end clear", "cleared", at),
        None => ("tl-end now", "now", ctx.now),
    };
    let ends = [("tl-end stop", begin, episode.activated_at()), end];
    let ends = ends.into_iter().zip([11, 25]);
    let lines = ends
        .filter(|((_, _, at), _)| scale.shows(*at))
        .map(|((class, word, at), y)| {
            let place = scale.place(at);
            let x = percent(place);
            let (anchor, dx) = if place > 60_000 {
                ("end", "-5")
            } else {
                ("start", "5")
            };
            let label = format!("{word} {}", short_time(ctx, scale.span, at));
            view! {
                <g class=class>
                    <line x1=x.clone() x2=x.clone() y1=y - 9 y2=bottom></line>
                    <text x=x dx=dx y=y text-anchor=anchor>{label}</text>
                </g>
            }
        });
    view! { <g>{lines.collect_view()}</g> }
}

/// Stops of the other mechanism. Renders nothing if none is in the span. They never overlap, so one lane is enough.
#[component]
fn OverlappingStrip<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The drawing's scale.
    scale: Scale,
    /// The stops.
    others: &'a [Episode],
) -> impl IntoView + use<> {
    let span = scale.span;
    let shown = others.iter().filter_map(|other| {
        let (from, to) = (other.activated_at(), other.cleared_at().unwrap_or(ctx.now));
        (from <= span.to && to >= span.from).then_some((other, from, to))
    });
    let bars = shown
        .map(|(other, from, to)| {
            let (left, right) = (scale.place(from), scale.place(to));
            let until = other.cleared_at().map_or_else(
                || "still open".to_owned(),
                |at| format!("cleared {}", at.second_in(ctx.zone)),
            );
            let title = format!(
                "{}, {}, {until}",
                mechanism_name(other.mechanism),
                from.second_in(ctx.zone)
            );
            view! {
                <g role="listitem">
                    <title>{title}</title>
                    <rect class="tl-strip" x=percent(left) width=percent(right - left) y=middle(0) - 4 height="8"></rect>
                </g>
            }
        })
        .collect_view();
    (!bars.is_empty()).then(|| view! { <g role="list" aria-label="Overlapping stops">{bars}</g> })
}

/// Every moment by itself. Renders nothing if there is none.
#[component]
fn Marks<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
    /// The drawing's scale.
    scale: Scale,
    /// Rows over the first lane.
    first_lane: usize,
) -> impl IntoView + use<> {
    let inside = Span::inside(&page.dossier.episode);
    let entries = &page.dossier.timeline.entries;
    // Leaks last: what is drawn later lies on top.
    let (leaks, others): (Vec<&TimelineEntry>, Vec<&TimelineEntry>) = entries
        .iter()
        .partition(|moment| matches!(Look::of(moment, inside), Look::Leak));
    let items = others.into_iter().chain(leaks).map(|moment| {
        let look = Look::of(moment, inside);
        let row = Lane::ALL
            .iter()
            .position(|lane| *lane == Lane::of(moment.kind))
            .unwrap_or(0);
        let y = middle(first_lane + row);
        let title = visible(&title(ctx, moment, look)).into_owned();
        view! {
            <g role="listitem" class=look.class()>
                <title>{title}</title>
                <use href=look.href() x=scale.x(moment.at) y=y></use>
            </g>
        }
    });
    (!entries.is_empty()).then(|| {
        view! { <g role="list" aria-label="Moments">{items.collect_view()}</g> }
    })
}

/// `18:35:39.101 Approved, leak: BUY 0.0192 BTC`.
fn title(ctx: &PageContext, moment: &TimelineEntry, look: Look) -> String {
    let shown = moment.at.shown_in(ctx.zone);
    let mut text = format!("{}.{} {}", shown.clock, shown.fraction, what(moment.kind));
    match look {
        Look::Leak => text.push_str(", leak"),
        Look::SecondLeak => text.push_str(", leak, second check"),
        _ if moment.is_second => text.push_str(", second row"),
        _ => {}
    }
    let trade: Vec<String> = [&moment.side, &moment.quantity, &moment.coin]
        .into_iter()
        .flatten()
        .map(|part| cut(part, 40))
        .collect();
    if !trade.is_empty() {
        text.push_str(": ");
        text.push_str(&trade.join(" "));
    }
    text
}
