//! `/kill-switch/{id}`: one episode's dossier.

use app::model::{EpisodePage, ReviewForm, Signing, TurnedBack};
use axum::extract::{Path, State};
use domain::clock;
use domain::dossier::{Dossier, Span};
use domain::episode::Episode;
use domain::form::FieldError;
use domain::page::Keyed as _;
use domain::review::{
    Draft, People, Review, Signature, Standing, facts, may_sign, signatures, standing,
};
use store::access::Auditor;
use store::console::Sight;
use uuid::Uuid;

use super::details::uuid;
use crate::auth::Reader;
use crate::failure::Failure;
use crate::frame::PageHtml;
use crate::kept::Freshness;
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
    // A link with days means the same moments to everybody. One that means none leads nowhere.
    let (path, zone) = (format!("/kill-switch/{id}"), reader.visitor.zone(None));
    if let Some(to) = query.with_zone(&path, zone) {
        let episode = find_episode(&app, &reader.auditor, id).await?;
        query.span(Span::around(&episode, clock::now()), zone)?;
        return Err(Failure::Redirect(to));
    }
    let file = File::open(&app, &reader, id, query).await?;
    show(&app, &reader, file, query, Sent::default()).await
}

/// What came of a form that was sent, for the page that shows it again.
#[derive(Default)]
pub(super) struct Sent {
    pub draft: Draft,
    pub errors: Vec<FieldError>,
    pub turned_back: Option<TurnedBack>,
    /// The key that the form came with, where the form may be sent again with it.
    pub key: Option<Uuid>,
    /// What its writer has seen, where that is not what the page shows: entries, and facts.
    pub seen: Option<(u32, String)>,
}

/// Everything that is known of an episode.
pub struct File {
    /// What the engine's rows tell.
    pub dossier: Dossier,
    /// Every entry of its review, in order.
    pub reviews: Vec<Review>,
    /// Who signed them.
    pub signatures: Vec<Signature>,
    /// How far the review has got.
    pub standing: Standing,
    /// The actors' accounts as they are now.
    pub sight: Sight,
    /// Who is who, as recorded, now and by links.
    pub people: People,
}

impl File {
    /// Reads what is known of the episode of this id, with the timeline that `query` asks for.
    ///
    /// # Errors
    /// When there is no such episode, the query is at fault, or a database is away.
    pub async fn open(
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
        let mut dossier = dossier.ok_or(Failure::NotFound(EPISODE))?;
        let sight = app
            .engine
            .sight(&reader.auditor, &app.console, &dossier.episode)
            .await?;
        let people = app.console.people(&reader.auditor, &sight).await?;
        dossier.episode = sight.episode().clone();
        let standing = standing(
            &dossier.episode,
            &reviews,
            &people,
            dossier.effect,
            app.book.patience,
            clock::now(),
        );
        Ok(Self {
            dossier,
            signatures: signatures(&reviews),
            reviews,
            standing,
            sight,
            people,
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
pub(super) async fn show(
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
    if let Err(refusal) = may_sign(
        reviewer,
        &file.dossier.episode,
        &file.signatures,
        &file.people,
    ) {
        return Signing::Refused {
            refusal,
            draft: sent.draft,
        };
    }
    let (seen, facts) = sent.seen.unwrap_or_else(|| {
        let seen = u32::try_from(file.reviews.len()).unwrap_or(u32::MAX);
        (seen, facts(&file.dossier.episode, file.dossier.effect))
    });
    Signing::Open(Box::new(ReviewForm {
        draft: sent.draft,
        errors: sent.errors,
        turned_back: sent.turned_back,
        facts,
        seen,
        key: sent.key.unwrap_or_else(Uuid::new_v4),
        has_signed: file.signatures.iter().any(|signature| {
            file.people
                .are_one(&signature.reviewer, reviewer, &file.dossier.episode)
        }),
    }))
}
