//! A list's histogram as stacked bars and as a table. Each bar and each table row links to its time range.

use std::fmt::Write as _;

use chrono_tz::Tz;
use domain::filter::form::RANGE;
use domain::histogram::{Buckets, Histogram, Precision, Step};
use domain::page::to_three_digits;
use domain::time::Timestamp;
use domain::zone::day_of;
use leptos::prelude::*;

use super::filter_link::FORM;
use crate::components::text::grouped;

/// Height of the bars in pixels. `list.css` repeats it.
const HEIGHT: u32 = 84;
/// Height of the axis labels below them.
const FOOT: u32 = 20;
/// Width of the histogram in SVG units, which stretch with it. A unit is less than a pixel on any screen, so no
/// coordinate needs a fraction.
const ACROSS: f64 = 10_000.0;
/// Most times that are written below.
const TICKS: usize = 8;

/// A histogram, rendered in a time zone.
pub struct Chart<'a> {
    /// The numbers.
    pub histogram: &'a Histogram,
    /// The time zone.
    pub zone: Tz,
    /// The noun for one row and for several.
    pub noun: (&'static str, &'static str),
    /// The address of the list from one bound to another, as the URL has them; both come last in it.
    pub link: &'a dyn Fn(&str, &str) -> String,
}

/// The class that colours a kind.
#[must_use]
pub fn class(word: &str) -> String {
    format!("k k-{}", word.replace('+', "-"))
}

/// A kind in words.
#[must_use]
pub fn kind_words(word: &str) -> &str {
    match word {
        "executed+blocked" => "executed though blocked",
        word => word,
    }
}

/// A bar.
pub struct Bar {
    /// Left edge and width, in units.
    place: (f64, f64),
    /// `Tue 17 Nov 2026 00:00 – 03:00`
    when: String,
    /// Where it leads.
    href: String,
    /// Its range as the value of the form's button: `FROM~TO`.
    range: String,
    /// Rows of each kind.
    rows: Vec<u64>,
}

impl Bar {
    fn total(&self) -> u64 {
        self.rows.iter().sum()
    }
}

impl Chart<'_> {
    /// A number of rows; rounded to the significant digits if it is sampled.
    fn number(&self, rows: u64) -> String {
        match self.histogram.precision {
            Precision::Exact => grouped(rows),
            Precision::Sampled { .. } => grouped(to_three_digits(rows)),
        }
    }

    fn peak(&self) -> u64 {
        self.histogram.totals().into_iter().max().unwrap_or(0)
    }

    /// `Per 3 hours · peak 1,240`.
    #[must_use]
    pub fn scale_words(&self) -> String {
        format!(
            "Per {} · peak {}",
            step_words(self.histogram.buckets.step),
            self.number(self.peak())
        )
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "microseconds as shares of a width"
    )]
    fn across(&self, at: Timestamp) -> f64 {
        let edges = &self.histogram.buckets.edges;
        let (Some(first), Some(last)) = (edges.first(), edges.last()) else {
            return 0.0;
        };
        at.micros_since(*first) as f64 / last.micros_since(*first).max(1) as f64 * ACROSS
    }

    /// The bars, from left to right.
    #[must_use]
    pub fn bars(&self) -> Vec<Bar> {
        let covers = self.histogram.covers;
        self.histogram
            .buckets
            .spans()
            .enumerate()
            .map(|(at, (begin, end))| {
                let last = end.plus_micros(-1);
                let from = begin.max(covers.0);
                let to = last.min(covers.1);
                let days = !matches!(self.histogram.buckets.step, Step::Micros(_));
                // Whole days are dates; a bucket cut by the filter's range is a pair of timestamps.
                let from = bound(from, self.zone, days && from == begin);
                let to = bound(to, self.zone, days && to == last);
                let left = self.across(begin);
                Bar {
                    place: (left, self.across(end) - left),
                    when: span_words(begin, end, self.histogram.buckets.step, self.zone),
                    href: (self.link)(&from, &to),
                    range: format!("{from}~{to}"),
                    rows: self.histogram.series.iter().map(|s| s.rows[at]).collect(),
                }
            })
            .collect()
    }

    /// The path of each kind's parts of the bars, stacked in the order of the kinds.
    #[allow(clippy::cast_precision_loss, reason = "rows as shares of a height")]
    fn areas(&self, bars: &[Bar]) -> Vec<String> {
        let peak = self.peak().max(1) as f64;
        let up = |rows: u64| rows as f64 / peak * f64::from(HEIGHT - 4);
        // About a pixel of space between bars; thin bars keep most of their width.
        let gap = |width: f64| (width * 0.25).min(ACROSS / 1_100.0);
        let mut floor: Vec<f64> = vec![f64::from(HEIGHT); bars.len()];
        let mut area = |nth: usize| {
            let mut path = String::new();
            for (bar, floor) in bars.iter().zip(&mut floor) {
                if bar.rows[nth] == 0 {
                    continue;
                }
                let height = up(bar.rows[nth]);
                *floor -= height;
                let (left, width) = bar.place;
                let wide = width - gap(width);
                // Writing to a `String` cannot fail.
                let _ = write!(
                    path,
                    "M{left:.0} {floor:.1}h{wide:.0}v{height:.1}h-{wide:.0}z"
                );
            }
            path
        };
        (0..self.histogram.series.len()).map(&mut area).collect()
    }

    /// The times below the bars.
    fn ticks(&self) -> Vec<Tick> {
        let edges = &self.histogram.buckets.edges;
        let (Some(first), Some(last)) = (edges.first(), edges.last()) else {
            return Vec::new();
        };
        let end = last.plus_micros(-1);
        let Some(ticks) = Buckets::covering(*first, end, self.zone, TICKS) else {
            return Vec::new();
        };
        let shown = ticks.edges.iter().filter(|at| *at >= first && *at < last);
        let tick = |at: &Timestamp| Tick {
            share: self.across(*at) / ACROSS * 100.0,
            words: tick_words(*at, ticks.step, self.zone),
        };
        shown.map(tick).collect()
    }

    /// `120 decisions, 60 executed, 12 blocked`.
    fn rows_words(&self, bar: &Bar) -> String {
        let total = bar.total();
        let noun = if total == 1 { self.noun.0 } else { self.noun.1 };
        let mut words = format!("{} {noun}", self.number(total));
        for (series, rows) in self.histogram.series.iter().zip(&bar.rows) {
            if *rows > 0 {
                let _ = write!(
                    words,
                    ", {} {}",
                    self.number(*rows),
                    kind_words(series.kind)
                );
            }
        }
        words
    }
}

/// A time below the bars.
struct Tick {
    /// Its position, in percent of the width.
    share: f64,
    /// The time, as short as the distance of the ticks allows.
    words: String,
}

/// The bars with their axis labels. They are not reachable with the Tab key, because a hundred tab stops would come
/// before the rows; [`ChartTable`] has the same links.
#[component]
pub fn ChartBars<'a>(
    /// The histogram.
    chart: &'a Chart<'a>,
    /// Its bars.
    bars: &'a [Bar],
) -> impl IntoView + use<> {
    let ticks = chart.ticks().into_iter();
    let kinds = chart.histogram.series.iter().zip(chart.areas(bars));
    let areas = kinds.map(|(series, path)| view! { <path class=class(series.kind) d=path /> });
    let links = bars.iter().map(|bar| {
        let title = format!("{}: {}", bar.when, chart.rows_words(bar));
        view! { <BarLink bar title /> }
    });
    view! {
        <svg class="bars" height=HEIGHT + FOOT aria-hidden="true">
            {ticks.map(|tick| view! { <TickMark tick /> }).collect_view()}
            <svg width="100%" height=HEIGHT viewBox=format!("0 0 {ACROSS} {HEIGHT}") preserveAspectRatio="none">
                {areas.collect_view()}
                {links.collect_view()}
            </svg>
        </svg>
    }
}

#[component]
fn TickMark(
    /// The time.
    tick: Tick,
) -> impl IntoView {
    let Tick { share, words } = tick;
    let x = format!("{share:.2}%");
    // A label that starts at the right edge would be clipped.
    let label = (share < 94.0).then(|| {
        // On a small screen a label is a fifth of the width.
        let class = if share < 80.0 {
            "tick-label"
        } else {
            "tick-label edge"
        };
        view! { <text class=class x=x.clone() y=HEIGHT + FOOT - 5>{words}</text> }
    });
    view! {
        <line class="tick" x1=x.clone() x2=x.clone() y2=HEIGHT />
        {label}
    }
}

/// A bar's column: a link, and the equivalent button of the filter form.
#[component]
fn BarLink<'a>(
    /// The histogram's bar.
    bar: &'a Bar,
    /// The tooltip.
    title: String,
) -> impl IntoView + use<> {
    let (left, width) = bar.place;
    let (x, width) = (format!("{left:.0}"), format!("{width:.0}"));
    view! {
        <g class="bar">
            <title>{title}</title>
            <a class="if-applied" href=bar.href.clone() tabindex="-1">
                <rect class="hit" x=x.clone() width=width.clone() />
            </a>
            <foreignObject class="if-changed" x=x width=width>
                <button form=FORM name=RANGE value=bar.range.clone() tabindex="-1"></button>
            </foreignObject>
        </g>
    }
}

/// The same numbers as a table, with the same links.
#[component]
pub fn ChartTable<'a>(
    /// The histogram.
    chart: &'a Chart<'a>,
    /// Its bars.
    bars: &'a [Bar],
) -> impl IntoView + use<> {
    let all = match chart.histogram.precision {
        Precision::Exact => "All",
        Precision::Sampled { .. } => "All, about",
    };
    let kinds = chart.histogram.series.iter().map(|series| {
        view! { <th scope="col">{kind_words(series.kind).to_owned()}</th> }
    });
    let rows = bars.iter().map(|bar| view! { <BarRow chart bar /> });
    view! {
        <table class="chart-table">
            <thead>
                <tr>
                    <th scope="col">"Time"</th>
                    <th scope="col">{all}</th>
                    {kinds.collect_view()}
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

#[component]
fn BarRow<'a>(
    /// The histogram.
    chart: &'a Chart<'a>,
    /// The histogram's bar.
    bar: &'a Bar,
) -> impl IntoView + use<> {
    let numbers = bar.rows.iter().map(|rows| chart.number(*rows));
    let numbers = numbers.map(|number| view! { <td>{number}</td> });
    view! {
        <tr>
            <th scope="row">
                <a class="if-applied" href=bar.href.clone()>{bar.when.clone()}</a>
                <button class="as-link if-changed" form=FORM name=RANGE value=bar.range.clone()>
                    {bar.when.clone()}
                </button>
            </th>
            <td>{chart.number(bar.total())}</td>
            {numbers.collect_view()}
        </tr>
    }
}

/// A bucket's end as a parameter; a date if it is the end of a local day.
fn bound(at: Timestamp, zone: Tz, whole_day: bool) -> String {
    let day = day_of(at, zone).filter(|_| whole_day);
    day.map_or_else(|| at.rfc3339(), |day| day.to_string())
}

fn plural(number: i64, unit: &str) -> String {
    match number {
        1 => unit.to_owned(),
        _ => format!("{number} {unit}s"),
    }
}

/// `3 hours`, `day`.
fn step_words(step: Step) -> String {
    match step {
        Step::Micros(micros) if micros % 3_600_000_000 == 0 => {
            plural(micros / 3_600_000_000, "hour")
        }
        Step::Micros(micros) if micros % 60_000_000 == 0 => plural(micros / 60_000_000, "minute"),
        Step::Micros(micros) if micros % 1_000_000 == 0 => plural(micros / 1_000_000, "second"),
        Step::Micros(micros) if micros % 1_000 == 0 => plural(micros / 1_000, "millisecond"),
        Step::Micros(micros) => plural(micros, "microsecond"),
        Step::Days(7) => "week".to_owned(),
        Step::Days(14) => "two weeks".to_owned(),
        Step::Days(days) => plural(i64::from(days), "day"),
        Step::Months(months) if months % 12 == 0 => plural(i64::from(months / 12), "year"),
        Step::Months(months) => plural(i64::from(months), "month"),
    }
}

fn format(at: Timestamp, zone: Tz, form: &str) -> String {
    at.to_chrono().map_or_else(
        || at.rfc3339(),
        |at| at.with_timezone(&zone).format(form).to_string(),
    )
}

/// A bucket's label, as short as its length allows.
fn span_words(begin: Timestamp, end: Timestamp, step: Step, zone: Tz) -> String {
    let (day, last) = ("%a %-d %b %Y", end.plus_micros(-1));
    match step {
        Step::Micros(micros) => {
            let clock = match micros {
                micros if micros % 60_000_000 == 0 => "%H:%M",
                micros if micros % 1_000_000 == 0 => "%H:%M:%S",
                _ => "%H:%M:%S%.6f",
            };
            format!(
                "{} {} – {}",
                format(begin, zone, day),
                format(begin, zone, clock),
                format(end, zone, clock)
            )
        }
        Step::Days(1) => format(begin, zone, day),
        Step::Days(_) => format!("{} – {}", format(begin, zone, day), format(last, zone, day)),
        Step::Months(1) => format(begin, zone, "%b %Y"),
        Step::Months(_) => format!(
            "{} – {}",
            format(begin, zone, "%b %Y"),
            format(last, zone, "%b %Y")
        ),
    }
}

/// A time below the bars.
fn tick_words(at: Timestamp, step: Step, zone: Tz) -> String {
    let at_midnight = at.shown_in(zone).clock == "00:00:00";
    let form = match step {
        Step::Micros(micros) if micros < 1_000_000 => "%H:%M:%S%.6f",
        Step::Micros(_) if at_midnight => "%a %-d %b",
        Step::Micros(micros) if micros < 60_000_000 => "%H:%M:%S",
        Step::Micros(_) => "%H:%M",
        Step::Days(_) => "%a %-d %b",
        Step::Months(months) if months < 12 => "%b %Y",
        Step::Months(_) => "%Y",
    };
    format(at, zone, form)
}
