//! `/api/v1/{view}/survey`: what a list's rows amount to: how many, when, and which values they have.

use axum::Json;
use axum::extract::State;
use chrono_tz::Tz;
use domain::clock;
use domain::histogram::{Facet, Histogram, Precision, Survey};
use domain::page::Count;
use serde_json::{Value, json};
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
) -> Result<Json<Value>, AppError> {
    let Source::Engine(view) = source(query.view) else {
        return Err(AppError::NotFound("survey"));
    };
    let scope = Scope::of(&query, query.tz.unwrap_or(Tz::UTC), clock::now())?;
    let made = app.whole_survey(&reader, view, &query, scope).await?;
    Ok(Json(told(&made.survey)))
}

fn told(survey: &Survey) -> Value {
    let (rows, sure) = match survey.count {
        Count::Exact(rows) => (Some(rows), "exact"),
        Count::About(rows) => (Some(rows), "about"),
        Count::MoreThan(rows) => (Some(rows), "more"),
        Count::NotCounted => (None, "unknown"),
    };
    json!({
        "made_at": survey.made_at.rfc3339(),
        "count": { "rows": rows, "is": sure },
        "histogram": survey.histogram.as_ref().map(histogram),
        "facets": survey.facets.iter().map(facet).collect::<Vec<_>>(),
        "complete": !survey.cut,
    })
}

fn precision(precision: Precision) -> Value {
    match precision {
        Precision::Exact => json!({ "exact": true }),
        Precision::Sampled { one_in, within } => {
            json!({ "exact": false, "one_in": one_in, "within": within })
        }
    }
}

fn histogram(histogram: &Histogram) -> Value {
    let edges = &histogram.buckets.edges;
    let series = histogram.series.iter();
    json!({
        "edges": edges.iter().map(|edge| edge.rfc3339()).collect::<Vec<_>>(),
        "series": series
            .map(|series| json!({ "kind": series.kind, "rows": series.rows }))
            .collect::<Vec<_>>(),
        "outside": histogram.outside,
        "sureness": precision(histogram.precision),
    })
}

fn facet(facet: &Facet) -> Value {
    let values = facet.values.iter();
    json!({
        "param": facet.param,
        "values": values
            .map(|value| json!({ "value": value.value, "name": value.name, "rows": value.rows }))
            .collect::<Vec<_>>(),
        "more": facet.more,
        "sureness": precision(facet.precision),
    })
}
