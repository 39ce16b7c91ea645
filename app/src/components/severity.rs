//! An event's severity: a word and a shape.

use leptos::prelude::*;

use super::mark::{Mark, mark};

/// The severity as the engine wrote it.
pub fn severity(word: &str) -> AnyView {
    let (class, shape) = match word {
        "info" => ("sev info", Mark::Dot),
        "warning" => ("sev warning", Mark::Ring),
        "error" => ("sev error", Mark::Square),
        "critical" => ("sev critical", Mark::Alert),
        _ => ("sev other", Mark::Dash),
    };
    view! { <span class=class>{mark(shape)}<bdi>{word.to_owned()}</bdi></span> }.into_any()
}
