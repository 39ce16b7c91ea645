//! `/findings/{id}`: one finding, and the notes that auditors and admins write about it.

use app::model::{FindingPage, NoteForm, TurnedBack};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::finding::{KeptFinding, Note, NoteDraft};
use domain::form::FieldError;
use domain::query::ParamError;
use serde::Deserialize;
use store::StoreError;
use store::access::Auditor;
use store::console::{NewNote, Written};
use uuid::Uuid;

use super::details::uuid;
use super::once::key_and_seen;
use crate::auth::{Reader, Writing};
use crate::drafts::{self, TypedForm};
use crate::failure::Failure;
use crate::frame::PageHtml;
use crate::kept::Freshness;
use crate::query::NoParams;
use crate::state::App;

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
) -> Result<PageHtml, Failure> {
    let file = File::open(&app, &reader.auditor, uuid(&id, FINDING)?).await?;
    show(&app, &reader, file, Sent::default()).await
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
) -> Result<Response, Failure> {
    let id = uuid(&id, FINDING)?;
    let page = TypedForm::Note(id).page();
    let draft = drafts::find(&app, &headers, reader.visitor.user.subject(), &page).await?;
    let typed = match draft {
        Some(draft) => draft.fields::<SentNote>().await,
        None => None,
    };
    let Some(typed) = typed else {
        return Ok(to_notes(id).into_response());
    };
    let file = File::open(&app, &reader.auditor, id).await?;
    // As it was: whoever was overtaken meanwhile is told when they send it.
    let (key, seen) = key_and_seen(&typed.key, &typed.seen)?;
    let about = typed.about;
    let known = || file.kept.finding.summary.clone();
    let sent = Sent {
        turned_back: Some(TurnedBack::SessionEnded),
        key: Some(key),
        seen: Some((seen, about.unwrap_or_else(known))),
        draft: NoteDraft {
            answer: typed.answer,
            note: typed.note,
        },
        ..Sent::default()
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
pub struct SentNote {
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
    Writing { reader, author }: Writing,
    Form(sent): Form<SentNote>,
) -> Result<Response, Failure> {
    let id = uuid(&id, FINDING)?;
    let (key, seen) = key_and_seen(&sent.key, &sent.seen)?;
    let about = sent
        .about
        .ok_or_else(|| ParamError::new("about", "takes the summary that the form came with"))?;
    let draft = NoteDraft {
        answer: sent.answer,
        note: sent.note,
    };
    let file = File::open(&app, &reader.auditor, id).await?;
    let summary = &file.kept.finding.summary;
    let mut sent = Sent::default();
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
            sent.turned_back = if seen as usize > file.notes.len() {
                // Notes are never taken back: no page has shown so many.
                Some(TurnedBack::Overtaken)
            } else if same_lines(&about) != same_lines(summary) {
                Some(TurnedBack::FactsChanged)
            } else {
                match app.console.create_finding_note(&author, &note).await {
                    Ok(Written::Now | Written::Before) => None,
                    Ok(Written::Differently) => Some(TurnedBack::SentBefore),
                    Ok(Written::Overtaken) => Some(TurnedBack::Overtaken),
                    Err(StoreError::RecordUnprotected(_)) => {
                        status = StatusCode::SERVICE_UNAVAILABLE;
                        sent.key = Some(key);
                        Some(TurnedBack::Unprotected)
                    }
                    Err(error) => return Err(error.into()),
                }
            };
            if sent.turned_back.is_none() {
                return Ok(to_notes(id).into_response());
            }
            status
        }
    };
    sent.draft = draft;
    // Whoever came first is on the page now.
    let file = File::open(&app, &reader.auditor, id).await?;
    let page = show(&app, &reader, file, sent).await?;
    Ok((status, page).into_response())
}

/// A text without the difference that a form makes to its line breaks.
fn same_lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// What is known of a finding.
struct File {
    kept: KeptFinding,
    notes: Vec<Note>,
}

impl File {
    async fn open(app: &App, auditor: &Auditor, id: Uuid) -> Result<Self, Failure> {
        let (kept, notes) = tokio::try_join!(
            app.console.find_finding(auditor, id),
            app.console.list_finding_notes(auditor, id),
        )?;
        match kept {
            Some(kept) => Ok(Self { kept, notes }),
            None if app.console.is_finding_gone(auditor, id).await? => Err(Failure::NoLongerHolds),
            None => Err(Failure::NotFound(FINDING)),
        }
    }
}

/// What came of a form that was sent, for the page that shows it again.
#[derive(Default)]
struct Sent {
    draft: NoteDraft,
    errors: Vec<FieldError>,
    turned_back: Option<TurnedBack>,
    /// The key that the form came with, where the form may be sent again with it.
    key: Option<Uuid>,
    /// What its writer has seen, where that is not what the page shows: notes, and the summary.
    seen: Option<(u32, String)>,
}

async fn show(app: &App, reader: &Reader, file: File, sent: Sent) -> Result<PageHtml, Failure> {
    let mut frame = app.live_frame(reader, None, Freshness::Now).await?;
    // A form's own address is none to return to.
    if frame.here.ends_with("/notes") {
        frame.here = format!("/findings/{}", file.kept.id);
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
            turned_back: sent.turned_back,
            seen,
            about,
            key: sent.key.unwrap_or_else(Uuid::new_v4),
        },
    };
    Ok(PageHtml::new(&frame, app::pages::finding(&frame, &page)))
}
