//! `/kill-switch/{id}`: one episode's dossier.

use app::model::{EpisodePage, NotSaved, ReviewForm, ReviewPermission};
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use domain::clock;
use domain::dossier::{Dossier, Span};
use domain::episode::Episode;
use domain::form::FieldError;
use domain::review::{
    Draft, People, Review, ReviewProgress, Signature, facts, may_sign, review_progress, signatures,
};
use store::access::Auditor;
use store::console::ActorIdentities;
use uuid::Uuid;

use super::details::uuid;
use crate::auth::Reader;
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::SpanQuery;
use crate::state::App;
use crate::swr_cache::Freshness;

/// What [`AppError::NotFound`] says is missing.
pub const EPISODE: &str = "kill-switch episode";

/// `GET /kill-switch/{id}`
///
/// # Errors
/// When `id` is not that of an activating event, the query is invalid, or a database is unavailable.
pub async fn episode(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    query: SpanQuery,
) -> Result<Response, AppError> {
    let id = uuid(&id, EPISODE)?;
    // Days get the person's zone, so that a link means the same span to everybody. A span that is empty is not redirected.
    let (path, zone) = (format!("/kill-switch/{id}"), reader.visitor.zone(None));
    if let Some(to) = query.with_zone(&path, zone) {
        let episode = find_episode(&app, &reader.auditor, id).await?;
        query.span(Span::around(&episode, clock::now()), zone)?;
        return Ok(Redirect::to(&to).into_response());
    }
    let file = EpisodeData::open(&app, &reader, id, query).await?;
    let page = show(&app, &reader, file, query, Submission::default()).await?;
    Ok(page.into_response())
}

/// A form that was sent and is shown again.
#[derive(Default)]
pub(super) struct Submission {
    pub draft: Draft,
    pub errors: Vec<FieldError>,
    pub not_saved: Option<NotSaved>,
    /// The idempotency key of the form, where it may be sent again with it.
    pub key: Option<Uuid>,
    /// Number of entries, and the facts, that its author has seen, where the page shows others.
    pub seen: Option<(u32, String)>,
}

/// The data of an episode's page.
pub struct EpisodeData {
    /// The dossier, from the engine's rows.
    pub dossier: Dossier,
    /// Every entry of its review, in order.
    pub reviews: Vec<Review>,
    /// Who signed them.
    pub signatures: Vec<Signature>,
    /// The state of the review.
    pub review_progress: ReviewProgress,
    /// The accounts of the episode's actors as they are now.
    pub actor_identities: ActorIdentities,
    /// Which accounts are the same person: as recorded, as they are now, and by links.
    pub people: People,
}

impl EpisodeData {
    /// Reads the data of the episode of this id, with the timeline in the span of `query`.
    ///
    /// # Errors
    /// When there is no such episode, the query is invalid, or a database is unavailable.
    pub async fn open(
        app: &App,
        reader: &Reader,
        id: Uuid,
        query: SpanQuery,
    ) -> Result<Self, AppError> {
        let episode = find_episode(app, &reader.auditor, id).await?;
        let whole = Span::around(&episode, clock::now());
        let span = query.span(whole, reader.visitor.zone(query.tz))?;
        let (dossier, reviews) = tokio::try_join!(
            app.engine.dossier(&reader.auditor, id, span),
            app.console.list_reviews(&reader.auditor, id),
        )?;
        let mut dossier = dossier.ok_or(AppError::NotFound(EPISODE))?;
        let actor_identities = app
            .engine
            .actor_identities(&reader.auditor, &app.console, &dossier.episode)
            .await?;
        let people = app
            .console
            .people(&reader.auditor, &actor_identities)
            .await?;
        dossier.episode = actor_identities.episode().clone();
        let review_progress = review_progress(
            &dossier.episode,
            &reviews,
            &people,
            dossier.effect,
            app.review_policy.patience,
            clock::now(),
        );
        Ok(Self {
            dossier,
            signatures: signatures(&reviews),
            reviews,
            review_progress,
            actor_identities,
            people,
        })
    }
}

/// The episode of this id.
///
/// # Errors
/// When there is none, or the database is unavailable.
pub async fn find_episode(app: &App, auditor: &Auditor, id: Uuid) -> Result<Episode, AppError> {
    let history = app.engine.kill_switch_history(auditor).await?;
    let found = history.find(id).cloned();
    found.ok_or(AppError::NotFound(EPISODE))
}

/// The page of the dossier.
pub(super) async fn show(
    app: &App,
    reader: &Reader,
    file: EpisodeData,
    query: SpanQuery,
    sent: Submission,
) -> Result<PageHtml, AppError> {
    let mut ctx = app.live_context(reader, query.tz, Freshness::Now).await?;
    let id = file.dossier.episode.key();
    // The address of the form is no page to return to.
    if ctx.here.ends_with("/review") {
        ctx.here = format!("/kill-switch/{id}");
    }
    let page = EpisodePage {
        permission: permission(reader, &file, sent),
        dossier: file.dossier,
        reviews: file.reviews,
        review_progress: file.review_progress,
        console_url: app.settings.public_url.clone().unwrap_or_default(),
    };
    Ok(PageHtml::new(&ctx, app::pages::episode(&ctx, &page)))
}

/// What the account may do about the review.
fn permission(reader: &Reader, file: &EpisodeData, sent: Submission) -> ReviewPermission {
    let Some(admin) = reader.visitor.user.admin() else {
        return ReviewPermission::NotAdmin;
    };
    let reviewer = admin.reviewer();
    if let Err(refusal) = may_sign(
        reviewer,
        &file.dossier.episode,
        &file.signatures,
        &file.people,
    ) {
        return ReviewPermission::Refused {
            refusal,
            draft: sent.draft,
        };
    }
    let (seen, facts) = sent.seen.unwrap_or_else(|| {
        let seen = u32::try_from(file.reviews.len()).unwrap_or(u32::MAX);
        (seen, facts(&file.dossier.episode, file.dossier.effect))
    });
    ReviewPermission::Open(Box::new(ReviewForm {
        draft: sent.draft,
        errors: sent.errors,
        not_saved: sent.not_saved,
        facts,
        seen,
        key: sent.key.unwrap_or_else(Uuid::new_v4),
        has_signed: file.signatures.iter().any(|signature| {
            file.people
                .are_one(&signature.reviewer, reviewer, &file.dossier.episode)
        }),
    }))
}
