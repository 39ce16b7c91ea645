//! The card over a list: the number of rows, their time range, the histogram with its table, and the exports of
//! exactly these rows.

use domain::amount::group_thousands;
use domain::filter::ListQuery;
use domain::histogram::{Histogram, Precision, Step, Survey};
use domain::page::Count;
use leptos::either::Either;
use leptos::prelude::*;

use super::chart::{self, Chart, ChartBars, ChartTable};
use super::result_summary::{AheadRows, Exports, WindowSpan, ZoneName, count_words};
use crate::components::text::counted;
use crate::islands::Brush;
use crate::model::{ListPage, PageContext, SurveyPanel};

/// From this relative error on, no percentage is shown.
const TOO_UNSURE: f64 = 0.5;

/// Opens the card.
pub const CARD: &str =
    r#"<section slot="histogram" aria-labelledby="result-count" class="sheet histogram">"#;
/// Closes what [`CARD`] opens.
pub const CARD_END: &str = "</section>";

/// The card's header.
#[component]
pub fn SurveyHeader<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
    /// The survey of its rows, if it is known.
    survey: Option<&'a Survey>,
) -> impl IntoView + use<> {
    let count = match (page.count, survey) {
        (Count::NotCounted, Some(survey)) => survey.count,
        (count, _) => count,
    };
    let zone = page.query.tz.unwrap_or(ctx.zone);
    view! {
        <header class="result-summary">
            <h2 id="result-count">{count_words(count, page.query.view.words.noun)}</h2>
            <p>
                <WindowSpan query=&page.query window=page.window zone />
                " · "
                <ZoneName ctx zone />
                <AheadRows ctx page />
            </p>
            <button class="btn facets-open" type="button" popovertarget="facets">"Facets"</button>
            <Exports ctx page />
        </header>
    }
}

/// The histogram with its table and legend, or the reason why there is none.
#[component]
pub fn SurveyBody<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
    /// The survey of its rows, or the reason why there is none.
    panel: &'a SurveyPanel,
) -> impl IntoView + use<> {
    let histogram = panel
        .survey()
        .and_then(|survey| survey.histogram.as_ref())
        .filter(|histogram| !histogram.series.is_empty());
    match histogram {
        Some(histogram) => Either::Left(view! { <ChartWithFoot ctx page histogram /> }),
        None => Either::Right(view! { <NoChart page panel /> }),
    }
}

/// The meaning of the colours.
#[component]
fn Legend<'a>(
    /// The histogram.
    histogram: &'a Histogram,
) -> impl IntoView + use<> {
    let items = histogram.series.iter().map(|series| {
        let class = chart::class(series.kind);
        view! { <li><i class=class></i>{chart::kind_words(series.kind).to_owned()}</li> }
    });
    view! { <ul class="legend" aria-hidden="true">{items.collect_view()}</ul> }
}

#[component]
fn ChartWithFoot<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
    /// The numbers.
    histogram: &'a Histogram,
) -> impl IntoView + use<> {
    let zone = page.query.tz.unwrap_or(ctx.zone);
    let to_bucket = page
        .query
        .pairs()
        .without(&["from", "to", "last", "tz", "after", "counts"]);
    // Days depend on the zone, so the link names it.
    let to_bucket = match (page.query.tz, histogram.buckets.step) {
        (Some(tz), _) => to_bucket.with("tz", tz.name()),
        (None, Step::Days(_) | Step::Months(_)) => to_bucket.with("tz", zone.name()),
        (None, Step::Micros(_)) => to_bucket,
    };
    let chart = Chart {
        histogram,
        zone,
        noun: page.query.view.words.noun,
        link: &|from, to| {
            let pairs = to_bucket.clone().with("from", from).with("to", to);
            pairs.link(&page.query.view.path())
        },
    };
    let bars = chart.bars();
    let outside = (histogram.outside > 0).then(|| {
        let rows = counted(histogram.outside, page.query.view.words.noun);
        let words = format!(
            " · {rows} before the year 2000 or more than a day ahead of the clock, not in the picture"
        );
        view! { <span>{words}</span> }
    });
    let svg = view! { <ChartBars chart=&chart bars=&bars /> };
    view! {
        <div class="chart">
            <Brush>{svg}</Brush>
        </div>
        <div class="chart-foot">
            <Legend histogram />
            <p>{chart.scale_words()}<PrecisionWords page precision=histogram.precision />{outside}</p>
            <details class="chart-data">
                <summary>"As a table"</summary>
                <div class="chart-table-scroll" tabindex="0" role="region" aria-label="The picture as a table">
                    <ChartTable chart=&chart bars=&bars />
                </div>
            </details>
        </div>
    }
}

/// The precision of the numbers, with a link to exact ones.
#[component]
fn PrecisionWords<'a>(
    /// The list.
    page: &'a ListPage,
    /// How the rows were counted.
    precision: Precision,
) -> impl IntoView + use<> {
    match precision {
        Precision::Exact => Either::Left(" · every row counted"),
        Precision::Sampled { one_in, within } => {
            let one_in = group_thousands(&format!("{one_in:.0}"));
            let right = if within < TOO_UNSURE {
                let percent = (within * 100.0).max(1.0);
                format!("the whole is right to about ± {percent:.0} %, a single bar less so")
            } else {
                "too few of them match to be sure of more than the size".to_owned()
            };
            Either::Right(view! {
                {format!(" · sampled, 1 row in {one_in}; {right}. ")}
                <ExactLink page />
            })
        }
    }
}

#[component]
fn ExactLink<'a>(
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let exact = ListQuery {
        exact_counts: true,
        ..page.query.clone()
    };
    let href = exact.pairs().link(&page.query.view.path());
    view! { <a href=href>"Count every row"</a> }
}

/// Stands in place of the histogram.
#[component]
fn NoChart<'a>(
    /// The list.
    page: &'a ListPage,
    /// Why there is none.
    panel: &'a SurveyPanel,
) -> impl IntoView + use<> {
    let words = match panel {
        SurveyPanel::Ready(cached) if !cached.survey.cut => {
            return Either::Left(
                view! { <div class="histogram-placeholder"><p>"No rows to chart."</p></div> },
            );
        }
        SurveyPanel::Pending => "Loading chart…",
        SurveyPanel::Ready(_) => "The chart could not be counted within a page’s time limit.",
        SurveyPanel::Failed => "The chart could not be loaded. The rows below are complete.",
    };
    let again = page.query.pairs().link(&page.query.view.path());
    let exact = (!page.query.exact_counts).then(|| view! { <ExactLink page /> });
    Either::Right(view! {
        <div class="histogram-placeholder">
            <p>{words}</p>
            <p class="menu-row"><a href=again>"Retry"</a>{exact}</p>
        </div>
    })
}
