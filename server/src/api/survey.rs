//! `/api/v1/{view}/survey`: what a list's rows amount to: how many, when, and which values they have.

use axum::Json;
use axum::extract::State;
use chrono_tz::Tz;
use domain::clock;
use domain::histogram::{Facet, Histogram, Precision, Survey};
use domain::page::Count;
use domain::wire;
use domain::wire::CountPrecision;
use store::engine::Scope;
use store::views::{Source, source};

use crate::auth::Reader;
use crate::error::AppError;
use crate::query::ApiQuery;
use crate::state::App;

/// `/api/v1/{view}/survey`
///
/// # Errors
/// When the query is at fault or the database is away.
pub async fn survey(
    State(app): State<App>,
    reader: Reader,
    ApiQuery(query): ApiQuery,
) -> Result<Json<wire::Survey>, AppError> {
    let Source::Engine(view) = source(query.view) else {
        return Err(AppError::NotFound("survey"));
    };
    let scope = Scope::of(&query, query.tz.unwrap_or(Tz::UTC), clock::now())?;
    let made = app.whole_survey(&reader, view, &query, scope).await?;
    Ok(Json(answer(&made.survey)))
}

fn answer(survey: &Survey) -> wire::Survey {
    wire::Survey {
        complete: !survey.cut,
        count: count(survey.count),
        facets: survey.facets.iter().map(facet).collect(),
        histogram: survey.histogram.as_ref().map(histogram),
        made_at: survey.made_at,
    }
}

const fn count(count: Count) -> wire::SurveyCount {
    let (precision, rows) = match count {
        Count::Exact(rows) => (CountPrecision::Exact, Some(rows)),
        Count::About(rows) => (CountPrecision::About, Some(rows)),
        Count::MoreThan(rows) => (CountPrecision::More, Some(rows)),
        Count::NotCounted => (CountPrecision::Unknown, None),
    };
    wire::SurveyCount { precision, rows }
}

const fn precision(precision: Precision) -> wire::Precision {
    let (one_in, within) = match precision {
        Precision::Exact => (None, None),
        Precision::Sampled { one_in, within } => (Some(one_in), Some(within)),
    };
    wire::Precision {
        exact: one_in.is_none(),
        one_in,
        within,
    }
}

fn histogram(histogram: &Histogram) -> wire::SurveyHistogram {
    let series = histogram.series.iter().map(|series| wire::SurveySeries {
        kind: series.kind.to_owned(),
        rows: series.rows.clone(),
    });
    wire::SurveyHistogram {
        edges: histogram.buckets.edges.clone(),
        outside: histogram.outside,
        series: series.collect(),
        precision: precision(histogram.precision),
    }
}

fn facet(facet: &Facet) -> wire::SurveyFacet {
    let values = facet.values.iter().map(|value| wire::SurveyFacetValue {
        name: value.name.clone(),
        rows: value.rows,
        value: value.value.clone(),
    });
    wire::SurveyFacet {
        more: facet.more,
        param: facet.param.to_owned(),
        precision: precision(facet.precision),
        values: values.collect(),
    }
}
