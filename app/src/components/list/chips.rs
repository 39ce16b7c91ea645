//! The active filters, each a link that removes it.

use domain::filter::ViewFilter;
use domain::filter::form::{ALL, PRESET};
use domain::page::Keyed;
use leptos::prelude::*;

use super::Shape;
use super::lookalikes::distinction;
use super::picks::{Field, fixed_words, value_label, write_value};
use super::press::Press;
use crate::components::visible::visible;
use crate::model::ListPage;

/// A chip for every pair that narrows the list, and a link that clears all.
pub fn chips<F, T>(page: &ListPage<F, T>, shape: &Shape) -> Option<AnyView>
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let chips = removals(page, shape);
    if chips.is_empty() {
        return None;
    }
    let items: Vec<AnyView> = chips
        .into_iter()
        .map(|chip| {
            let label = format!("{} {}, remove this filter", chip.name, visible(&chip.value));
            let note = distinction(&chip.value);
            let press = Press {
                class: "chip",
                label: Some(label.clone()),
                title: Some(label),
                ..chip.press
            };
            let press = press.view(|html| {
                html.raw("<span class=\"chip-name\">")
                    .text(&visible(&chip.name));
                html.raw("</span> ");
                write_value(html, &chip.value, note.as_deref());
                html.raw(
                    "<svg class=\"mark\" aria-hidden=\"true\"><use href=\"#m-cross\"></use></svg>",
                );
            });
            view! { <li>{press}</li> }.into_any()
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
    pub press: Press,
}

/// Every active filter.
pub fn removals<F, T>(page: &ListPage<F, T>, shape: &Shape) -> Vec<Removal>
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let path = super::path::<F>();
    let all = page.query.pairs().without(&["after"]);
    page.query
        .narrowing()
        .as_slice()
        .iter()
        .map(|(param, value)| {
            let (name, value_words) = words(param, value, &shape.fields);
            let href = all.clone().without_pair(param, value).link(&path);
            let press = match param.as_str() {
                // Its own field, and no value of it, is what says a span.
                "last" => Press {
                    href,
                    name: PRESET,
                    value: ALL.to_owned(),
                    ..Press::default()
                },
                _ => Press::dropping(param, value, href),
            };
            Removal {
                name,
                value: value_words,
                press,
            }
        })
        .collect()
}

/// The page without any filter; zone, order and page size stay.
pub fn cleared<F, T>(page: &ListPage<F, T>) -> String
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let narrowing = page.query.narrowing();
    let names: Vec<&str> = narrowing
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
