//! `/traces/{id}`: the trace of a decision or an order.

use app::model::TracePage;
use axum::extract::{Path, State};
use domain::trace::{RowId, Trace};

use super::details::{findings_about, uuid};
use crate::auth::Reader;
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::NoParams;
use crate::state::App;

/// What [`AppError::NotFound`] says is missing.
const TRACE: &str = "order or decision";

/// `/traces/{id}`
///
/// # Errors
/// When `id` is neither a decision's nor an order's, or a database is unavailable.
pub async fn trace(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let id = uuid(&id, TRACE)?;
    let (ctx, decided, ordered) = tokio::try_join!(
        app.reader_context(&reader, None),
        of_row(&app, &reader, RowId::Decision(id)),
        of_row(&app, &reader, RowId::Order(id)),
    )?;
    let trace = decided.or(ordered).ok_or(AppError::NotFound(TRACE))?;
    let findings = findings_about(&app, &reader.auditor, trace.subjects()).await?;
    let html = app::pages::trace(&ctx, &TracePage { trace, findings });
    Ok(PageHtml::new(&ctx, html))
}

/// The trace that a row is a step of.
///
/// # Errors
/// When a database is unavailable.
pub async fn of_row(app: &App, reader: &Reader, row: RowId) -> Result<Option<Trace>, AppError> {
    Ok(app.engine.find_trace(&reader.auditor, row).await?)
}
