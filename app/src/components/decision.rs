//! BUY, SELL, HOLD: a word, a shape and a colour.

use leptos::prelude::*;

use super::html::{Html, written};
use super::mark::{Mark, write_mark};

/// A decision or a signal's action as the engine wrote it.
pub fn decision(word: &str) -> AnyView {
    written(|html| write_decision(html, word))
}

/// As [`decision`].
pub fn write_decision(html: &mut Html, word: &str) {
    let upper = word.to_ascii_uppercase();
    let (class, shape, text) = match upper.as_str() {
        "BUY" => ("buy", Some(Mark::Up), upper.as_str()),
        "SELL" => ("sell", Some(Mark::Down), upper.as_str()),
        "HOLD" | "NEUTRAL" => ("hold", Some(Mark::Dash), upper.as_str()),
        _ => ("other", None, word),
    };
    html.raw("<span class=\"dec ").raw(class).raw("\">");
    if let Some(shape) = shape {
        write_mark(html, shape);
    }
    html.raw("<bdi>").text(text).raw("</bdi></span>");
}
