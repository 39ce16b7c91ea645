//! How trading resumed.

use domain::dossier::Dossier;
use domain::time::Timestamp;
use leptos::prelude::*;

use crate::components::facts::{fact, facts};
use crate::components::time::{distance, exact};
use crate::model::PageContext;

/// The card.
pub fn card(ctx: &PageContext, dossier: &Dossier) -> AnyView {
    let cleared = dossier.episode.cleared_at();
    let body = match (cleared, dossier.resumption) {
        (None, _) => view! { <p>"It is still open."</p> }.into_any(),
        (Some(_), None) => {
            view! { <p>"How trading resumed could not be looked up in time."</p> }.into_any()
        }
        (Some(clear), Some(signs)) => facts(vec![
            fact("Cleared", "timestamp", exact(ctx, clear)),
            fact("First approval", "", sign(ctx, clear, signs.approval)),
            fact("First order", "", sign(ctx, clear, signs.order)),
        ]),
    };
    view! {
        <section class="card" aria-labelledby="resumed-title">
            <h2 id="resumed-title">"How trading resumed"</h2>
            {body}
        </section>
    }
    .into_any()
}

fn sign(ctx: &PageContext, clear: Timestamp, at: Option<Timestamp>) -> AnyView {
    match at {
        Some(at) => view! {
            <strong>{distance(clear, at)}</strong>" "<span class="dim">{exact(ctx, at)}</span>
        }
        .into_any(),
        None => view! { <span class="none">"none within a day"</span> }.into_any(),
    }
}
