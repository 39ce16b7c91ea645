//! BUY, SELL, HOLD: a word, a shape and a colour.

use leptos::prelude::*;

use super::mark::{Mark, mark};

/// A decision or a signal's action as the engine wrote it.
pub fn decision(word: &str) -> AnyView {
    let (class, shape) = match word.to_ascii_lowercase().as_str() {
        "buy" => ("dec buy", Some(Mark::Up)),
        "sell" => ("dec sell", Some(Mark::Down)),
        "hold" | "neutral" => ("dec hold", Some(Mark::Dash)),
        _ => ("dec other", None),
    };
    let known = shape.is_some();
    let text = if known {
        word.to_uppercase()
    } else {
        word.to_owned()
    };
    view! { <span class=class>{shape.map(mark)}<bdi>{text}</bdi></span> }.into_any()
}
