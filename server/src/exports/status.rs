//! `/api/v1/exports/{key}`, `/exports/{key}/cancel` and `/exports/{key}/dismiss`: how far an export is, its end, and
//! what is told of that, for its owner.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::wire::ExportStatus;
use store::access::Subject;

use super::messages;
use super::progress::{End, Progress, ProgressSnapshot};
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
) -> Result<Json<ExportStatus>, AppError> {
    let owner = reader.visitor.user.subject();
    app.export_status(owner, &key).map(Json)
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
    app.cancel_export(reader.visitor.user.subject(), &key)?;
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

fn answer(snapshot: &ProgressSnapshot) -> ExportStatus {
    let (headline, detail) = messages::of(snapshot);
    ExportStatus {
        bytes: snapshot.bytes,
        detail,
        estimate: snapshot.estimate,
        headline,
        message: snapshot.message.clone(),
        place: snapshot.place,
        rest: snapshot.rest.as_ref().map(|rest| rest.address().to_owned()),
        rest_label: snapshot.rest.as_ref().map(|rest| rest.label().to_owned()),
        rows: snapshot.rows,
        rows_per_second: snapshot.rows_per_second(),
        seconds: snapshot.elapsed.as_secs(),
        seconds_left: snapshot.seconds_left(),
        state: snapshot.state,
    }
}

impl App {
    /// How far the person's export of this key is.
    ///
    /// # Errors
    /// When they have no export of this key, or had one some minutes ago.
    pub fn export_status(&self, owner: Subject, key: &str) -> Result<ExportStatus, AppError> {
        let progress = find(self, owner, key)?;
        Ok(answer(&progress.snapshot(self.exports.queue())))
    }

    /// Cancels the person's export of this key; one that has ended stays as it is.
    ///
    /// # Errors
    /// When they have no export of this key.
    pub fn cancel_export(&self, owner: Subject, key: &str) -> Result<ExportStatus, AppError> {
        find(self, owner, key)?.finish(End::Cancelled);
        self.export_status(owner, key)
    }
}
