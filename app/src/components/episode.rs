//! Kill-switch episodes in words.

use domain::episode::{Episode, Mechanism};
use domain::time::{Timestamp, duration_in_words, ongoing_in_words};
use leptos::prelude::*;

use super::icon::{Icon, icon};
use super::text::grouped;

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

/// How long an episode lasted, or how long it has been open.
#[must_use]
pub fn lasted(episode: &Episode, now: Timestamp) -> String {
    duration_words(episode.activated_at(), episode.cleared_at(), now)
}

/// The time from an activation to its clear, or until now.
#[must_use]
pub fn duration_words(
    activated_at: Timestamp,
    cleared_at: Option<Timestamp>,
    now: Timestamp,
) -> String {
    match cleared_at {
        Some(at) => duration_in_words(at.micros_since(activated_at)),
        None => ongoing_in_words(now.micros_since(activated_at)),
    }
}

/// Open or closed.
pub fn state(is_cleared: bool) -> AnyView {
    if is_cleared {
        view! { <span class="out quiet">{icon(Icon::Dot)}"Closed"</span> }.into_any()
    } else {
        view! { <span class="out stop">{icon(Icon::Square)}"Open"</span> }.into_any()
    }
}

/// Approvals and orders that slipped through, louder than a stop.
pub fn leaks(approvals: u64, orders: u64) -> AnyView {
    if approvals + orders > 0 {
        let text = format!("{} · {}", grouped(approvals), grouped(orders));
        view! { <span class="out leak">{icon(Icon::Alert)}{text}</span> }.into_any()
    } else {
        view! { <span class="none">"0 · 0"</span> }.into_any()
    }
}
