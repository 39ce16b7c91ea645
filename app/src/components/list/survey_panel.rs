//! The card over a list: how many rows, of which time, as a picture and as a table, with the exports of exactly
//! them.

use domain::amount::group_thousands;
use domain::filter::ListQuery;
use domain::histogram::{Histogram, Precision, Step, Survey};
use domain::page::Count;
use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use super::chart::{self, Chart};
use super::result_summary;
use super::result_summary::{exports, span_words};
use crate::components::text::counted;
use crate::document::LATE;
use crate::islands::Brush;
use crate::model::{ListPage, PageContext, SurveyPanel};

/// From this doubt on a percentage says nothing any more.
const TOO_UNSURE: f64 = 0.5;

/// The card, whose body is put in where [`LATE`] stands.
pub fn picture(ctx: &PageContext, page: &ListPage, survey: Option<&Survey>) -> AnyView {
    let count = match (page.count, survey) {
        (Count::NotCounted, Some(survey)) => survey.count,
        (count, _) => count,
    };
    let zone = page.query.tz.unwrap_or(ctx.zone);
    view! {
        <section class="sheet picture" slot="picture" aria-labelledby="shown">
            <header class="shown">
                <h2 id="shown">{result_summary::count_words(count, page.query.view.words.noun)}</h2>
                <p>
                    {span_words(&page.query, page.window, zone)}
                    " · "
                    {result_summary::zone_words(ctx, zone)}
                    {result_summary::ahead_words(ctx, page)}
                </p>
                <button class="btn facets-open" type="button" popovertarget="facets">"Facets"</button>
                {exports(ctx, page)}
            </header>
            {InertElement::new(LATE)}
        </section>
    }
    .into_any()
}

/// The bars, their table and what stands below them; or why there are none.
pub fn body(ctx: &PageContext, page: &ListPage, made: &SurveyPanel) -> AnyView {
    let histogram = made
        .survey()
        .and_then(|survey| survey.histogram.as_ref())
        .filter(|histogram| !histogram.series.is_empty());
    match histogram {
        Some(histogram) => drawn(ctx, page, histogram),
        None => unmade(page, made),
    }
}

/// What the colours are.
fn legend(histogram: &Histogram) -> AnyView {
    let items: Vec<AnyView> = histogram
        .series
        .iter()
        .map(|series| {
            let class = chart::class(series.kind);
            view! { <li><i class=class></i>{chart::kind_words(series.kind)}</li> }.into_any()
        })
        .collect();
    view! { <ul class="legend" aria-hidden="true">{items}</ul> }.into_any()
}

fn drawn(ctx: &PageContext, page: &ListPage, histogram: &Histogram) -> AnyView {
    let zone = page.query.tz.unwrap_or(ctx.zone);
    let to_bucket = page
        .query
        .pairs()
        .without(&["from", "to", "last", "tz", "after", "counts"]);
    // Days are days of a zone, and a link says of which.
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
    let (picture, table) = chart.drawn();
    let sure = precision(page, histogram.precision);
    let outside = (histogram.outside > 0).then(|| {
        let rows = counted(histogram.outside, page.query.view.words.noun);
        view! { <span>" · "{rows}" before the year 2000 or more than a day ahead of the clock, not in the picture"</span> }
    });
    view! {
        <div class="chart" data-chart="" inner_html=picture></div>
        <Brush />
        <div class="chart-foot">
            {legend(histogram)}
            <p>{chart.scale_words()}{sure}{outside}</p>
            <details class="twin">
                <summary>"As a table"</summary>
                <div class="twin-scroll" tabindex="0" role="region" aria-label="The picture as a table"
                    inner_html=table></div>
            </details>
        </div>
    }
    .into_any()
}

/// How sure the numbers are, and how to have them exact.
fn precision(page: &ListPage, precision: Precision) -> AnyView {
    match precision {
        Precision::Exact => view! { " · every row counted" }.into_any(),
        Precision::Sampled { one_in, within } => {
            let one_in = group_thousands(&format!("{one_in:.0}"));
            let right = if within < TOO_UNSURE {
                let percent = (within * 100.0).max(1.0);
                format!("the whole is right to about ± {percent:.0} %, a single bar less so")
            } else {
                "too few of them match to be sure of more than the size".to_owned()
            };
            view! {
                " · sampled, 1 row in "{one_in}"; "{right}". "
                {exact_link(page)}
            }
            .into_any()
        }
    }
}

fn exact_link(page: &ListPage) -> AnyView {
    let exact = ListQuery {
        exact_counts: true,
        ..page.query.clone()
    };
    let href = exact.pairs().link(&page.query.view.path());
    view! { <a href=href>"Count every row"</a> }.into_any()
}

/// In the picture's place.
fn unmade(page: &ListPage, made: &SurveyPanel) -> AnyView {
    let words = match made {
        SurveyPanel::Ready(made) if !made.survey.cut => return none(),
        SurveyPanel::Pending => "Loading chart…",
        SurveyPanel::Ready(_) => "The chart could not be counted within a page’s time limit.",
        SurveyPanel::Failed => "The chart could not be loaded. The rows below are complete.",
    };
    let again = page.query.pairs().link(&page.query.view.path());
    let exact = (!page.query.exact_counts).then(|| exact_link(page));
    view! {
        <div class="unmade">
            <p>{words}</p>
            <p class="menu-row"><a href=again>"Retry"</a>{exact}</p>
        </div>
    }
    .into_any()
}

fn none() -> AnyView {
    view! { <div class="unmade"><p>"No rows to chart."</p></div> }.into_any()
}
