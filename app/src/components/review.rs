//! A review's progress, in words.

use domain::review::{ReviewProgress, ReviewState};
use domain::time::Timestamp;
use domain::wire::Icon;
use leptos::prelude::*;

use super::icon::Mark;
use super::time::rough_span;

/// How long a review has been overdue, or has time: `3 h`.
#[must_use]
pub fn until_due(review_progress: &ReviewProgress, now: Timestamp) -> String {
    rough_span(now.micros_since(review_progress.due_at).saturating_abs())
}

/// For a heading: `review overdue 3 h`.
#[component]
pub fn ReviewTag<'a>(
    /// How far the review has got.
    review_progress: &'a ReviewProgress,
    /// When the page was made.
    now: Timestamp,
) -> impl IntoView + use<> {
    let (class, words) = match review_progress.state {
        ReviewState::Reviewed => ("tag ok", "reviewed".to_owned()),
        ReviewState::Pending => ("tag quiet", "review pending".to_owned()),
        ReviewState::Overdue => (
            "tag warn",
            format!("review overdue {}", until_due(review_progress, now)),
        ),
    };
    view! { <a class=class href="#review">{words}</a> }
}

/// For a row: a shape and a word.
#[component]
pub fn ReviewStateTag(
    /// The review's state.
    state: ReviewState,
    /// When it is, or was, due.
    due_at: Timestamp,
    /// When the page was made.
    now: Timestamp,
) -> impl IntoView {
    let (class, icon, words) = match state {
        ReviewState::Reviewed => ("out ok", Icon::Dot, "Reviewed".to_owned()),
        ReviewState::Pending => ("out quiet", Icon::Ring, "Pending".to_owned()),
        ReviewState::Overdue => (
            "out warn",
            Icon::Alert,
            format!(
                "Overdue by {}",
                rough_span(now.micros_since(due_at).saturating_abs())
            ),
        ),
    };
    view! { <span class=class><Mark icon />{words}</span> }
}
