//! The timeline's bars, one per column and lane. They replace single marks if there are too many events.

use domain::dossier::{Bucket, COLUMNS, Span};
use leptos::prelude::*;

use super::lanes::Lane;
use super::plot::{LANE, middle};
use crate::components::scale::{Scale, percent};
use crate::components::text::counted;
use crate::model::{EpisodePage, PageContext};
use crate::pages::episode::words::short_time;

/// Highest bar, in pixels.
const HIGHEST: u64 = LANE as u64 - 5;

/// The bars of every lane, each lane scaled to its own highest.
#[component]
pub fn Bars<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
    /// The drawing's scale.
    scale: Scale,
    /// The counts, by column and kind.
    buckets: &'a [Bucket],
    /// Rows over the first lane.
    first_lane: usize,
) -> impl IntoView + use<> {
    let inside = Span::inside(&page.dossier.episode);
    let lanes = Lane::ALL.into_iter().enumerate().map(|(row, lane)| {
        let bottom = middle(first_lane + row) + LANE / 2 - 2;
        view! { <LaneBars ctx scale lane counts=counts(buckets, lane) inside bottom /> }
    });
    view! { <g role="list" aria-label="Counts by lane">{lanes.collect_view()}</g> }
}

/// How many fall into each column of the lane, by column.
fn counts(buckets: &[Bucket], lane: Lane) -> Vec<(u16, u64)> {
    let mut counts: Vec<(u16, u64)> = Vec::new();
    for bucket in buckets.iter().filter(|b| Lane::of(b.kind) == lane) {
        match counts
            .iter_mut()
            .find(|(column, _)| *column == bucket.column)
        {
            Some((_, count)) => *count += bucket.count,
            None => counts.push((bucket.column, bucket.count)),
        }
    }
    counts
}

#[component]
fn LaneBars<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The drawing's scale.
    scale: Scale,
    /// The lane.
    lane: Lane,
    /// How many fall into each column.
    counts: Vec<(u16, u64)>,
    /// The episode's span.
    inside: Span,
    /// Where the bars stand, in pixels from the top.
    bottom: usize,
) -> impl IntoView + use<> {
    let highest = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let total: u64 = counts.iter().map(|(_, count)| *count).sum();
    let column_width = 100_000 / i64::from(COLUMNS);
    let bars = counts.iter().map(|(column, count)| {
        let span = column_span(scale, *column);
        let title = format!(
            "{}, {} to {}",
            counted(*count, lane.noun()),
            short_time(ctx, scale.span, span.from),
            short_time(ctx, scale.span, span.to)
        );
        let height = (count * HIGHEST / highest.max(1)).max(2);
        let x = percent(i64::from(*column) * 100_000 / i64::from(COLUMNS));
        let y = bottom as u64 - height;
        view! {
            <rect class=class(lane, span, inside) x=x y=y width=percent(column_width - 90) height=height>
                <title>{title}</title>
            </rect>
        }
    });
    let name = format!(
        "{}: {} in this span, at most {} in one column",
        lane.name(),
        counted(total, lane.noun()),
        counted(highest, lane.noun())
    );
    view! { <g role="listitem" aria-label=name>{bars.collect_view()}</g> }
}

/// A column is red only if it lies entirely within the stop, because counts do not say on which side of an end they fall.
fn class(lane: Lane, column: Span, inside: Span) -> &'static str {
    let within = inside.from <= column.from && column.to <= inside.to;
    match lane {
        _ if lane.leaks() && within => "tm leak",
        Lane::Rejected => "tm rejection",
        Lane::Signals => "tm signal",
        _ => "tm other",
    }
}

fn column_span(scale: Scale, column: u16) -> Span {
    let (column, of) = (i64::from(column), i64::from(COLUMNS));
    Span {
        from: scale.moment(column, of),
        to: scale.moment(column + 1, of),
    }
}
