//! `/kill-switch/{id}/review`: an admin signs.

use app::model::NotSaved;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::dossier::Dossier;
use domain::review::{Draft, facts, may_sign};
use serde::Deserialize;
use store::StoreError;
use store::console::{NewReview, Outcome, Written};

use super::details::uuid;
use super::episode::{EPISODE, EpisodeData, Submission, show};
use super::idempotency;
use crate::auth::{Reader, RequireAdmin};
use crate::drafts::{self, TypedForm};
use crate::error::AppError;
use crate::query::SpanQuery;
use crate::state::App;

/// `GET /kill-switch/{id}/review`, where a browser may come back to after a form: the form is on the
/// dossier. One that was sent when its session had ended is shown again, with what was typed.
///
/// # Errors
/// When nobody with a role is logged in, `id` is no id, or a database is away.
pub async fn form(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let id = uuid(&id, EPISODE)?;
    let page = TypedForm::Review(id).page();
    let draft = drafts::find(&app, &headers, reader.visitor.user.subject(), &page).await?;
    let typed = match draft {
        Some(draft) => draft.fields::<ReviewSubmission>().await,
        None => None,
    };
    let Some(typed) = typed else {
        return Ok(Redirect::to(&format!("/kill-switch/{id}#review")).into_response());
    };
    let query = SpanQuery::default();
    let file = EpisodeData::open(&app, &reader, id, query).await?;
    // As it was: whoever was overtaken meanwhile is told when they send it.
    let (key, seen) = idempotency::parse(&typed.key, &typed.seen)?;
    let seen_facts = typed.facts.clone();
    let known = || facts(&file.dossier.episode, file.dossier.effect);
    let sent = Submission {
        not_saved: Some(NotSaved::SessionEnded),
        key: Some(key),
        seen: Some((seen, seen_facts.unwrap_or_else(known))),
        draft: typed.draft(),
        ..Submission::default()
    };
    let page = show(&app, &reader, file, query, sent).await?;
    Ok(page.into_response())
}

/// The review form as a browser sends it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ReviewSubmission {
    verdict: String,
    cause: String,
    action: String,
    note: String,
    seen: String,
    key: String,
    facts: Option<String>,
}

impl ReviewSubmission {
    fn draft(self) -> Draft {
        Draft {
            verdict: self.verdict,
            cause: self.cause,
            action: self.action,
            note: self.note,
        }
    }
}

/// `POST /kill-switch/{id}/review`
///
/// # Errors
/// When somebody without the right sends it, there is no such episode, or a database is away. What the
/// form itself lacks is told on the dossier, with what was typed.
pub async fn submit(
    State(app): State<App>,
    Path(id): Path<String>,
    RequireAdmin { reader, admin }: RequireAdmin,
    Form(sent): Form<ReviewSubmission>,
) -> Result<Response, AppError> {
    let id = uuid(&id, EPISODE)?;
    let (key, seen) = idempotency::parse(&sent.key, &sent.seen)?;
    let seen_facts = sent.facts.clone();
    let draft = sent.draft();
    let done = Redirect::to(&format!("/kill-switch/{id}#review"));
    let checked = draft.check();
    let written = app.console.find_statement(&admin, id, key).await?;
    if written.is_some() && written.as_ref() == checked.as_ref().ok() {
        return Ok(done.into_response());
    }
    let query = SpanQuery::default();
    let file = EpisodeData::open(&app, &reader, id, query).await?;
    match app.console.record_sight(&file.actor_identities).await {
        // Then nothing is signed either, which is told below.
        Ok(()) | Err(StoreError::RecordUnprotected(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let Dossier {
        episode, effect, ..
    } = &file.dossier;
    let mut sent = Submission {
        draft,
        ..Submission::default()
    };
    let status = if may_sign(admin.reviewer(), episode, &file.signatures, &file.people).is_err() {
        StatusCode::FORBIDDEN
    } else {
        match checked {
            Err(errors) => {
                sent.errors = errors;
                sent.key = written.is_none().then_some(key);
                StatusCode::BAD_REQUEST
            }
            Ok(statement) => {
                let mut status = StatusCode::CONFLICT;
                let review = NewReview {
                    episode: id,
                    statement: &statement,
                    known: *effect,
                    seen,
                    key,
                };
                let refused = if written.is_some() {
                    Some(NotSaved::SentBefore)
                } else if seen as usize > file.reviews.len() {
                    // Entries are never taken back: no page has shown so many.
                    Some(NotSaved::Overtaken)
                } else if seen_facts.is_some_and(|seen| seen != facts(episode, *effect)) {
                    Some(NotSaved::FactsChanged)
                } else {
                    let signed = app
                        .console
                        .create_review(&admin, &review, &file.actor_identities)
                        .await;
                    match signed {
                        Ok(Outcome::Signed(Written::Now | Written::Before)) => None,
                        Ok(Outcome::Signed(Written::Differently)) => Some(NotSaved::SentBefore),
                        Ok(Outcome::Signed(Written::Overtaken)) => Some(NotSaved::Overtaken),
                        Ok(Outcome::Refused(_)) => {
                            status = StatusCode::FORBIDDEN;
                            None
                        }
                        Err(StoreError::RecordUnprotected(_)) => {
                            status = StatusCode::SERVICE_UNAVAILABLE;
                            sent.key = Some(key);
                            Some(NotSaved::Unprotected)
                        }
                        Err(error) => return Err(error.into()),
                    }
                };
                if refused.is_none() && status == StatusCode::CONFLICT {
                    return Ok(done.into_response());
                }
                sent.not_saved = refused;
                status
            }
        }
    };
    // Whoever came first is on the page now.
    let file = EpisodeData::open(&app, &reader, id, query).await?;
    let page = show(&app, &reader, file, query, sent).await?;
    Ok((status, page).into_response())
}
