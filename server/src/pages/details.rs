//! One decision, one signal, one event, each with the trade that it is a step of.

use app::model::{EventPage, SignalPage, TradePage};
use axum::extract::{Path, State};
use domain::episode::EVENT_TYPES;
use domain::finding::{StoredFinding, Subject, SubjectKind};
use domain::signal::SignalId;
use domain::trace::RowId;
use store::access::Auditor;
use uuid::Uuid;

use super::traces::of_row;
use crate::auth::Reader;
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::NoParams;
use crate::state::App;

/// Parses a UUID of a path.
///
/// # Errors
/// [`AppError::NotFound`] of `what` when it is none: nothing has such an id.
pub fn uuid(text: &str, what: &'static str) -> Result<Uuid, AppError> {
    Uuid::try_parse(text).ok().ok_or(AppError::NotFound(what))
}

/// The findings about these rows. Rows of different kinds may have the same id.
///
/// # Errors
/// When the database is unavailable.
pub(super) async fn findings_about(
    app: &App,
    auditor: &Auditor,
    rows: Vec<Subject>,
) -> Result<Vec<StoredFinding>, AppError> {
    let ids = rows.iter().map(|row| row.id.clone()).collect();
    let mut findings = app.console.findings_about(auditor, ids).await?;
    findings.retain(|kept| rows.contains(&kept.finding.subject));
    Ok(findings)
}

/// `/trades/{id}`
///
/// # Errors
/// When there is no such decision, or a database is unavailable.
pub async fn trade(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let id = uuid(&id, "decision")?;
    let (ctx, found, trace) = tokio::try_join!(
        app.reader_context(&reader, None),
        async { Ok(app.engine.find_trade(&reader.auditor, id).await?) },
        of_row(&app, &reader, RowId::Decision(id)),
    )?;
    let (Some(detail), Some(trace)) = (found, trace) else {
        return Err(AppError::NotFound("decision"));
    };
    let findings = findings_about(&app, &reader.auditor, trace.subjects()).await?;
    let page = TradePage {
        detail,
        trace,
        findings,
    };
    let html = app::pages::trade(&ctx, &page);
    Ok(PageHtml::new(&ctx, html))
}

/// `/signals/{id}`
///
/// # Errors
/// When there is no such signal, or a database is unavailable.
pub async fn signal(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let id = SignalId::parse(&id).ok_or(AppError::NotFound("signal"))?;
    let event = async {
        match id {
            SignalId::Executor(id) => Ok(app.engine.find_event(&reader.auditor, id).await?),
            SignalId::Collector(_) => Ok(None),
        }
    };
    let kind = match id {
        SignalId::Executor(_) => SubjectKind::Event,
        SignalId::Collector(_) => SubjectKind::Signal,
    };
    let trace = async {
        match id {
            SignalId::Executor(id) => of_row(&app, &reader, RowId::Event(id)).await,
            SignalId::Collector(_) => Ok(None),
        }
    };
    let (ctx, found, event, trace, findings) = tokio::try_join!(
        app.reader_context(&reader, None),
        async { Ok(app.engine.find_signal(&reader.auditor, id).await?) },
        event,
        trace,
        findings_about(&app, &reader.auditor, vec![Subject::new(kind, &id)]),
    )?;
    let signal = found.ok_or(AppError::NotFound("signal"))?;
    let page = SignalPage {
        signal,
        event,
        trace,
        findings,
    };
    let html = app::pages::signal(&ctx, &page);
    Ok(PageHtml::new(&ctx, html))
}

/// `/events/{id}`
///
/// # Errors
/// When there is no such event, or a database is unavailable.
pub async fn event(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let id = uuid(&id, "event")?;
    let rows = vec![Subject::new(SubjectKind::Event, &id)];
    let (ctx, found, trace, findings) = tokio::try_join!(
        app.reader_context(&reader, None),
        async { Ok(app.engine.find_event(&reader.auditor, id).await?) },
        of_row(&app, &reader, RowId::Event(id)),
        findings_about(&app, &reader.auditor, rows),
    )?;
    let event = found.ok_or(AppError::NotFound("event"))?;
    let episode = if EVENT_TYPES.contains(&event.event_type.as_str()) {
        let history = app.engine.kill_switch_history(&reader.auditor).await?;
        let holds = |raw: &domain::episode::KillSwitchEvent| raw.event.id == id;
        let episode = history
            .episodes
            .iter()
            .find(|episode| episode.events().any(holds));
        episode.map(domain::episode::Episode::key)
    } else {
        None
    };
    let page = EventPage {
        event,
        episode,
        trace,
        findings,
    };
    let html = app::pages::event(&ctx, &page);
    Ok(PageHtml::new(&ctx, html))
}
