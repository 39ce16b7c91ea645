//! `/kill-switch/{id}/review`: the form by which an admin signs a review.

use app::model::NotSaved;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::dossier::Dossier;
use domain::review::{Draft, facts, may_sign};
use serde::Deserialize;
use store::StoreError;
use store::access::Admin;
use store::console::{NewReview, Outcome, Written};

use super::details::uuid;
use super::episode::{EPISODE, EpisodeData, Submission, show};
use super::idempotency;
use crate::auth::{Reader, RequireAdmin};
use crate::drafts::{self, TypedForm};
use crate::error::AppError;
use crate::query::SpanQuery;
use crate::state::App;

/// `GET /kill-switch/{id}/review`: shows the form with its draft, where there is one, and otherwise redirects to the
/// episode's page.
///
/// # Errors
/// When nobody with a role is logged in, `id` is no id, or a database is unavailable.
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
    // Unchanged: whether other entries were added meanwhile is checked when it is sent.
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

/// The form of a review.
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
/// When the account may not review, there is no such episode, or a database is unavailable. Errors of the form are shown on
/// the episode's page, with what was typed.
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
        // Then the review is not saved either, which is handled below.
        Ok(()) | Err(StoreError::RecordUnprotected(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let mut sent = Submission {
        draft,
        ..Submission::default()
    };
    let Dossier {
        episode, effect, ..
    } = &file.dossier;
    let may_sign = may_sign(admin.reviewer(), episode, &file.signatures, &file.people);
    let status = match checked {
        _ if may_sign.is_err() => StatusCode::FORBIDDEN,
        Err(errors) => {
            sent.errors = errors;
            sent.key = written.is_none().then_some(key);
            StatusCode::BAD_REQUEST
        }
        // Another statement was written under this key.
        Ok(_) if written.is_some() => {
            sent.not_saved = Some(NotSaved::SentBefore);
            StatusCode::CONFLICT
        }
        Ok(statement) => {
            let review = NewReview {
                episode: id,
                statement: &statement,
                known: *effect,
                seen,
                key,
            };
            match sign(&app, &admin, &file, &review, seen_facts.as_deref()).await? {
                Signing::Signed => return Ok(done.into_response()),
                Signing::Refused => StatusCode::FORBIDDEN,
                Signing::NotSaved(NotSaved::Unprotected) => {
                    sent.key = Some(key);
                    sent.not_saved = Some(NotSaved::Unprotected);
                    StatusCode::SERVICE_UNAVAILABLE
                }
                Signing::NotSaved(why) => {
                    sent.not_saved = Some(why);
                    StatusCode::CONFLICT
                }
            }
        }
    };
    // Read again: an entry that was added meanwhile is on the page.
    let file = EpisodeData::open(&app, &reader, id, query).await?;
    let page = show(&app, &reader, file, query, sent).await?;
    Ok((status, page).into_response())
}

/// The result of signing a review.
enum Signing {
    Signed,
    /// It is not in the record, and may be sent again.
    NotSaved(NotSaved),
    /// This admin may not sign it.
    Refused,
}

/// Signs a review whose author has seen `seen_facts` about the episode; forms without them are signed as they are.
async fn sign(
    app: &App,
    admin: &Admin,
    file: &EpisodeData,
    review: &NewReview<'_>,
    seen_facts: Option<&str>,
) -> Result<Signing, AppError> {
    let Dossier {
        episode, effect, ..
    } = &file.dossier;
    // Entries are never deleted: no page has shown more than there are.
    if review.seen as usize > file.reviews.len() {
        return Ok(Signing::NotSaved(NotSaved::Overtaken));
    }
    if seen_facts.is_some_and(|seen| seen != facts(episode, *effect)) {
        return Ok(Signing::NotSaved(NotSaved::FactsChanged));
    }
    let signed = app
        .console
        .create_review(admin, review, &file.actor_identities)
        .await;
    Ok(match signed {
        Ok(Outcome::Signed(Written::Now | Written::Before)) => Signing::Signed,
        Ok(Outcome::Signed(Written::Differently)) => Signing::NotSaved(NotSaved::SentBefore),
        Ok(Outcome::Signed(Written::Overtaken)) => Signing::NotSaved(NotSaved::Overtaken),
        Ok(Outcome::Refused(_)) => Signing::Refused,
        Err(StoreError::RecordUnprotected(_)) => Signing::NotSaved(NotSaved::Unprotected),
        Err(error) => return Err(error.into()),
    })
}
