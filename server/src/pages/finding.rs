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

/// What [`AppError::NotFound`] says is missing.
const FINDING: &str = "finding";

/// `GET /findings/{id}`
///
/// # Errors
/// When there is no such finding, it no longer holds, or a database is unavailable.
pub async fn finding(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let file = FindingData::open(&app, &reader.auditor, uuid(&id, FINDING)?).await?;
    show(&app, &reader, file, Submission::default()).await
}

/// `GET /findings/{id}/notes`: shows the form with its draft, where there is one, and otherwise redirects to the finding's
/// page.
///
/// # Errors
/// When nobody with a role is logged in, `id` is no id, or a database is unavailable.
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
    // Unchanged: whether other notes were added meanwhile is checked when it is sent.
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

/// The form of a note.
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
/// When the account has no role, there is no such finding, or a database is unavailable. Errors of the form are shown on
/// the finding's page, with what was typed.
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
                // Notes are never deleted: no page has shown more than there are.
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
    // Read again: a note that was added meanwhile is on the page.
    let file = FindingData::open(&app, &reader.auditor, id).await?;
    let page = show(&app, &reader, file, sent).await?;
    Ok((status, page).into_response())
}

/// A text with the line breaks that it had before a form was sent.
fn same_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A finding and its notes.
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

/// A form that was sent and is shown again.
#[derive(Default)]
struct Submission {
    draft: NoteDraft,
    errors: Vec<FieldError>,
    not_saved: Option<NotSaved>,
    /// The idempotency key of the form, where it may be sent again with it.
    key: Option<Uuid>,
    /// Number of notes, and the summary, that its author has seen, where the page shows others.
    seen: Option<(u32, String)>,
}

async fn show(
    app: &App,
    reader: &Reader,
    file: FindingData,
    sent: Submission,
) -> Result<PageHtml, AppError> {
    let mut ctx = app.live_context(reader, None, Freshness::Now).await?;
    // The address of the form is no page to return to.
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
