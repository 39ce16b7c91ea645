//! `/kill-switch/{id}`: one episode's dossier, and its review.

use app::model::{EpisodePage, ReviewForm, Signing};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::clock;
use domain::dossier::{Dossier, Span};
use domain::episode::Episode;
use domain::page::Keyed as _;
use domain::query::ParamError;
use domain::review::{Draft, FieldError, Review, Signature, Signed, Standing, may_sign};
use serde::Deserialize;
use store::access::Auditor;
use store::console::{NewReview, Written};
use uuid::Uuid;

use super::details::uuid;
use crate::attention::Freshness;
use crate::auth::{Reader, Reviewing};
use crate::failure::Failure;
use crate::frame::PageHtml;
use crate::query::SpanQuery;
use crate::state::App;

/// What an id that no activation has is told to be missing.
pub const EPISODE: &str = "kill-switch episode";

/// `GET /kill-switch/{id}`
///
/// # Errors
/// When `id` is not that of an activating event, the query is at fault, or a database is away.
pub async fn episode(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    query: SpanQuery,
) -> Result<PageHtml, Failure> {
    let id = uuid(&id, EPISODE)?;
    let file = File::open(&app, &reader, id, query).await?;
    show(&app, &reader, file, query, Sent::default()).await
}

/// `GET /kill-switch/{id}/review`, where a browser may come back to after a form: the form is on the
/// dossier.
pub async fn review(_: Reader, Path(id): Path<String>) -> Result<Redirect, Failure> {
    let id = uuid(&id, EPISODE)?;
    Ok(Redirect::to(&format!("/kill-switch/{id}#review")))
}

/// The review form as a browser sends it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SentReview {
    verdict: String,
    cause: String,
    action: String,
    note: String,
    seen: String,
    key: String,
}

/// What came of a form that was sent, for the page that shows it again.
#[derive(Default)]
struct Sent {
    draft: Draft,
    errors: Vec<FieldError>,
    overtaken: bool,
    key: Option<Uuid>,
}

/// `POST /kill-switch/{id}/review`
///
/// # Errors
/// When somebody without the right sends it, there is no such episode, or a database is away. What the
/// form itself lacks is told on the dossier, with what was typed.
pub async fn sign(
    State(app): State<App>,
    Path(id): Path<String>,
    Reviewing { reader, admin }: Reviewing,
    Form(sent): Form<SentReview>,
) -> Result<Response, Failure> {
    let id = uuid(&id, EPISODE)?;
    let key = Uuid::try_parse(&sent.key)
        .map_err(|_| ParamError::new("key", "takes the key that the form came with"))?;
    let seen: u32 = sent
        .seen
        .parse()
        .map_err(|_| ParamError::new("seen", "takes the number that the form came with"))?;
    let draft = Draft {
        verdict: sent.verdict,
        cause: sent.cause,
        action: sent.action,
        note: sent.note,
    };
    let done = Redirect::to(&format!("/kill-switch/{id}#review"));
    if app.console.is_review_written(&admin, id, key).await? {
        return Ok(done.into_response());
    }
    let query = SpanQuery::default();
    let file = File::open(&app, &reader, id, query).await?;
    let seen_all = seen as usize == file.reviews.len();
    let mut sent = Sent {
        draft,
        overtaken: !seen_all,
        key: Some(key),
        errors: Vec::new(),
    };
    let status = if may_sign(admin.reviewer(), &file.dossier.episode, &file.signatures).is_err() {
        StatusCode::FORBIDDEN
    } else {
        match sent.draft.check() {
            Err(errors) => {
                sent.errors = errors;
                StatusCode::BAD_REQUEST
            }
            Ok(statement) => {
                let review = NewReview {
                    episode: id,
                    statement: &statement,
                    known: file.dossier.effect,
                    seen,
                    key,
                };
                if seen_all && app.console.create_review(&admin, &review).await? != Written::Overtaken
                {
                    return Ok(done.into_response());
                }
                sent.overtaken = true;
                StatusCode::CONFLICT
            }
        }
    };
    // Whoever came first is on the page now.
    let file = File::open(&app, &reader, id, query).await?;
    let page = show(&app, &reader, file, query, sent).await?;
    Ok((status, page).into_response())
}

/// Everything that is known of an episode.
struct File {
    dossier: Dossier,
    reviews: Vec<Review>,
    signatures: Vec<Signature>,
    standing: Standing,
}

impl File {
    async fn open(
        app: &App,
        reader: &Reader,
        id: Uuid,
        query: SpanQuery,
    ) -> Result<Self, Failure> {
        let episode = find_episode(app, &reader.auditor, id).await?;
        let whole = Span::around(&episode, clock::now());
        let span = query.span(whole, reader.visitor.zone(query.tz))?;
        let (dossier, reviews) = tokio::try_join!(
            app.engine.dossier(&reader.auditor, id, span),
            app.console.list_reviews(&reader.auditor, id),
        )?;
        let dossier = dossier.ok_or(Failure::NotFound(EPISODE))?;
        let signatures: Vec<Signature> = reviews
            .iter()
            .map(|review| review.signature.clone())
            .collect();
        let standing = Signed::of(&dossier.episode, &signatures).standing(
            dossier.effect.leaked(),
            app.book.patience,
            clock::now(),
        );
        Ok(Self {
            dossier,
            reviews,
            signatures,
            standing,
        })
    }
}

/// The episode of this id.
///
/// # Errors
/// When there is none, or the database is away.
pub async fn find_episode(app: &App, auditor: &Auditor, id: Uuid) -> Result<Episode, Failure> {
    let history = app.engine.kill_switch_history(auditor).await?;
    let found = history.find(id).cloned();
    found.ok_or(Failure::NotFound(EPISODE))
}

/// The dossier as a page.
async fn show(
    app: &App,
    reader: &Reader,
    file: File,
    query: SpanQuery,
    sent: Sent,
) -> Result<PageHtml, Failure> {
    let mut frame = app.live_frame(reader, query.tz, Freshness::Now).await?;
    let id = file.dossier.episode.key();
    // A form's own address is none to return to.
    if frame.here.ends_with("/review") {
        frame.here = format!("/kill-switch/{id}");
    }
    let page = EpisodePage {
        signing: signing(reader, &file, sent),
        dossier: file.dossier,
        reviews: file.reviews,
        standing: file.standing,
        console_url: app.settings.public_url.clone().unwrap_or_default(),
    };
    Ok(PageHtml::new(&frame, app::pages::episode(&frame, &page)))
}

/// What the person may do about the review.
fn signing(reader: &Reader, file: &File, sent: Sent) -> Signing {
    let Some(admin) = reader.visitor.user.admin() else {
        return Signing::NotAdmin;
    };
    let reviewer = admin.reviewer();
    if let Err(refusal) = may_sign(reviewer, &file.dossier.episode, &file.signatures) {
        return Signing::Refused {
            refusal,
            draft: sent.draft,
        };
    }
    Signing::Open(Box::new(ReviewForm {
        draft: sent.draft,
        errors: sent.errors,
        overtaken: sent.overtaken,
        seen: u32::try_from(file.reviews.len()).unwrap_or(u32::MAX),
        key: sent.key.unwrap_or_else(Uuid::new_v4),
        has_signed: file
            .signatures
            .iter()
            .any(|signature| signature.reviewer.is(reviewer)),
    }))
}
