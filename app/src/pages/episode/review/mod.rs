//! The review: what was signed, what is still needed, and the form for who may sign.

mod entries;
mod form;

use domain::dossier::Dossier;
use domain::review::{Needs, Part, Refusal, ReviewState, Standing};
use leptos::prelude::*;

use crate::components::review::until_due;
use crate::components::text::stored;
use crate::components::time::to_the_second;
use crate::model::{EpisodePage, Frame, Signing};

/// The card.
pub fn card(frame: &Frame, page: &EpisodePage) -> AnyView {
    view! {
        <section class="card review" id="review" aria-labelledby="review-title">
            <h2 id="review-title">"Review"</h2>
            {entries::entries(frame, page)}
            {standing(frame, &page.dossier, &page.standing)}
            {signing(frame, page)}
        </section>
    }
    .into_any()
}

/// How far it has got, in words.
fn standing(frame: &Frame, dossier: &Dossier, standing: &Standing) -> AnyView {
    let must_be_two = dossier.effect.leaked() && standing.needs.is_some();
    let rule =
        must_be_two.then_some(" Something slipped through, so two different people have to sign.");
    let needs = match standing.needs {
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
    let who = people(&standing.reviewers);
    let since = standing
        .completed_at
        .map(|at| view! { " Complete since " {to_the_second(frame, at)} "." });
    let class = match standing.state {
        ReviewState::Reviewed => "standing ok",
        ReviewState::Pending => "standing",
        ReviewState::Overdue => "standing late",
    };
    view! {
        <div class=class>
            <p>{needs} " " {who} {since} {rule}</p>
            {due(frame, standing)}
        </div>
    }
    .into_any()
}

fn due(frame: &Frame, standing: &Standing) -> Option<AnyView> {
    let (class, words) = match standing.state {
        ReviewState::Reviewed => return None,
        ReviewState::Pending => (
            "due",
            format!("Due in {}, ", until_due(standing, frame.now)),
        ),
        ReviewState::Overdue => (
            "due late",
            format!("Overdue by {}, was due ", until_due(standing, frame.now)),
        ),
    };
    Some(
        view! { <p class=class>{words} {to_the_second(frame, standing.due_at)} "."</p> }.into_any(),
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

fn signing(frame: &Frame, page: &EpisodePage) -> AnyView {
    match &page.signing {
        Signing::NotAdmin => view! { <p class="dim">"Admins review."</p> }.into_any(),
        Signing::Refused { refusal, draft } => view! {
            <p class="form-error" role="alert">{refused(*refusal)}</p>
            {form::kept(draft)}
        }
        .into_any(),
        Signing::Open(open) => form::form(frame, page, open),
    }
}

const fn refused(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::FourEyes(Part::Activated) => {
            "You activated this stop, so somebody else has to sign first. Yours can follow."
        }
        Refusal::FourEyes(Part::Cleared) => {
            "You cleared this stop, so somebody else has to sign first. Yours can follow."
        }
        Refusal::FourEyes(Part::Both) => {
            "You activated and cleared this stop, so somebody else has to sign first. Yours can follow."
        }
    }
}
