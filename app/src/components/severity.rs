//! An event's severity: a word and a shape.

use leptos::prelude::*;

use super::html::{Html, written};
use super::mark::{Mark, write_mark};
use super::text::write_stored;

/// The severity as the engine wrote it.
pub fn severity(word: &str) -> AnyView {
    written(|html| write_severity(html, word))
}

/// As [`severity`].
pub fn write_severity(html: &mut Html, word: &str) {
    let (class, shape) = match word {
        "info" => ("info", Mark::Dot),
        "warning" => ("warning", Mark::Ring),
        "error" => ("error", Mark::Square),
        "critical" => ("critical", Mark::Alert),
        _ => ("other", Mark::Dash),
    };
    html.raw("<span class=\"sev ").raw(class).raw("\">");
    write_mark(html, shape);
    write_stored(html, word);
    html.raw("</span>");
}
