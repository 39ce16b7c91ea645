//! The review: what was signed, what is still needed, and the form for who may sign.

mod entries;
mod form;

use domain::dossier::Dossier;
use domain::review::{Involvement, Needs, Refusal, ReviewProgress, ReviewState};
use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::components::review::until_due;
use crate::components::text::Stored;
use crate::components::time::SecondTime;
use crate::model::{EpisodePage, PageContext, ReviewPermission};
use entries::SignedEntries;
use form::{KeptDraft, ReviewForm};

/// The card.
#[component]
pub fn ReviewCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    view! {
        <section class="card review" id="review" aria-labelledby="review-title">
            <h2 id="review-title">"Review"</h2>
            <SignedEntries ctx page />
            <Standing ctx dossier=&page.dossier review_progress=&page.review_progress />
            <WhatMayBeDone ctx page />
        </section>
    }
}

/// How far it has got, in words.
#[component]
fn Standing<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// What is known of the episode.
    dossier: &'a Dossier,
    /// How far the review has got.
    review_progress: &'a ReviewProgress,
) -> impl IntoView + use<> {
    let must_be_two = dossier.effect.leaked() && review_progress.needs.is_some();
    let rule = must_be_two.then_some(" Trades leaked, so two different people have to sign.");
    let since = review_progress.completed_at;
    let since = since.map(|at| view! { " Complete since "<SecondTime ctx at />"." });
    let class = match review_progress.state {
        ReviewState::Reviewed => "review-status ok",
        ReviewState::Pending => "review-status",
        ReviewState::Overdue => "review-status warn",
    };
    view! {
        <div class=class>
            <p>
                {format!("{} ", needs_words(review_progress.needs))}
                <People emails=&review_progress.reviewers />
                {since}
                {rule}
            </p>
            <DueLine ctx review_progress />
        </div>
    }
}

/// What is still needed.
const fn needs_words(needs: Option<Needs>) -> &'static str {
    match needs {
        None => "Reviewed by",
        Some(Needs::Reviewer) => "Nobody has signed yet.",
        Some(Needs::SecondReviewer) => "A second person still has to sign. So far:",
        Some(Needs::Clear) => {
            "The stop is still open: what happens until the clear is not covered yet, so it has to be signed again then. So far:"
        }
        Some(Needs::ReviewerAfterClear) => {
            "What was signed was written while the stop was open: somebody has to sign again, now that it is cleared. So far:"
        }
    }
}

/// When it is, or was, due. Renders nothing if it is done.
#[component]
fn DueLine<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// How far the review has got.
    review_progress: &'a ReviewProgress,
) -> impl IntoView + use<> {
    let until = until_due(review_progress, ctx.now);
    let (class, words) = match review_progress.state {
        ReviewState::Reviewed => return None,
        ReviewState::Pending => ("due", format!("Due in {until}, ")),
        ReviewState::Overdue => ("due warn", format!("Overdue by {until}, was due ")),
    };
    Some(view! { <p class=class>{words}<SecondTime ctx at=review_progress.due_at />"."</p> })
}

/// `a@example.com and b@example.com.`; nothing of nobody.
#[component]
fn People<'a>(
    /// Their e-mails.
    emails: &'a [String],
) -> impl IntoView + use<> {
    let last = emails.len().saturating_sub(1);
    let parts = emails.iter().enumerate().map(|(at, text)| {
        let apart = match at {
            0 => None,
            _ if at == last => Some(" and "),
            _ => Some(", "),
        };
        view! { {apart}<strong><Stored text /></strong> }
    });
    (!emails.is_empty()).then(|| view! { {parts.collect_view()}"." })
}

/// The form, or why there is none.
#[component]
fn WhatMayBeDone<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    match &page.permission {
        ReviewPermission::NotAdmin => EitherOf3::A(view! { <p class="dim">"Admins review."</p> }),
        ReviewPermission::Refused { refusal, draft } => EitherOf3::B(view! {
            <p class="form-error" role="alert">{refused(*refusal)}</p>
            <KeptDraft draft />
        }),
        ReviewPermission::Open(form) => {
            EitherOf3::C(view! { <ReviewForm ctx page form=form.as_ref() /> })
        }
    }
}

const fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::FourEyes(Involvement::Activated) => {
            "You activated this stop, so somebody else has to sign first. Yours can follow."
        }
        Refusal::FourEyes(Involvement::Cleared) => {
            "You cleared this stop, so somebody else has to sign first. Yours can follow."
        }
        Refusal::FourEyes(Involvement::Both) => {
            "You activated and cleared this stop, so somebody else has to sign first. Yours can follow."
        }
    }
}
