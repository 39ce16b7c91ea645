//! Kill-switch episodes in words.

use domain::episode::{Effect, Episode, Mechanism};
use domain::time::{Timestamp, span_in_words};
use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::text::grouped;
use super::time::rough_span;

/// The mechanism's name: `Emergency stop`, `Toggle`.
#[must_use]
pub const fn mechanism_name(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::EmergencyStop => "Emergency stop",
        Mechanism::Toggle => "Toggle",
    }
}

/// Who enforces it, as a tag.
pub fn mechanism_tag(mechanism: Mechanism) -> AnyView {
    match mechanism {
        Mechanism::EmergencyStop => {
            view! { <span class="tag quiet">"enforced by the Guard"</span> }.into_any()
        }
        Mechanism::Toggle => {
            view! { <span class="tag warn">"declared, not enforced"</span> }.into_any()
        }
    }
}

/// How long it lasted, or how long it has been open.
#[must_use]
pub fn lasted(episode: &Episode, now: Timestamp) -> String {
    episode.duration_micros().map_or_else(
        || {
            format!(
                "{} so far",
                rough_span(now.micros_since(episode.activated_at()))
            )
        },
        span_in_words,
    )
}

/// Open or closed.
pub fn state(episode: &Episode) -> AnyView {
    if episode.cleared().is_some() {
        view! { <span class="out quiet">{icon(Icon::Dot)}"Closed"</span> }.into_any()
    } else {
        view! { <span class="out stop">{icon(Icon::Square)}"Open"</span> }.into_any()
    }
}

/// Approvals and orders that slipped through, louder than a stop.
pub fn leaks(effect: Effect) -> AnyView {
    if effect.leaked() {
        let text = format!(
            "{} · {}",
            grouped(effect.leaked_approvals),
            grouped(effect.leaked_orders)
        );
        view! { <span class="out leak">{icon(Icon::Alert)}{text}</span> }.into_any()
    } else {
        view! { <span class="none">"0 · 0"</span> }.into_any()
    }
}
