//! `/api/v1/{view}`: a page as JSON objects with exactly the export's columns.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;
use domain::clock;
use domain::cursor::CursorKey;
use domain::page::Page;
use domain::view::View;
use store::engine::{Exportable, JsonRow};

use crate::auth::Reader;
use crate::error::AppError;
use crate::query::ApiQuery;
use crate::state::App;

/// `/api/v1/{view}`
///
/// # Errors
/// When the query is at fault or the database is away.
pub async fn list<V: Exportable>(
    State(app): State<App>,
    reader: Reader,
    ApiQuery(query): ApiQuery<V>,
) -> Result<Response, AppError> {
    let now = clock::now();
    let window = query.window(query.tz.unwrap_or(Tz::UTC), now)?;
    let as_of = query.as_of(now);
    let page = V::json_page(
        &app.engine,
        &app.review_policy,
        &reader.auditor,
        &query,
        window,
        as_of,
    )
    .await?;
    Ok(answer(V::VIEW, &page))
}

/// `{ "rows": […], "next": … }`, the rows as the database wrote them.
fn answer<K: CursorKey>(view: View, page: &Page<JsonRow<K>>) -> Response {
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
