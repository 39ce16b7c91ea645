//! `/{view}.csv` and `/{view}.jsonl`: everything that the same query string matches. And one episode's
//! timeline and leaks.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono_tz::Tz;
use domain::clock;
use domain::csv::FormulaGuard;
use domain::dossier::Span;
use domain::filter::{ListQuery, Window};
use domain::time::Timestamp;
use domain::view::View;
use domain::zone::day_of;
use futures::Stream;
use store::engine::{Export, ExportFormat, Exportable, MomentsOf};

use crate::auth::Reader;
use crate::failure::Failure;
use crate::pages::details::uuid;
use crate::pages::episode::{EPISODE, find_episode};
use crate::query::{NoParams, OnlyRaw, SpanQuery, SpanWithRaw, Strict, WithRaw};
use crate::state::App;

/// `/{view}.csv`
///
/// # Errors
/// When the query is at fault or the export cannot begin.
pub async fn csv<V: Exportable>(
    State(app): State<App>,
    reader: Reader,
    WithRaw(query, guard): WithRaw<V>,
) -> Result<Response, Failure> {
    export(&app, &reader, &query, ExportFormat::Csv(guard)).await
}

/// `/{view}.jsonl`
///
/// # Errors
/// As [`csv`].
pub async fn json_lines<V: Exportable>(
    State(app): State<App>,
    reader: Reader,
    Strict(query): Strict<V>,
) -> Result<Response, Failure> {
    export(&app, &reader, &query, ExportFormat::JsonLines).await
}

/// `/kill-switch/{id}/timeline.csv`
///
/// # Errors
/// When there is no such episode, the query is at fault, or the export cannot begin.
pub async fn timeline_csv(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    SpanWithRaw(query, guard): SpanWithRaw,
) -> Result<Response, Failure> {
    let format = ExportFormat::Csv(guard);
    moments(&app, &reader, &id, MomentsOf::Timeline, query, format).await
}

/// `/kill-switch/{id}/timeline.jsonl`
///
/// # Errors
/// As [`timeline_csv`].
pub async fn timeline_json_lines(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    query: SpanQuery,
) -> Result<Response, Failure> {
    let format = ExportFormat::JsonLines;
    moments(&app, &reader, &id, MomentsOf::Timeline, query, format).await
}

/// `/kill-switch/{id}/leaks.csv`
///
/// # Errors
/// When there is no such episode, a parameter but `raw` is given, or the export cannot begin.
pub async fn leaks_csv(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    OnlyRaw(guard): OnlyRaw,
) -> Result<Response, Failure> {
    let (query, format) = (SpanQuery::default(), ExportFormat::Csv(guard));
    moments(&app, &reader, &id, MomentsOf::Leaks, query, format).await
}

/// `/kill-switch/{id}/leaks.jsonl`
///
/// # Errors
/// As [`leaks_csv`].
pub async fn leaks_json_lines(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<Response, Failure> {
    let (query, format) = (SpanQuery::default(), ExportFormat::JsonLines);
    moments(&app, &reader, &id, MomentsOf::Leaks, query, format).await
}

async fn moments(
    app: &App,
    reader: &Reader,
    id: &str,
    of: MomentsOf,
    query: SpanQuery,
    format: ExportFormat,
) -> Result<Response, Failure> {
    let id = uuid(id, EPISODE)?;
    let episode = find_episode(app, &reader.auditor, id).await?;
    let whole = Span::around(&episode, clock::now());
    let span = query.span(whole, reader.visitor.zone(query.tz))?;
    let export = app
        .engine
        .export_moments(&reader.auditor, &episode, of, span, format)
        .await?;
    let what = match of {
        MomentsOf::Timeline => "timeline",
        MomentsOf::Leaks => "leaks",
    };
    let name = format!("kill-switch_{id}_{what}.{}", ending(format));
    Ok(download(export, &name, format))
}

async fn export<V: Exportable>(
    app: &App,
    reader: &Reader,
    query: &ListQuery<V>,
    format: ExportFormat,
) -> Result<Response, Failure> {
    let (now, zone) = (clock::now(), reader.visitor.zone(query.tz));
    let window = query.window(zone, now)?;
    let export = V::export(
        &app.engine,
        &app.book,
        &reader.auditor,
        query,
        window,
        format,
    )
    .await?;
    let name = name(V::VIEW, window, zone, now, format);
    Ok(download(export, &name, format))
}

/// The file's name: its view and range. `trades_2026-11-16_to_2026-11-22.csv`; an end that is open is
/// the first row's, or now.
fn name(view: View, window: Window, zone: Tz, now: Timestamp, format: ExportFormat) -> String {
    let end = ending(format);
    let day = |at: Timestamp| day_of(at, zone).map_or_else(String::new, |day| day.to_string());
    let until = day(window.to.unwrap_or(now));
    match window.from {
        Some(from) => format!("{view}_{}_to_{until}.{end}", day(from)),
        None => format!("{view}_all_to_{until}.{end}"),
    }
}

const fn ending(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv(FormulaGuard::On) => "csv",
        ExportFormat::Csv(FormulaGuard::Off) => "raw.csv",
        ExportFormat::JsonLines => "jsonl",
    }
}

/// The export as a response. A failure half-way breaks the body off without its last chunk, so that a
/// cut file never looks whole.
fn download(export: Export, name: &str, format: ExportFormat) -> Response {
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
    ];
    (headers, Body::from_stream(chunks(export))).into_response()
}

fn chunks(export: Export) -> impl Stream<Item = Result<Bytes, store::StoreError>> {
    futures::stream::unfold(export, |mut export| async move {
        let chunk = export.next().await?;
        if let Err(error) = &chunk {
            tracing::error!(%error, "an export was cut off");
        }
        Some((chunk, export))
    })
}
