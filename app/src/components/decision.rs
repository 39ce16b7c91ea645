//! Tags for BUY, SELL and HOLD: a word, an icon and a colour.

use domain::wire::Icon;
use leptos::prelude::*;

use super::html::{Html, written};
use super::icon::write_icon;
use super::text::write_stored;

/// A decision or a signal's action, as stored by the engine.
#[component]
pub fn DecisionTag<'a>(
    /// The decision or action.
    word: &'a str,
) -> impl IntoView + use<> {
    written(|html| write_decision(html, word))
}

/// Writes [`DecisionTag`].
pub fn write_decision(html: &mut Html, word: &str) {
    const KNOWN: [(&str, &str, Icon); 4] = [
        ("BUY", "buy", Icon::Up),
        ("SELL", "sell", Icon::Down),
        ("HOLD", "hold", Icon::Dash),
        ("NEUTRAL", "hold", Icon::Dash),
    ];
    let known = KNOWN
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(word));
    let (class, icon, text) = known.map_or(("other", None, word), |(name, class, icon)| {
        (*class, Some(*icon), *name)
    });
    html.raw("<span class=\"dec ").raw(class).raw("\">");
    if let Some(icon) = icon {
        write_icon(html, icon);
    }
    write_stored(html, text);
    html.raw("</span>");
}
