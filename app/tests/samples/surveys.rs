//! Surveys, and complete list pages.

use std::sync::Arc;

use app::model::{CachedSurvey, DeferredPart, ListPage, PageContext, Streamed, SurveyPanel};
use app::pages;
use chrono_tz::Tz;
use domain::histogram::{Buckets, Facet, FacetValue, Histogram, Precision, Series, Survey};
use domain::page::Count;

use super::{at, now};

pub fn trades_html(ctx: &PageContext, page: &ListPage) -> String {
    let late = pages::list_deferred(ctx, page, &survey_panel(Precision::Exact));
    whole(pages::list(ctx, page), late)
}

pub fn signals_html(ctx: &PageContext, page: &ListPage) -> String {
    let late = pages::list_deferred(ctx, page, &SurveyPanel::Pending);
    whole(pages::list(ctx, page), late)
}

pub fn events_html(ctx: &PageContext, page: &ListPage) -> String {
    let late = pages::list_deferred(ctx, page, &SurveyPanel::Failed);
    whole(pages::list(ctx, page), late)
}

/// The document as it is when everything has come.
fn whole(page: Streamed, late: DeferredPart) -> String {
    let DeferredPart {
        head,
        drawn,
        between,
    } = late;
    let Streamed {
        before,
        rows,
        after,
    } = page;
    [
        &before,
        &rows,
        &head,
        &drawn.chart,
        &between,
        &drawn.facets,
        &after,
    ]
    .map(String::as_str)
    .concat()
}

pub const SAMPLED: Precision = Precision::Sampled {
    one_in: 1_250.0,
    within: 0.034,
};

/// A week of trade decisions with values that somebody hostile wrote.
pub fn survey_panel(precision: Precision) -> SurveyPanel {
    let covers = (
        at("2026-11-15T13:00:00Z"),
        at("2026-11-22T12:59:59.999999Z"),
    );
    let buckets = Buckets::covering(covers.0, covers.1, Tz::Australia__Sydney, Buckets::MOST);
    let buckets = buckets.unwrap();
    let rows = |factor: u64| {
        (0..buckets.len() as u64)
            .map(|nth| nth % 7 * factor)
            .collect()
    };
    let series = vec![
        Series {
            kind: "executed",
            rows: rows(3),
        },
        Series {
            kind: "executed+blocked",
            rows: rows(0),
        },
        Series {
            kind: "blocked",
            rows: rows(1),
        },
    ];
    let value = |value: &str, rows| FacetValue {
        value: value.to_owned(),
        name: None,
        rows: Some(rows),
    };
    let facet = |param, values| Facet {
        param,
        values,
        more: false,
        precision,
    };
    SurveyPanel::Ready(Arc::new(CachedSurvey::new(Survey {
        made_at: now(),
        count: match precision {
            Precision::Exact => Count::Exact(2_148),
            Precision::Sampled { .. } => Count::about(2_148_321),
        },
        histogram: Some(Histogram {
            buckets,
            covers,
            series,
            outside: 2,
            precision,
        }),
        facets: vec![
            facet(
                "outcome",
                vec![value("executed", 1_204), value("hold", 745)],
            ),
            facet(
                "asset",
                vec![
                    value("BTC", 611),
                    value("!<script>alert(1)</script>", 3),
                    value("", 2),
                ],
            ),
        ],
        cut: false,
    })))
}
