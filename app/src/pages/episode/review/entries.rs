//! Every entry of the review, in order, exactly as it was signed.

use domain::dossier::Dossier;
use domain::episode::Effect;
use domain::review::Review;
use leptos::prelude::*;

use crate::components::markdown::markdown;
use crate::components::text::{counted, stored};
use crate::components::time::exact;
use crate::model::{EpisodePage, PageContext};

/// The list; nothing where nobody has signed.
pub fn entries(ctx: &PageContext, page: &EpisodePage) -> Option<AnyView> {
    if page.reviews.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = page
        .reviews
        .iter()
        .enumerate()
        .map(|(at, review)| entry(ctx, &page.dossier, &page.reviews[..at], review))
        .collect();
    Some(view! { <ol class="signed">{items}</ol> }.into_any())
}

fn entry(ctx: &PageContext, dossier: &Dossier, earlier: &[Review], review: &Review) -> AnyView {
    let signature = &review.signature;
    let amends = earlier
        .iter()
        .any(|other| other.signature.reviewer.is(&signature.reviewer));
    let early = dossier
        .episode
        .cleared_at()
        .is_none_or(|clear| signature.at < clear);
    let marks = [
        amends.then_some("amends their own entry"),
        early.then_some("written while the stop was open"),
    ];
    let marks: Vec<AnyView> = marks
        .into_iter()
        .flatten()
        .map(|words| view! { <span class="tag">{words}</span> " " }.into_any())
        .collect();
    let lines = [("Cause", &review.cause), ("What was done", &review.action)];
    let lines: Vec<AnyView> = lines
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(label, text)| {
            view! { <div><dt>{label}</dt><dd>{stored(text)}</dd></div> }.into_any()
        })
        .collect();
    let lines = (!lines.is_empty()).then(|| view! { <dl class="said">{lines}</dl> });
    view! {
        <li class="signature" id=format!("entry-{}", review.number)>
            <h3>
                <span class="number">{review.number}</span>
                " "
                {review.verdict.label()}
            </h3>
            <p class="by">
                <strong>{stored(&signature.reviewer.email)}</strong>
                <br />
                {exact(ctx, signature.at)}
            </p>
            {marks}
            {lines}
            {markdown(&review.note)}
            {known_then(review.known, dossier.effect)}
        </li>
    }
    .into_any()
}

/// What was known to have leaked when it was signed, where more or less is known now.
fn known_then(then: Effect, now: Effect) -> Option<AnyView> {
    let same =
        then.leaked_approvals == now.leaked_approvals && then.leaked_orders == now.leaked_orders;
    (!same).then(|| {
        let said = format!(
            "Signed when {} and {} were known to have leaked; now it is {} and {}.",
            counted(then.leaked_approvals, ("approval", "approvals")),
            counted(then.leaked_orders, ("order", "orders")),
            now.leaked_approvals,
            now.leaked_orders
        );
        view! { <p class="known">{said}</p> }.into_any()
    })
}
