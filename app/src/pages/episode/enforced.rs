//! Whether the stop was enforced: the difference between the two mechanisms, and the current state of the three sources.

use domain::episode::{Episode, Mechanism};
use leptos::prelude::*;

use crate::components::live::{
    LastEventLine, SourceTag, agreement_tone, agreement_words, declared_words, enforced_words,
};
use crate::components::text::sentence;
use crate::model::PageContext;

/// The card.
#[component]
pub fn EnforcedCard<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The episode.
    episode: &'a Episode,
) -> impl IntoView + use<> {
    let how = match episode.mechanism {
        Mechanism::EmergencyStop => {
            "The emergency stop is a key in Redis that the Guard reads before it approves a trade, so it is enforced. Orders that had been approved before go on, and nobody cancels them."
        }
        Mechanism::Toggle => {
            "The toggle writes a setting into the database that the Guard does not read, so it declares a stop and enforces none. Only an emergency stop at the same time would have rejected trades."
        }
    };
    let now = ctx.live.as_ref().map(|live| {
        let class = format!("agreement {}", agreement_tone(live).class());
        view! {
            <h3>"The switches now"</h3>
            <dl class="sources">
                <div><dt>"Database setting"</dt><dd><SourceTag words=declared_words(live) /></dd></div>
                <div><dt>"Redis (enforced)"</dt><dd><SourceTag words=enforced_words(live) /></dd></div>
                <div><dt>"Last event"</dt><dd><LastEventLine ctx last=live.last /></dd></div>
            </dl>
            <p class=class>{sentence(&agreement_words(live))}</p>
        }
    });
    view! {
        <section class="card" id="enforced" aria-labelledby="enforced-title">
            <h2 id="enforced-title">"Was it enforced?"</h2>
            <p>{how}</p>
            {now}
        </section>
    }
}
