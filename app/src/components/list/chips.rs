//! The active filters, each a link that removes it.

use domain::catalogue::{End, Takes, View};
use domain::filter::form::{ALL, PRESET};
use leptos::prelude::*;

use super::lookalikes::distinction;
use super::multi_select::{value_label, write_value};
use super::submit_button::SubmitButton;
use crate::components::visible::visible;
use crate::model::ListPage;

/// A chip for every pair that narrows the list, and a link that clears all.
pub fn chips(page: &ListPage) -> Option<AnyView> {
    let chips = removals(page);
    if chips.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = chips
        .into_iter()
        .map(|chip| {
            let label = format!("{} {}, remove this filter", chip.name, visible(&chip.value));
            let note = distinction(&chip.value);
            let submit_button = SubmitButton {
                class: "chip",
                label: Some(label.clone()),
                title: Some(label),
                ..chip.submit_button
            };
            let submit_button = submit_button.view(|html| {
                html.raw("<span class=\"chip-name\">")
                    .text(&visible(&chip.name));
                html.raw("</span> ");
                write_value(html, &chip.value, note.as_deref());
                html.raw(
                    "<svg class=\"mark\" aria-hidden=\"true\"><use href=\"#m-cross\"></use></svg>",
                );
            });
            view! { <li>{submit_button}</li> }.into_any()
        })
        .collect();
    let all = cleared(page);
    Some(
        view! {
            <nav class="chips" aria-label="Active filters">
                <ul>{items}</ul>
                <a href=all>"Clear all"</a>
            </nav>
        }
        .into_any(),
    )
}

/// An active filter and the page without it.
pub struct Removal {
    /// The filter in words: `confidence`.
    pub name: String,
    /// Its value in words: `≥ 0.4`.
    pub value: String,
    /// The way to the page without it.
    pub submit_button: SubmitButton,
}

/// Every active filter.
pub fn removals(page: &ListPage) -> Vec<Removal> {
    let path = page.query.view.path();
    let all = page.query.pairs().without(&["after"]);
    page.query
        .filter_pairs()
        .as_slice()
        .iter()
        .map(|(param, value)| {
            let (name, value_words) = words(page.query.view, param, value);
            let href = all.clone().without_pair(param, value).link(&path);
            let submit_button = match param.as_str() {
                // Its own field, and no value of it, is what says a span.
                "last" => SubmitButton {
                    href,
                    name: PRESET,
                    value: ALL.to_owned(),
                    ..SubmitButton::default()
                },
                _ => SubmitButton::dropping(param, value, href),
            };
            Removal {
                name,
                value: value_words,
                submit_button,
            }
        })
        .collect()
}

/// The page without any filter; zone, order and page size stay.
pub fn cleared(page: &ListPage) -> String {
    let filter_pairs = page.query.filter_pairs();
    let names: Vec<&str> = filter_pairs
        .as_slice()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let kept = page.query.pairs().without(&["after"]).without(&names);
    kept.link(&page.query.view.path())
}

/// A pair of a query string in words: its name and its value.
#[must_use]
pub fn words(view: View, param: &str, value: &str) -> (String, String) {
    let known = view.0.params.iter().find(|known| known.is_named(param));
    let Some(known) = known else {
        let name = if param == "q" { "search" } else { param };
        return (name.to_owned(), value.to_owned());
    };
    let name = match known.takes {
        Takes::Details => param.to_owned(),
        _ => inside_a_line(known.label),
    };
    let value = match known.takes {
        Takes::Bound { end: End::Min, .. } => format!("≥ {value}"),
        Takes::Bound { end: End::Max, .. } => format!("≤ {value}"),
        _ => value_label(value, &known.takes),
    };
    (name, value)
}

/// A label without the capital that it begins with: `Value, AUD` as `value, AUD`.
fn inside_a_line(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}
