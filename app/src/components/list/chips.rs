//! The active filters, each a link that removes it.

use domain::filter::ViewFilter;
use domain::filter::form::{ALL, PRESET};
use domain::page::KeysetRow;
use leptos::prelude::*;

use super::ListSpec;
use super::lookalikes::distinction;
use super::multi_select::{Field, fixed_words, value_label, write_value};
use super::submit_button::SubmitButton;
use crate::components::visible::visible;
use crate::model::ListPage;

/// A chip for every pair that narrows the list, and a link that clears all.
pub fn chips<F, T>(page: &ListPage<F, T>, spec: &ListSpec) -> Option<AnyView>
where
    F: ViewFilter,
    T: KeysetRow<Key = F::Key>,
{
    let chips = removals(page, spec);
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
pub fn removals<F, T>(page: &ListPage<F, T>, spec: &ListSpec) -> Vec<Removal>
where
    F: ViewFilter,
    T: KeysetRow<Key = F::Key>,
{
    let path = super::path::<F>();
    let all = page.query.pairs().without(&["after"]);
    page.query
        .filter_pairs()
        .as_slice()
        .iter()
        .map(|(param, value)| {
            let (name, value_words) = words(param, value, &spec.fields);
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
pub fn cleared<F, T>(page: &ListPage<F, T>) -> String
where
    F: ViewFilter,
    T: KeysetRow<Key = F::Key>,
{
    let filter_pairs = page.query.filter_pairs();
    let names: Vec<&str> = filter_pairs
        .as_slice()
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    let kept = page.query.pairs().without(&["after"]).without(&names);
    kept.link(&super::path::<F>())
}

/// A pair of a query string in words: its name and its value.
#[must_use]
pub fn words(param: &str, value: &str, fields: &[Field]) -> (String, String) {
    let name = match param {
        "q" => "search",
        "min_confidence" | "max_confidence" => "confidence",
        "order_status" => "order",
        "block_kind" => "blocked by",
        other => other,
    };
    let value = match param {
        "min_confidence" => format!("≥ {value}"),
        "max_confidence" => format!("≤ {value}"),
        "q" | "from" | "to" | "last" => value.to_owned(),
        _ => value_label(value, fixed_words(fields, param)),
    };
    (name.to_owned(), value)
}
