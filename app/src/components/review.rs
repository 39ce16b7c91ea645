//! How far a review has got, in words.

use domain::review::{ReviewState, Standing};
use domain::time::Timestamp;
use leptos::prelude::*;

use super::mark::{Mark, mark};
use super::time::rough_span;

/// How long a review has been overdue, or has time: `3 h`.
#[must_use]
pub fn until_due(standing: &Standing, now: Timestamp) -> String {
    rough_span(now.micros_since(standing.due_at).saturating_abs())
}

/// For a heading: `review overdue 3 h`.
pub fn review_tag(standing: &Standing, now: Timestamp) -> AnyView {
    let (class, words) = match standing.state {
        ReviewState::Reviewed => ("tag ok", "reviewed".to_owned()),
        ReviewState::Pending => ("tag quiet", "review pending".to_owned()),
        ReviewState::Overdue => (
            "tag warn",
            format!("review overdue {}", until_due(standing, now)),
        ),
    };
    view! { <a class=class href="#review">{words}</a> }.into_any()
}

/// For a row: a shape and a word.
pub fn review_state(standing: &Standing, now: Timestamp) -> AnyView {
    let (class, shape, words) = match standing.state {
        ReviewState::Reviewed => ("out ok", Mark::Dot, "Reviewed".to_owned()),
        ReviewState::Pending => ("out quiet", Mark::Ring, "Pending".to_owned()),
        ReviewState::Overdue => (
            "out warn",
            Mark::Alert,
            format!("Overdue by {}", until_due(standing, now)),
        ),
    };
    view! { <span class=class>{mark(shape)}{words}</span> }.into_any()
}
