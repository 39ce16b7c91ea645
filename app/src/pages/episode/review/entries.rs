//! Every entry of the review, in order, exactly as it was signed.

use domain::dossier::Dossier;
use domain::episode::Effect;
use domain::review::Review;
use leptos::prelude::*;

use crate::components::markdown::Markdown;
use crate::components::text::{Stored, counted};
use crate::components::time::ExactTime;
use crate::model::{EpisodePage, PageContext};

/// The list. Renders nothing if nobody has signed.
#[component]
pub fn SignedEntries<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The page's model.
    page: &'a EpisodePage,
) -> impl IntoView + use<> {
    let reviews = page.reviews.as_slice();
    (!reviews.is_empty()).then(|| {
        let items = reviews.iter().enumerate().map(|(at, review)| {
            let earlier = &reviews[..at];
            view! { <SignedEntry ctx dossier=&page.dossier earlier review /> }
        });
        view! { <ol class="signatures">{items.collect_view()}</ol> }
    })
}

#[component]
fn SignedEntry<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// What is known of the episode.
    dossier: &'a Dossier,
    /// The entries before it.
    earlier: &'a [Review],
    /// The entry.
    review: &'a Review,
) -> impl IntoView + use<> {
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
    let marks = marks
        .into_iter()
        .flatten()
        .map(|words| view! { <span class="tag">{words}</span> " " });
    view! {
        <li class="signature" id=format!("entry-{}", review.number)>
            <h3>
                <span class="signature-number">{review.number}</span>
                {format!(" {}", review.verdict.label())}
            </h3>
            <p class="by">
                <strong><Stored text=&signature.reviewer.email /></strong>
                <br />
                <ExactTime ctx at=signature.at />
            </p>
            {marks.collect_view()}
            <SignedLines review />
            <Markdown text=&review.note />
            <KnownThen then=review.known now=dossier.effect />
        </li>
    }
}

/// The cause and what was done. Renders nothing if neither was written.
#[component]
fn SignedLines<'a>(
    /// The entry.
    review: &'a Review,
) -> impl IntoView + use<> {
    let lines = [("Cause", &review.cause), ("What was done", &review.action)];
    let lines = lines.into_iter().filter(|(_, text)| !text.is_empty());
    let lines = lines
        .map(|(label, text)| view! { <div><dt>{label}</dt><dd><Stored text /></dd></div> })
        .collect_view();
    (!lines.is_empty()).then(|| view! { <dl class="signature-fields">{lines}</dl> })
}

/// What was known to have leaked when it was signed, where more or less is known now.
#[component]
fn KnownThen(
    /// What was known then.
    then: Effect,
    /// What is known now.
    now: Effect,
) -> impl IntoView {
    let is_same =
        then.leaked_approvals == now.leaked_approvals && then.leaked_orders == now.leaked_orders;
    (!is_same).then(|| {
        let said = format!(
            "Signed when {} and {} were known to have leaked; now it is {} and {}.",
            counted(then.leaked_approvals, ("approval", "approvals")),
            counted(then.leaked_orders, ("order", "orders")),
            now.leaked_approvals,
            now.leaked_orders
        );
        view! { <p class="stale-note">{said}</p> }
    })
}
