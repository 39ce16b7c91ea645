//! The card over a list: how many rows, of which time, as a picture and as a table, with the exports of exactly
//! them.

use domain::amount::group_thousands;
use domain::filter::{ListQuery, ViewFilter};
use domain::histogram::{Histogram, Step, Sureness, Survey};
use domain::page::{Count, Keyed};
use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use super::chart::{self, Chart};
use super::shown::{exports, span_words};
use super::{Shape, shown};
use crate::components::text::counted;
use crate::document::LATE;
use crate::islands::Brush;
use crate::model::{Frame, ListPage, Picture};

/// From this doubt on a percentage says nothing any more.
const TOO_UNSURE: f64 = 0.5;

/// The card, whose body is put in where [`LATE`] stands.
pub fn picture<F, T>(
    frame: &Frame,
    page: &ListPage<F, T>,
    shape: &Shape,
    survey: Option<&Survey>,
) -> AnyView
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let count = match (page.count, survey) {
        (Count::NotCounted, Some(survey)) => survey.count,
        (count, _) => count,
    };
    let zone = page.query.tz.unwrap_or(frame.zone);
    view! {
        <section class="sheet picture" slot="picture" aria-labelledby="shown">
            <header class="shown">
                <h2 id="shown">{shown::count_words(count, shape.noun)}</h2>
                <p>
                    {span_words(&page.query, page.window, zone)}
                    " · "
                    {shown::zone_words(frame, zone)}
                    {shown::ahead_words(frame, page)}
                </p>
                <button class="btn facets-open" type="button" popovertarget="facets">"Facets"</button>
                {exports(frame, page, shape)}
            </header>
            {InertElement::new(LATE)}
        </section>
    }
    .into_any()
}

/// The bars, their table and what stands below them; or why there are none.
pub fn body<F, T>(frame: &Frame, page: &ListPage<F, T>, shape: &Shape, made: &Picture) -> AnyView
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let histogram = made
        .survey()
        .and_then(|survey| survey.histogram.as_ref())
        .filter(|histogram| !histogram.series.is_empty());
    match histogram {
        Some(histogram) => drawn(frame, page, shape, histogram),
        None => unmade(page, made),
    }
}

/// What the colours are.
fn legend(histogram: &Histogram) -> AnyView {
    let items: Vec<AnyView> = histogram
        .series
        .iter()
        .map(|series| {
            let class = chart::class(series.word);
            view! { <li><i class=class></i>{chart::kind_words(series.word)}</li> }.into_any()
        })
        .collect();
    view! { <ul class="legend" aria-hidden="true">{items}</ul> }.into_any()
}

fn drawn<F, T>(
    frame: &Frame,
    page: &ListPage<F, T>,
    shape: &Shape,
    histogram: &Histogram,
) -> AnyView
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let zone = page.query.tz.unwrap_or(frame.zone);
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
        noun: shape.noun,
        link: &|from, to| {
            let pairs = to_bucket.clone().with("from", from).with("to", to);
            pairs.link(&super::path::<F>())
        },
    };
    let (picture, table) = chart.drawn();
    let sure = sureness(page, histogram.sureness);
    let outside = (histogram.outside > 0).then(|| {
        let rows = counted(histogram.outside, shape.noun);
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
fn sureness<F, T>(page: &ListPage<F, T>, sureness: Sureness) -> AnyView
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    match sureness {
        Sureness::Exact => view! { " · every row counted" }.into_any(),
        Sureness::Sampled { one_in, within } => {
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

fn exact_link<F, T>(page: &ListPage<F, T>) -> AnyView
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let exact = ListQuery {
        exact_counts: true,
        ..page.query.clone()
    };
    let href = exact.pairs().link(&super::path::<F>());
    view! { <a href=href>"Count every row"</a> }.into_any()
}

/// In the picture's place.
fn unmade<F, T>(page: &ListPage<F, T>, made: &Picture) -> AnyView
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let words = match made {
        Picture::Made(made) if !made.survey.cut => return none(),
        Picture::Late => {
            "The picture of time is still being counted. It is there when the page is loaded again."
        }
        Picture::Made(_) => "The picture of time could not be counted in the time that a page has.",
        Picture::Failed => "The picture of time could not be made. The rows below are whole.",
    };
    let again = page.query.pairs().link(&super::path::<F>());
    let exact = (!page.query.exact_counts).then(|| exact_link(page));
    view! {
        <div class="unmade">
            <p>{words}</p>
            <p class="menu-row"><a href=again>"Load again"</a>{exact}</p>
        </div>
    }
    .into_any()
}

fn none() -> AnyView {
    view! { <div class="unmade"><p>"Nothing to draw: no row matches."</p></div> }.into_any()
}
