//! Exports: `/{view}.csv` and `/{view}.jsonl`, all rows that the query matches, and the timeline and leaks of an episode.
//!
//! * [`mod@queue`]: decides who runs and who waits.
//! * [`service`]: an export from the queue to its last row.
//! * [`progress`], [`registry`]: the progress of exports, for their owners.
//! * [`rest`]: the address of the rows that a truncated export lacks.
//! * [`access_watch`]: ends exports whose owner loses the right to read.
//! * [`status`]: the routes that report the progress, and cancel.

pub mod access_watch;
mod messages;
pub mod progress;
pub mod queue;
pub mod refusal;
pub mod registry;
pub mod rest;
pub mod service;
pub mod status;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chrono_tz::Tz;
use domain::clock;
use domain::csv::FormulaGuard;
use domain::dossier::Span;
use domain::file_name::file_name;
use domain::filter::{ListQuery, Window};
use store::engine::{EpisodeExport, ExportFormat};
use uuid::Uuid;

use crate::auth::Reader;
use crate::error::AppError;
use crate::layers::HANDLER_TIMEOUT;
use crate::listen::ConnectionHandle;
use crate::pages::details::uuid;
use crate::pages::episode::{EPISODE, find_episode};
use crate::query::{CsvExportQuery, CsvSpanQuery, ExportQuery, NoParams, RawFlagQuery, SpanQuery};
use crate::state::App;
use progress::Progress;
use refusal::Refusal;
use service::RunningExport;

/// The place at which an export joined the queue; 0 ran at once.
const PLACE_IN_LINE: HeaderName = HeaderName::from_static("x-place-in-line");

/// The account that asks for an export, and the connection on which it is sent, where that is known.
pub struct ExportRequest {
    reader: Reader,
    handle: Option<ConnectionHandle>,
}

impl FromRequestParts<App> for ExportRequest {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        Ok(Self {
            reader: Reader::from_request_parts(parts, app).await?,
            handle: parts.extensions.get().cloned(),
        })
    }
}

/// `/{view}.csv`
///
/// # Errors
/// When the query is invalid or the export cannot begin.
pub async fn csv(
    State(app): State<App>,
    asked: ExportRequest,
    CsvExportQuery(query, guard, key): CsvExportQuery,
) -> Result<Response, AppError> {
    export(&app, asked, (query, key), ExportFormat::Csv(guard)).await
}

/// `/{view}.jsonl`
///
/// # Errors
/// As [`csv`].
pub async fn json_lines(
    State(app): State<App>,
    asked: ExportRequest,
    ExportQuery(query, key): ExportQuery,
) -> Result<Response, AppError> {
    export(&app, asked, (query, key), ExportFormat::JsonLines).await
}

/// `/kill-switch/{id}/timeline.csv`
///
/// # Errors
/// When there is no such episode, the query is invalid, or the export cannot begin.
pub async fn timeline_csv(
    State(app): State<App>,
    asked: ExportRequest,
    Path(id): Path<String>,
    CsvSpanQuery(query, guard): CsvSpanQuery,
) -> Result<Response, AppError> {
    let format = ExportFormat::Csv(guard);
    episode_export(&app, asked, &id, EpisodeExport::Timeline, query, format).await
}

/// `/kill-switch/{id}/timeline.jsonl`
///
/// # Errors
/// As [`timeline_csv`].
pub async fn timeline_json_lines(
    State(app): State<App>,
    asked: ExportRequest,
    Path(id): Path<String>,
    query: SpanQuery,
) -> Result<Response, AppError> {
    let format = ExportFormat::JsonLines;
    episode_export(&app, asked, &id, EpisodeExport::Timeline, query, format).await
}

/// `/kill-switch/{id}/leaks.csv`
///
/// # Errors
/// When there is no such episode, a parameter but `raw` is given, or the export cannot begin.
pub async fn leaks_csv(
    State(app): State<App>,
    asked: ExportRequest,
    Path(id): Path<String>,
    RawFlagQuery(guard): RawFlagQuery,
) -> Result<Response, AppError> {
    let (query, format) = (SpanQuery::default(), ExportFormat::Csv(guard));
    episode_export(&app, asked, &id, EpisodeExport::Leaks, query, format).await
}

/// `/kill-switch/{id}/leaks.jsonl`
///
/// # Errors
/// As [`leaks_csv`].
pub async fn leaks_json_lines(
    State(app): State<App>,
    asked: ExportRequest,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<Response, AppError> {
    let (query, format) = (SpanQuery::default(), ExportFormat::JsonLines);
    episode_export(&app, asked, &id, EpisodeExport::Leaks, query, format).await
}

async fn episode_export(
    app: &App,
    ExportRequest { reader, handle }: ExportRequest,
    id: &str,
    of: EpisodeExport,
    query: SpanQuery,
    format: ExportFormat,
) -> Result<Response, AppError> {
    let id = uuid(id, EPISODE)?;
    let episode = Box::pin(find_episode(app, &reader.auditor, id));
    let episode = tokio::time::timeout(HANDLER_TIMEOUT, episode)
        .await
        .map_err(|_| Refusal::Slow)??;
    let whole = Span::around(&episode, clock::now());
    let zone = query.tz.unwrap_or(Tz::UTC);
    let span = query.span(whole, zone)?;
    let owner = reader.visitor.user.subject();
    let what = match of {
        EpisodeExport::Timeline => "timeline",
        EpisodeExport::Leaks => "leaks",
    };
    let path = format!("/kill-switch/{id}/{what}");
    let progress = Progress::new(what, rest::of_moments(&path, of, span, format));
    let progress = app.exports.follow(&reader.visitor, None, progress)?;
    let start = app
        .engine
        .export_moments(&reader.auditor, &episode, of, span, format);
    let begun = app.exports.begin(owner, progress, Box::pin(start)).await?;
    // Not before: after a refusal the rest is still offered.
    app.exports
        .registry()
        .mark_resumed(owner, &reader.visitor.here);
    let window = Window {
        from: Some(span.from),
        to: Some(span.to.plus_micros(-1)),
    };
    let what = format!("kill-switch_{id}_{what}");
    let name = file_name(&what, window, zone, clock::now(), ending(format));
    Ok(download(begun, handle, &name, format))
}

async fn export(
    app: &App,
    ExportRequest { reader, handle }: ExportRequest,
    (query, key): (ListQuery, Option<Uuid>),
    format: ExportFormat,
) -> Result<Response, AppError> {
    let (now, zone) = (clock::now(), query.tz.unwrap_or(Tz::UTC));
    let window = query.window(zone, now)?;
    let owner = reader.visitor.user.subject();
    let rest_of = rest::of_list(query.clone(), window, format, now);
    let progress = Progress::new(query.view.name, rest_of);
    let progress = app.exports.follow(&reader.visitor, key, progress)?;
    // The number of rows after a cursor cannot be estimated.
    if key.is_some() && query.after.is_none() {
        estimate(app, &reader, query.clone(), window, &progress);
    }
    let (policy, auditor) = (&app.review_policy, &reader.auditor);
    let start = app.engine.export(policy, auditor, &query, window, format);
    let begun = app.exports.begin(owner, progress, Box::pin(start)).await?;
    // Not before: after a refusal the rest is still offered.
    app.exports
        .registry()
        .mark_resumed(owner, &reader.visitor.here);
    let name = file_name(query.view.name, window, zone, now, ending(format));
    Ok(download(begun, handle, &name, format))
}

/// Estimates the number of rows beside the export, which does not wait for it.
fn estimate(
    app: &App,
    reader: &Reader,
    query: ListQuery,
    window: Window,
    progress: &Arc<Progress>,
) {
    let (app, auditor, progress) = (app.clone(), reader.auditor, Arc::clone(progress));
    tokio::spawn(async move {
        match app
            .engine
            .estimate(&app.review_policy, &auditor, &query, window)
            .await
        {
            Ok(Some(rows)) => progress.set_estimate(rows),
            Ok(None) => {}
            Err(error) => tracing::debug!(%error, "the rows of an export could not be estimated"),
        }
    });
}

const fn ending(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv(FormulaGuard::On) => "csv",
        ExportFormat::Csv(FormulaGuard::Off) => "raw.csv",
        ExportFormat::JsonLines => "jsonl",
    }
}

/// The export as a response.
fn download(
    begun: RunningExport,
    handle: Option<ConnectionHandle>,
    name: &str,
    format: ExportFormat,
) -> Response {
    let kind = match format {
        ExportFormat::Csv(_) => "text/csv; charset=utf-8; header=present",
        ExportFormat::JsonLines => "application/jsonl; charset=utf-8",
    };
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition)
                .unwrap_or_else(|_| HeaderValue::from_static("attachment")),
        ),
        (PLACE_IN_LINE, HeaderValue::from(begun.place)),
    ];
    (headers, Body::from_stream(begun.body(handle))).into_response()
}
