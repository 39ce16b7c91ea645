//! More moments than can be drawn each: bars, one a column and lane.

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
pub fn bars(
    ctx: &PageContext,
    page: &EpisodePage,
    scale: Scale,
    buckets: &[Bucket],
    first_lane: usize,
) -> AnyView {
    let inside = Span::inside(&page.dossier.episode);
    let lanes: Vec<AnyView> = Lane::ALL
        .into_iter()
        .enumerate()
        .map(|(row, lane)| {
            let y = middle(first_lane + row) + LANE / 2 - 2;
            lane_bars(ctx, scale, lane, &counts(buckets, lane), (inside, y))
        })
        .collect();
    view! { <g role="list" aria-label="Counts by lane">{lanes}</g> }.into_any()
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

fn lane_bars(
    ctx: &PageContext,
    scale: Scale,
    lane: Lane,
    counts: &[(u16, u64)],
    (inside, bottom): (Span, usize),
) -> AnyView {
    let highest = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let total: u64 = counts.iter().map(|(_, count)| *count).sum();
    let bars: Vec<AnyView> = counts
        .iter()
        .map(|(column, count)| {
            let span = column_span(scale, *column);
            let title = format!(
                "{}, {} to {}",
                counted(*count, lane.noun()),
                short_time(ctx, scale.span, span.from),
                short_time(ctx, scale.span, span.to)
            );
            let height = (count * HIGHEST / highest.max(1)).max(2);
            let width = 100_000 / i64::from(COLUMNS);
            let y = bottom as u64 - height;
            view! {
                <rect class=class(lane, span, inside) x=percent(i64::from(*column) * 100_000 / i64::from(COLUMNS))
                    y=y width=percent(width - 90) height=height>
                    <title>{title}</title>
                </rect>
            }
            .into_any()
        })
        .collect();
    let name = format!(
        "{}: {} in this span, at most {} in one column",
        lane.name(),
        counted(total, lane.noun()),
        counted(highest, lane.noun())
    );
    view! { <g role="listitem" aria-label=name>{bars}</g> }.into_any()
}

/// Red only what lies in the stop as a whole: of the rest nobody counted which side it was on.
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
