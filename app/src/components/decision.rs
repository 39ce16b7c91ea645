//! BUY, SELL, HOLD: a word, a shape and a colour.

use leptos::prelude::*;

use super::html::{Html, written};
use super::mark::{Mark, write_mark};
use super::text::write_stored;

/// A decision or a signal's action as the engine wrote it.
pub fn decision(word: &str) -> AnyView {
    written(|html| write_decision(html, word))
}

/// As [`decision`].
pub fn write_decision(html: &mut Html, word: &str) {
    const KNOWN: [(&str, &str, Mark); 4] = [
        ("BUY", "buy", Mark::Up),
        ("SELL", "sell", Mark::Down),
        ("HOLD", "hold", Mark::Dash),
        ("NEUTRAL", "hold", Mark::Dash),
    ];
    let known = KNOWN
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(word));
    let (class, shape, text) = known.map_or(("other", None, word), |(name, class, shape)| {
        (*class, Some(*shape), *name)
    });
    html.raw("<span class=\"dec ").raw(class).raw("\">");
    if let Some(shape) = shape {
        write_mark(html, shape);
    }
    write_stored(html, text);
    html.raw("</span>");
}
