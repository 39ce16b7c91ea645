//! Kill-switch episodes in words.

use domain::episode::{Episode, Mechanism};
use domain::time::{Timestamp, duration_in_words, ongoing_in_words};
use domain::wire::Icon;
use leptos::either::Either;
use leptos::prelude::*;

use super::icon::Mark;
use super::text::grouped;

/// The mechanism's name: `Emergency stop`, `Toggle`.
#[must_use]
pub const fn mechanism_name(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::EmergencyStop => "Emergency stop",
        Mechanism::Toggle => "Toggle",
    }
}

/// A tag that names who enforces the mechanism.
#[component]
pub fn MechanismTag(
    /// The mechanism.
    mechanism: Mechanism,
) -> impl IntoView {
    let (class, words) = match mechanism {
        Mechanism::EmergencyStop => ("tag quiet", "enforced by the Guard"),
        Mechanism::Toggle => ("tag warn", "declared, not enforced"),
    };
    view! { <span class=class>{words}</span> }
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
#[component]
pub fn EpisodeState(
    /// Whether the episode was cleared.
    is_cleared: bool,
) -> impl IntoView {
    let (class, icon, word) = if is_cleared {
        ("out quiet", Icon::Dot, "Closed")
    } else {
        ("out stop", Icon::Square, "Open")
    };
    view! { <span class=class><Mark icon />{word}</span> }
}

/// The number of leaked approvals and orders, in the most severe tone.
#[component]
pub fn Leaks(
    /// How many approvals.
    approvals: u64,
    /// How many orders.
    orders: u64,
) -> impl IntoView {
    if approvals + orders > 0 {
        let text = format!("{} · {}", grouped(approvals), grouped(orders));
        Either::Left(view! { <span class="out leak"><Mark icon=Icon::Alert />{text}</span> })
    } else {
        Either::Right(view! { <span class="none">"0 · 0"</span> })
    }
}
