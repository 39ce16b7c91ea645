//! `/{view}.csv` and `/{view}.jsonl`: everything that the same query string matches.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono_tz::Tz;
use domain::clock;
use domain::csv::FormulaGuard;
use domain::filter::{ListQuery, Window};
use domain::time::Timestamp;
use domain::view::View;
use domain::zone::day_of;
use futures::Stream;
use store::engine::{Export, ExportFormat, Exportable};

use crate::auth::Reader;
use crate::failure::Failure;
use crate::query::{Strict, WithRaw};
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

async fn export<V: Exportable>(
    app: &App,
    reader: &Reader,
    query: &ListQuery<V>,
    format: ExportFormat,
) -> Result<Response, Failure> {
    let (now, zone) = (clock::now(), reader.visitor.zone(query.tz));
    let window = query.window(zone, now)?;
    let export = V::export(&app.engine, &reader.auditor, query, window, format).await?;
    let name = name(V::VIEW, window, zone, now, format);
    Ok(download(export, &name, format))
}

/// The file's name: its view and range. `trades_2026-11-16_to_2026-11-22.csv`; an end that is open is
/// the first row's, or now.
fn name(view: View, window: Window, zone: Tz, now: Timestamp, format: ExportFormat) -> String {
    let end = match format {
        ExportFormat::Csv(FormulaGuard::On) => "csv",
        ExportFormat::Csv(FormulaGuard::Off) => "raw.csv",
        ExportFormat::JsonLines => "jsonl",
    };
    let day = |at: Timestamp| day_of(at, zone).map_or_else(String::new, |day| day.to_string());
    let until = day(window.to.unwrap_or(now));
    match window.from {
        Some(from) => format!("{view}_{}_to_{until}.{end}", day(from)),
        None => format!("{view}_all_to_{until}.{end}"),
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
