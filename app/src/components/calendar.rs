//! A year of days as a grid: one column per week from Monday; shade and number show a day's stops.

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use domain::calendar::Day;
use domain::query::Pairs;
use leptos::prelude::*;

use super::text::counted;

/// A cell and the gap after it, in pixels.
const STEP: u32 = 17;
const CELL: u32 = 14;
/// Height of the month labels above the grid, in pixels.
const TOP: u32 = 18;

/// The grid with weekday labels and legend. Renders nothing if there are no days.
#[component]
pub fn Calendar<'a>(
    /// Consecutive days of `zone`.
    days: &'a [Day],
    /// The time zone of the days.
    zone: Tz,
) -> impl IntoView + use<> {
    let first = days.first()?.date;
    let before = first.weekday().num_days_from_monday();
    let last = u32::try_from(days.len()).ok()? + before - 1;
    let (width, height) = ((last / 7 + 1) * STEP, TOP + 7 * STEP);
    let cells = days.iter().zip(before..).map(|(day, place)| {
        let day = *day;
        view! { <DayCell day zone column=place / 7 row=place % 7 /> }
    });
    Some(view! {
        <div class="calendar">
            <div class="cal">
                <Weekdays height />
                <div class="cal-scroll" role="region" tabindex="0" aria-label="Stops by day, the last 53 weeks">
                    <svg width=width height=height viewBox=format!("0 0 {width} {height}") role="group"
                        aria-label="Days, each a link to its stops">
                        <Months days before />
                        {cells.collect_view()}
                    </svg>
                </div>
            </div>
            <Legend />
        </div>
    })
}

/// The weekday labels, outside the grid, so that they stay in place when it scrolls.
#[component]
fn Weekdays(
    /// The grid's height, in pixels.
    height: u32,
) -> impl IntoView {
    let labels = [("Mon", 0), ("Wed", 2), ("Fri", 4), ("Sun", 6)].map(|(name, row)| {
        let y = TOP + row * STEP + 11;
        view! { <text class="cal-label" x="0" y=y>{name}</text> }
    });
    view! {
        <svg width="30" height=height viewBox=format!("0 0 30 {height}") aria-hidden="true">{labels}</svg>
    }
}

/// The names of the months over the grid.
#[component]
fn Months<'a>(
    /// The days of the grid.
    days: &'a [Day],
    /// Empty places before the first.
    before: u32,
) -> impl IntoView + use<> {
    let labels = month_labels(days, before);
    let labels = labels.into_iter().map(|(column, name)| {
        view! { <text class="cal-label" x=column * STEP y="10">{name}</text> }
    });
    view! { <g aria-hidden="true">{labels.collect_view()}</g> }
}

/// Each month with its column. It stands over the week that holds its first day; of two that would touch, the last one.
fn month_labels(days: &[Day], before: u32) -> Vec<(u32, String)> {
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

/// A day's shade: none, one, two or more stops.
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

#[component]
fn DayCell(
    /// The day.
    day: Day,
    /// The time zone of the day.
    zone: Tz,
    /// Weeks before it.
    column: u32,
    /// Days before it in its week.
    row: u32,
) -> impl IntoView {
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
    // Only days with stops can be reached by keyboard and are read out.
    let quiet = day.stops == 0;
    view! {
        <a class=shade(day.stops) href=href(day.date, zone) aria-label=label(&day)
            tabindex=quiet.then_some("-1") aria-hidden=quiet.then_some("true")>
            <title>{label(&day)}</title>
            <rect x=x y=y width=CELL height=CELL rx="3"></rect>
            {number}
        </a>
    }
}

#[component]
fn Legend() -> impl IntoView {
    let entries = [(0, "none"), (1, "1"), (2, "2"), (3, "3 or more")].map(|(stops, words)| {
        view! {
            <li>
                <svg class=shade(stops) width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
                    <rect width="12" height="12" rx="3"></rect>
                </svg>
                {words}
            </li>
        }
    });
    view! {
        <div class="cal-legend">
            <span>"Stops by day, in your zone"</span>
            <ul aria-label="Shades">{entries}</ul>
        </div>
    }
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

    fn rendered(days: &[Day], zone: Tz) -> String {
        view! { <Calendar days zone /> }.to_html()
    }

    #[test]
    fn weeks_begin_on_monday() {
        // A Sunday, then a Monday.
        let html = rendered(&days("2026-11-22", &[1, 3]), Tz::UTC);
        let last_row = format!("<rect x=\"0\" y=\"{}\"", TOP + 6 * STEP);
        let next_week = format!("<rect x=\"{STEP}\" y=\"{TOP}\"");
        assert!(html.contains(&last_row), "{html}");
        assert!(html.contains(&next_week), "{html}");
    }

    #[test]
    fn a_day_is_named_and_only_days_with_stops_are_met() {
        let html = rendered(&days("2026-11-22", &[0, 3]), Tz::Australia__Sydney);
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
        let html = rendered(&[], Tz::UTC);
        assert!(!html.contains("<svg"), "{html}");
        assert!(!html.contains("<div"), "{html}");
    }
}
