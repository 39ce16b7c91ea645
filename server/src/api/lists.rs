//! `/api/v1/{view}`: a page as JSON objects with exactly the export's columns.

use axum::Json;
use axum::extract::State;
use chrono_tz::Tz;
use domain::catalogue::View;
use domain::clock;
use domain::page::Page;
use domain::wire;
use serde_json::value::RawValue;
use store::StoreError;
use store::engine::JsonRow;

use crate::auth::Reader;
use crate::error::AppError;
use crate::query::ApiQuery;
use crate::state::App;

/// `/api/v1/{view}`
///
/// # Errors
/// When the query is invalid or the database is unavailable.
pub async fn list(
    State(app): State<App>,
    reader: Reader,
    ApiQuery(query): ApiQuery,
) -> Result<Json<wire::ListAnswer<Box<RawValue>>>, AppError> {
    let now = clock::now();
    let window = query.window(query.tz.unwrap_or(Tz::UTC), now)?;
    let as_of = query.as_of(now);
    let (policy, auditor) = (&app.review_policy, &reader.auditor);
    let page = app
        .engine
        .json_page(policy, auditor, &query, window, as_of)
        .await?;
    Ok(Json(answer(query.view, page)?))
}

/// The rows are sent as the database wrote them.
fn answer(view: View, page: Page<JsonRow>) -> Result<wire::ListAnswer<Box<RawValue>>, StoreError> {
    let rows = page.rows.into_iter().map(|row| {
        RawValue::from_string(row.json).map_err(|error| StoreError::Refused(error.to_string()))
    });
    Ok(wire::ListAnswer {
        rows: rows.collect::<Result<_, _>>()?,
        next: page.next.map(|cursor| cursor.print(view)),
    })
}
