//! `/api/v1/exports/{key}`, `/exports/{key}/cancel` and `/exports/{key}/dismiss`: how far an export is, its end, and
//! what is told of that, for its owner.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde_json::{Value, json};
use store::access::Subject;

use super::messages;
use super::progress::{End, Progress, ProgressSnapshot};
use super::rest::Rest;
use crate::auth::login::local_path;
use crate::auth::{PassiveReader, Reader};
use crate::error::AppError;
use crate::pages::details::uuid;
use crate::query::NoParams;
use crate::state::App;

/// What the address names, for the sentence that there is none.
const EXPORT: &str = "export";

/// `/api/v1/exports/{key}`. It does not keep the session alive: a page asks by itself.
///
/// # Errors
/// When the person has no export of this key, or had one some minutes ago.
pub async fn progress(
    State(app): State<App>,
    PassiveReader(reader): PassiveReader,
    Path(key): Path<String>,
    _: NoParams,
) -> Result<Json<Value>, AppError> {
    let progress = find(&app, reader.visitor.user.subject(), &key)?;
    Ok(Json(answer(&progress.snapshot(app.exports.queue()))))
}

/// `POST /exports/{key}/cancel`: 204 for a program, for a form back to where it stood. An export that has
/// ended stays as it is.
///
/// # Errors
/// When the person has no export of this key.
pub async fn cancel(
    State(app): State<App>,
    reader: Reader,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    find(&app, reader.visitor.user.subject(), &key)?.finish(End::Cancelled);
    Ok(done(&headers))
}

/// `POST /exports/{key}/dismiss`: pages tell no more that it was cut off. It answers as [`cancel`] does.
///
/// # Errors
/// When the person has no export of this key.
pub async fn dismiss(
    State(app): State<App>,
    reader: Reader,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    find(&app, reader.visitor.user.subject(), &key)?.dismiss();
    Ok(done(&headers))
}

/// 204 for a program, for a form back to where it stood.
fn done(headers: &HeaderMap) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if text(header::ACCEPT).is_some_and(|accept| accept.contains("application/json")) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let came_from = text(header::REFERER).and_then(|referer| referer.parse::<Uri>().ok());
    let path = came_from.as_ref().and_then(Uri::path_and_query);
    let back = local_path(path.map_or("/", |path| path.as_str()));
    Redirect::to(&back).into_response()
}

fn find(app: &App, owner: Subject, key: &str) -> Result<Arc<Progress>, AppError> {
    let key = uuid(key, EXPORT)?;
    let found = app.exports.registry().find(owner, key);
    found.ok_or(AppError::NotFound(EXPORT))
}

fn answer(snapshot: &ProgressSnapshot) -> Value {
    let (headline, detail) = messages::of(snapshot);
    json!({
        "state": snapshot.state,
        "place": snapshot.place,
        "rows": snapshot.rows,
        "bytes": snapshot.bytes,
        "seconds": snapshot.elapsed.as_secs(),
        "rows_per_second": snapshot.rows_per_second(),
        "estimate": snapshot.estimate,
        "seconds_left": snapshot.seconds_left(),
        "message": snapshot.message,
        "rest": snapshot.rest.as_ref().map(Rest::address),
        "rest_label": snapshot.rest.as_ref().map(Rest::label),
        "headline": headline,
        "detail": detail,
    })
}
