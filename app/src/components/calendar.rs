//! A year of days as a grid: a column a week from Monday, a shade and a number for what happened on a day.

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use domain::calendar::Day;
use domain::query::Pairs;
use leptos::prelude::*;

use super::text::counted;

/// A cell and the gap after it, in pixels.
const STEP: u32 = 17;
const CELL: u32 = 14;
/// Room over the grid for the months.
const TOP: u32 = 18;

/// The grid with its weekdays and its legend. `days` are days of `zone`, and follow each other without a gap.
pub fn calendar(days: &[Day], zone: Tz) -> Option<AnyView> {
    let first = days.first()?.date;
    let before = first.weekday().num_days_from_monday();
    let last = u32::try_from(days.len()).ok()? + before - 1;
    let (width, height) = ((last / 7 + 1) * STEP, TOP + 7 * STEP);
    let cells: Vec<AnyView> = days
        .iter()
        .zip(before..)
        .map(|(day, place)| cell(day, zone, place / 7, place % 7))
        .collect();
    Some(
        view! {
            <div class="calendar">
                <div class="cal">
                    {weekdays(height)}
                    <div class="cal-scroll" role="region" tabindex="0" aria-label="Stops by day, the last 53 weeks">
                        <svg width=width height=height viewBox=format!("0 0 {width} {height}") role="group"
                            aria-label="Days, each a link to its stops">
                            <g aria-hidden="true">{months(days, before)}</g>
                            {cells}
                        </svg>
                    </div>
                </div>
                {legend()}
            </div>
        }
        .into_any(),
    )
}

/// Beside the grid, so that they stay when it scrolls.
fn weekdays(height: u32) -> AnyView {
    let labels: Vec<AnyView> = [("Mon", 0), ("Wed", 2), ("Fri", 4), ("Sun", 6)]
        .into_iter()
        .map(|(name, row)| {
            let y = TOP + row * STEP + 11;
            view! { <text class="cal-label" x="0" y=y>{name}</text> }.into_any()
        })
        .collect();
    view! {
        <svg width="30" height=height viewBox=format!("0 0 30 {height}") aria-hidden="true">{labels}</svg>
    }
    .into_any()
}

/// A month stands over the week that holds its first day; the last one of two that would touch.
fn months(days: &[Day], before: u32) -> Vec<AnyView> {
    let mut labels: Vec<(u32, String)> = Vec::new();
    for (day, place) in days.iter().zip(before..) {
        if labels.is_empty() || day.date.day() == 1 {
            let column = place / 7;
            if labels.last().is_some_and(|(other, _)| column - other < 3) {
                labels.pop();
            }
            let form = if day.date.month() == 1 && day.date.day() == 1 {
                "%b %Y"
            } else {
                "%b"
            };
            labels.push((column, day.date.format(form).to_string()));
        }
    }
    labels
        .into_iter()
        .map(|(column, name)| {
            view! { <text class="cal-label" x=column * STEP y="10">{name}</text> }.into_any()
        })
        .collect()
}

/// `Mon 23 Nov 2026: 3 stops`.
fn label(day: &Day) -> String {
    let stops = if day.stops == 0 {
        "no stop".to_owned()
    } else {
        counted(day.stops, ("stop", "stops"))
    };
    format!("{}: {stops}", day.date.format("%a %-d %b %Y"))
}

/// How dark a day is: none, one, two, more.
fn shade(stops: u64) -> &'static str {
    match stops {
        0 => "day d0",
        1 => "day d1",
        2 => "day d2",
        _ => "day d3",
    }
}

fn href(date: NaiveDate, zone: Tz) -> String {
    Pairs::default()
        .with("from", date.to_string())
        .with("to", date.to_string())
        .with("tz", zone.name())
        .link("/kill-switch")
}

fn cell(day: &Day, zone: Tz, column: u32, row: u32) -> AnyView {
    let (x, y) = (column * STEP, TOP + row * STEP);
    let number = (day.stops > 0).then(|| {
        // More than two digits do not fit.
        let text = if day.stops > 99 {
            "…".to_owned()
        } else {
            day.stops.to_string()
        };
        view! { <text x=x + CELL / 2 y=y + 10>{text}</text> }
    });
    // By keyboard, and read out, one meets only the days on which something was.
    let quiet = day.stops == 0;
    view! {
        <a class=shade(day.stops) href=href(day.date, zone) aria-label=label(day)
            tabindex=quiet.then_some("-1") aria-hidden=quiet.then_some("true")>
            <title>{label(day)}</title>
            <rect x=x y=y width=CELL height=CELL rx="3"></rect>
            {number}
        </a>
    }
    .into_any()
}

fn legend() -> AnyView {
    let entries: Vec<AnyView> = [(0, "none"), (1, "1"), (2, "2"), (3, "3 or more")]
        .into_iter()
        .map(|(stops, words)| {
            view! {
                <li>
                    <svg class=shade(stops) width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
                        <rect width="12" height="12" rx="3"></rect>
                    </svg>
                    {words}
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <div class="cal-legend">
            <span>"Stops by day, in your zone"</span>
            <ul aria-label="Shades">{entries}</ul>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(from: &str, stops: &[u64]) -> Vec<Day> {
        let first: NaiveDate = from.parse().unwrap();
        first
            .iter_days()
            .zip(stops)
            .map(|(date, stops)| Day {
                date,
                stops: *stops,
            })
            .collect()
    }

    #[test]
    fn weeks_begin_on_monday() {
        // A Sunday, then a Monday.
        let html = calendar(&days("2026-11-22", &[1, 3]), Tz::UTC)
            .unwrap()
            .to_html();
        let last_row = format!("<rect x=\"0\" y=\"{}\"", TOP + 6 * STEP);
        let next_week = format!("<rect x=\"{STEP}\" y=\"{TOP}\"");
        assert!(html.contains(&last_row), "{html}");
        assert!(html.contains(&next_week), "{html}");
    }

    #[test]
    fn a_day_is_named_and_only_days_with_stops_are_met() {
        let html = calendar(&days("2026-11-22", &[0, 3]), Tz::Australia__Sydney)
            .unwrap()
            .to_html();
        assert!(
            html.contains("aria-label=\"Mon 23 Nov 2026: 3 stops\""),
            "{html}"
        );
        assert!(
            html.contains(
                "href=\"/kill-switch?from=2026-11-23&amp;to=2026-11-23&amp;tz=Australia/Sydney\""
            ),
            "{html}"
        );
        assert_eq!(html.matches("tabindex=\"-1\"").count(), 1, "{html}");
    }

    #[test]
    fn no_days_no_calendar() {
        assert!(calendar(&[], Tz::UTC).is_none());
    }
}
