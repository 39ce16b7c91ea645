//! How trading resumed.

use domain::dossier::Dossier;
use domain::time::Timestamp;
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::components::facts::{Fact, Facts};
use crate::components::time::{ExactTime, distance};
use crate::model::PageContext;

/// The card.
#[component]
pub fn ResumptionCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// What is known of the episode.
    dossier: &'a Dossier,
) -> impl IntoView + use<> {
    let body = match (dossier.episode.cleared_at(), dossier.resumption) {
        (None, _) => EitherOf3::A(view! { <p>"It is still open."</p> }),
        (Some(_), None) => EitherOf3::B(view! {
            <p>"How trading resumed could not be looked up in time."</p>
        }),
        (Some(clear), Some(signs)) => EitherOf3::C(view! {
            <Facts>
                <Fact label="Cleared" column="timestamp"><ExactTime ctx at=clear /></Fact>
                <Fact label="First approval"><FirstSign ctx clear at=signs.approval /></Fact>
                <Fact label="First order"><FirstSign ctx clear at=signs.order /></Fact>
            </Facts>
        }),
    };
    view! {
        <section class="card" aria-labelledby="resumed-title">
            <h2 id="resumed-title">"How trading resumed"</h2>
            {body}
        </section>
    }
}

#[component]
fn FirstSign<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// When the stop was cleared.
    clear: Timestamp,
    /// When it happened; none where it did not within a day.
    at: Option<Timestamp>,
) -> impl IntoView + use<> {
    match at {
        Some(at) => Either::Left(view! {
            <strong>{distance(clear, at)}</strong>" "<span class="dim"><ExactTime ctx at /></span>
        }),
        None => Either::Right(view! { <span class="none">"none within a day"</span> }),
    }
}
