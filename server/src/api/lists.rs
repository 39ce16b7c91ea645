//! `/api/v1/{view}`: a page as JSON objects with exactly the export's columns.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;
use domain::catalogue::View;
use domain::clock;
use domain::page::Page;
use store::engine::JsonRow;

use crate::auth::Reader;
use crate::error::AppError;
use crate::query::ApiQuery;
use crate::state::App;

/// `/api/v1/{view}`
///
/// # Errors
/// When the query is at fault or the database is away.
pub async fn list(
    State(app): State<App>,
    reader: Reader,
    ApiQuery(query): ApiQuery,
) -> Result<Response, AppError> {
    let now = clock::now();
    let window = query.window(query.tz.unwrap_or(Tz::UTC), now)?;
    let as_of = query.as_of(now);
    let (policy, auditor) = (&app.review_policy, &reader.auditor);
    let page = app
        .engine
        .json_page(policy, auditor, &query, window, as_of)
        .await?;
    Ok(answer(query.view, &page))
}

/// `{ "rows": […], "next": … }`, the rows as the database wrote them.
fn answer(view: View, page: &Page<JsonRow>) -> Response {
    let mut body = String::from("{\"rows\":[");
    for (at, row) in page.rows.iter().enumerate() {
        if at > 0 {
            body.push(',');
        }
        body.push_str(&row.json);
    }
    body.push_str("],\"next\":");
    match &page.next {
        // A cursor is base64url: nothing in it needs escaping.
        Some(cursor) => {
            body.push('"');
            body.push_str(&cursor.print(view));
            body.push('"');
        }
        None => body.push_str("null"),
    }
    body.push('}');
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], body).into_response()
}
