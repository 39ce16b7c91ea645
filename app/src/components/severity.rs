//! An event's severity: a word and an icon.

use domain::wire::Icon;
use leptos::prelude::*;

use super::html::{Html, written};
use super::icon::write_icon;
use super::text::write_stored;

/// The severity, as stored by the engine.
#[component]
pub fn SeverityTag<'a>(
    /// The severity.
    word: &'a str,
) -> impl IntoView + use<> {
    written(|html| write_severity(html, word))
}

/// Writes [`SeverityTag`].
pub fn write_severity(html: &mut Html, word: &str) {
    let (class, spec) = match word {
        "info" => ("info", Icon::Dot),
        "warning" => ("warning", Icon::Ring),
        "error" => ("error", Icon::Square),
        "critical" => ("critical", Icon::Alert),
        _ => ("other", Icon::Dash),
    };
    html.raw("<span class=\"sev ").raw(class).raw("\">");
    write_icon(html, spec);
    write_stored(html, word);
    html.raw("</span>");
}
