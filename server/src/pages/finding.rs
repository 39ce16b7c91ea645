//! `/findings/{id}`: one finding, and the notes that auditors and admins write about it.

use app::model::{FindingPage, NotSaved, NoteForm};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::finding::{Note, NoteDraft, StoredFinding};
use domain::form::FieldError;
use domain::query::ParamError;
use serde::Deserialize;
use store::StoreError;
use store::access::Auditor;
use store::console::{NewNote, Written};
use uuid::Uuid;

use super::details::uuid;
use super::idempotency;
use crate::auth::{Reader, RequireAuthor};
use crate::drafts::{self, TypedForm};
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::NoParams;
use crate::state::App;
use crate::swr_cache::Freshness;

/// What an id that no finding has is told to be missing.
const FINDING: &str = "finding";

/// `GET /findings/{id}`
///
/// # Errors
/// When there is no such finding, what it says is no longer so, or a database is away.
pub async fn finding(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let file = FindingData::open(&app, &reader.auditor, uuid(&id, FINDING)?).await?;
    show(&app, &reader, file, Submission::default()).await
}

/// `GET /findings/{id}/notes`, where a browser may come back to after a form: the form is on the finding's
/// page. One that was sent when its session had ended is shown again, with what was typed.
///
/// # Errors
/// When nobody with a role is logged in, `id` is no id, or a database is away.
pub async fn notes(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let id = uuid(&id, FINDING)?;
    let page = TypedForm::Note(id).page();
    let draft = drafts::find(&app, &headers, reader.visitor.user.subject(), &page).await?;
    let typed = match draft {
        Some(draft) => draft.fields::<NoteSubmission>().await,
        None => None,
    };
    let Some(typed) = typed else {
        return Ok(to_notes(id).into_response());
    };
    let file = FindingData::open(&app, &reader.auditor, id).await?;
    // As it was: whoever was overtaken meanwhile is told when they send it.
    let (key, seen) = idempotency::parse(&typed.key, &typed.seen)?;
    let about = typed.about;
    let known = || file.kept.finding.summary.clone();
    let sent = Submission {
        not_saved: Some(NotSaved::SessionEnded),
        key: Some(key),
        seen: Some((seen, about.unwrap_or_else(known))),
        draft: NoteDraft {
            answer: typed.answer,
            note: typed.note,
        },
        ..Submission::default()
    };
    let page = show(&app, &reader, file, sent).await?;
    Ok(page.into_response())
}

fn to_notes(id: Uuid) -> Redirect {
    Redirect::to(&format!("/findings/{id}#notes"))
}

/// The form of a note as a browser sends it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct NoteSubmission {
    answer: String,
    note: String,
    seen: String,
    key: String,
    about: Option<String>,
}

/// `POST /findings/{id}/notes`
///
/// # Errors
/// When somebody without a role sends it, there is no such finding, or a database is away. What the form
/// itself lacks is told on the finding's page, with what was typed.
pub async fn submit(
    State(app): State<App>,
    Path(id): Path<String>,
    RequireAuthor { reader, author }: RequireAuthor,
    Form(sent): Form<NoteSubmission>,
) -> Result<Response, AppError> {
    let id = uuid(&id, FINDING)?;
    let (key, seen) = idempotency::parse(&sent.key, &sent.seen)?;
    let about = sent
        .about
        .ok_or_else(|| ParamError::new("about", "takes the summary that the form came with"))?;
    let draft = NoteDraft {
        answer: sent.answer,
        note: sent.note,
    };
    let file = FindingData::open(&app, &reader.auditor, id).await?;
    let summary = &file.kept.finding.summary;
    let mut sent = Submission::default();
    let status = match draft.check() {
        Err(errors) => {
            sent.errors = errors;
            sent.key = Some(key);
            StatusCode::BAD_REQUEST
        }
        Ok(remark) => {
            let note = NewNote {
                finding: id,
                answer: remark.answer,
                text: &remark.text,
                about: summary,
                seen,
                key,
            };
            let mut status = StatusCode::CONFLICT;
            sent.not_saved = if seen as usize > file.notes.len() {
                // Notes are never taken back: no page has shown so many.
                Some(NotSaved::Overtaken)
            } else if same_lines(&about) != same_lines(summary) {
                Some(NotSaved::FactsChanged)
            } else {
                match app.console.create_finding_note(&author, &note).await {
                    Ok(Written::Now | Written::Before) => None,
                    Ok(Written::Differently) => Some(NotSaved::SentBefore),
                    Ok(Written::Overtaken) => Some(NotSaved::Overtaken),
                    Err(StoreError::RecordUnprotected(_)) => {
                        status = StatusCode::SERVICE_UNAVAILABLE;
                        sent.key = Some(key);
                        Some(NotSaved::Unprotected)
                    }
                    Err(error) => return Err(error.into()),
                }
            };
            if sent.not_saved.is_none() {
                return Ok(to_notes(id).into_response());
            }
            status
        }
    };
    sent.draft = draft;
    // Whoever came first is on the page now.
    let file = FindingData::open(&app, &reader.auditor, id).await?;
    let page = show(&app, &reader, file, sent).await?;
    Ok((status, page).into_response())
}

/// A text without the difference that a form makes to its line breaks.
fn same_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// What is known of a finding.
struct FindingData {
    kept: StoredFinding,
    notes: Vec<Note>,
}

impl FindingData {
    async fn open(app: &App, auditor: &Auditor, id: Uuid) -> Result<Self, AppError> {
        let (kept, notes) = tokio::try_join!(
            app.console.find_finding(auditor, id),
            app.console.list_finding_notes(auditor, id),
        )?;
        match kept {
            Some(kept) => Ok(Self { kept, notes }),
            None if app.console.is_finding_gone(auditor, id).await? => Err(AppError::NoLongerHolds),
            None => Err(AppError::NotFound(FINDING)),
        }
    }
}

/// What came of a form that was sent, for the page that shows it again.
#[derive(Default)]
struct Submission {
    draft: NoteDraft,
    errors: Vec<FieldError>,
    not_saved: Option<NotSaved>,
    /// The key that the form came with, where the form may be sent again with it.
    key: Option<Uuid>,
    /// What its writer has seen, where that is not what the page shows: notes, and the summary.
    seen: Option<(u32, String)>,
}

async fn show(
    app: &App,
    reader: &Reader,
    file: FindingData,
    sent: Submission,
) -> Result<PageHtml, AppError> {
    let mut ctx = app.live_context(reader, None, Freshness::Now).await?;
    // A form's own address is none to return to.
    if ctx.here.ends_with("/notes") {
        ctx.here = format!("/findings/{}", file.kept.id);
    }
    let (seen, about) = sent.seen.unwrap_or_else(|| {
        let seen = u32::try_from(file.notes.len()).unwrap_or(u32::MAX);
        (seen, file.kept.finding.summary.clone())
    });
    let page = FindingPage {
        kept: file.kept,
        notes: file.notes,
        form: NoteForm {
            draft: sent.draft,
            errors: sent.errors,
            not_saved: sent.not_saved,
            seen,
            about,
            key: sent.key.unwrap_or_else(Uuid::new_v4),
        },
    };
    Ok(PageHtml::new(&ctx, app::pages::finding(&ctx, &page)))
}
