//! The review: what was signed, what is still needed, and the form for who may sign.

mod entries;
mod form;

use domain::dossier::Dossier;
use domain::review::{Involvement, Needs, Refusal, ReviewProgress, ReviewState};
use leptos::prelude::*;

use crate::components::review::until_due;
use crate::components::text::stored;
use crate::components::time::to_the_second;
use crate::model::{EpisodePage, PageContext, ReviewPermission};

/// The card.
pub fn card(ctx: &PageContext, page: &EpisodePage) -> AnyView {
    view! {
        <section class="card review" id="review" aria-labelledby="review-title">
            <h2 id="review-title">"Review"</h2>
            {entries::entries(ctx, page)}
            {review_progress(ctx, &page.dossier, &page.review_progress)}
            {permission(ctx, page)}
        </section>
    }
    .into_any()
}

/// How far it has got, in words.
fn review_progress(
    ctx: &PageContext,
    dossier: &Dossier,
    review_progress: &ReviewProgress,
) -> AnyView {
    let must_be_two = dossier.effect.leaked() && review_progress.needs.is_some();
    let rule = must_be_two.then_some(" Trades leaked, so two different people have to sign.");
    let needs = match review_progress.needs {
        None => "Reviewed by",
        Some(Needs::Reviewer) => "Nobody has signed yet.",
        Some(Needs::SecondReviewer) => "A second person still has to sign. So far:",
        Some(Needs::Clear) => {
            "The stop is still open: what happens until the clear is not covered yet, so it has to be signed again then. So far:"
        }
        Some(Needs::ReviewerAfterClear) => {
            "What was signed was written while the stop was open: somebody has to sign again, now that it is cleared. So far:"
        }
    };
    let who = people(&review_progress.reviewers);
    let since = review_progress
        .completed_at
        .map(|at| view! { " Complete since " {to_the_second(ctx, at)} "." });
    let class = match review_progress.state {
        ReviewState::Reviewed => "standing ok",
        ReviewState::Pending => "standing",
        ReviewState::Overdue => "standing late",
    };
    view! {
        <div class=class>
            <p>{needs} " " {who} {since} {rule}</p>
            {due(ctx, review_progress)}
        </div>
    }
    .into_any()
}

fn due(ctx: &PageContext, review_progress: &ReviewProgress) -> Option<AnyView> {
    let (class, words) = match review_progress.state {
        ReviewState::Reviewed => return None,
        ReviewState::Pending => (
            "due",
            format!("Due in {}, ", until_due(review_progress, ctx.now)),
        ),
        ReviewState::Overdue => (
            "due late",
            format!(
                "Overdue by {}, was due ",
                until_due(review_progress, ctx.now)
            ),
        ),
    };
    Some(
        view! { <p class=class>{words} {to_the_second(ctx, review_progress.due_at)} "."</p> }
            .into_any(),
    )
}

/// `a@example.com and b@example.com.`
fn people(emails: &[String]) -> Option<AnyView> {
    if emails.is_empty() {
        return None;
    }
    let last = emails.len() - 1;
    let parts: Vec<AnyView> = emails
        .iter()
        .enumerate()
        .map(|(at, email)| {
            let apart = match at {
                0 => "",
                _ if at == last => " and ",
                _ => ", ",
            };
            view! { {apart}<strong>{stored(email)}</strong> }.into_any()
        })
        .collect();
    Some(view! { {parts} "." }.into_any())
}

fn permission(ctx: &PageContext, page: &EpisodePage) -> AnyView {
    match &page.permission {
        ReviewPermission::NotAdmin => view! { <p class="dim">"Admins review."</p> }.into_any(),
        ReviewPermission::Refused { refusal, draft } => view! {
            <p class="form-error" role="alert">{refused(*refusal)}</p>
            {form::kept(draft)}
        }
        .into_any(),
        ReviewPermission::Open(open) => form::form(ctx, page, open),
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
