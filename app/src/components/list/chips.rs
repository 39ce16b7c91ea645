//! The active filters as chips. Each chip is a link that removes its filter.

use domain::catalogue::{End, Takes, View};
use domain::filter::form::ALL;
use leptos::prelude::*;

use super::filter_link::{FilterChange, FilterLink};
use super::lookalikes::distinction;
use super::multi_select::{ValueLabel, value_label};
use crate::components::visible::visible;
use crate::model::ListPage;

/// A chip for every pair that narrows the list, and a link that clears all. Renders nothing if there is none.
#[component]
pub fn Chips<'a>(
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let chips = removals(page);
    (!chips.is_empty()).then(|| {
        let items = chips
            .into_iter()
            .map(|removal| view! { <Chip removal /> })
            .collect_view();
        view! {
            <nav class="chips" aria-label="Active filters">
                <ul>{items}</ul>
                <a href=cleared(page)>"Clear all"</a>
            </nav>
        }
    })
}

#[component]
fn Chip(
    /// The filter.
    removal: Removal,
) -> impl IntoView {
    let Removal {
        name,
        value,
        change,
    } = removal;
    let label = format!("{name} {}, remove this filter", visible(&value));
    let name = visible(&name).into_owned();
    let note = distinction(&value);
    view! {
        <li>
            <FilterLink change class="chip" label=label.clone() title=label>
                <span class="chip-name">{name.clone()}</span>
                " "
                <ValueLabel label=value.clone() note=note.clone() />
                <svg class="mark" aria-hidden="true"><use href="#m-cross"></use></svg>
            </FilterLink>
        </li>
    }
}

/// An active filter and the page without it.
pub struct Removal {
    /// The filter in words: `confidence`.
    pub name: String,
    /// Its value in words: `≥ 0.4`.
    pub value: String,
    /// The change that removes it.
    pub change: FilterChange,
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
            let change = match param.as_str() {
                // A time range is removed by selecting the preset without limits.
                "last" => FilterChange::preset(ALL.to_owned(), href),
                _ => FilterChange::dropping(param, value, href),
            };
            Removal {
                name,
                value: value_words,
                change,
            }
        })
        .collect()
}

/// The address without filters. Zone, order and page size are kept.
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

/// A label with a lower-case first letter: `Value, AUD` becomes `value, AUD`.
fn inside_a_line(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(letters).collect()
}
