//! The filter form: a plain GET form. On a small screen it is a sheet that a button opens.

use domain::filter::ViewFilter;
use domain::page::Keyed;
use leptos::prelude::*;

use super::picks::{self, Field};
use super::{Shape, range};
use crate::model::{Frame, ListPage};

/// The form, and the button that opens it where there is no room.
pub fn filter<F, T>(_frame: &Frame, page: &ListPage<F, T>, shape: &Shape) -> AnyView
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let query = &page.query;
    let pairs = query.pairs().without(&["after"]);
    let visible: Vec<&str> = shape
        .fields
        .iter()
        .flat_map(Field::params)
        .chain(["q"])
        .collect();
    let kept = pairs.clone().without(&visible);
    let path = super::path::<F>();
    let words = query.words.as_slice().join(" ");
    let fields: Vec<AnyView> = shape
        .fields
        .iter()
        .map(|field| {
            let known = known_values(page, field);
            picks::field(field, pairs.as_slice(), known)
        })
        .collect();
    let active = query.narrowing().as_slice().len();
    let count = (active > 0).then(|| view! { <span class="count on">{active}</span> });
    view! {
        <button class="btn filter-open" type="button" popovertarget="filter">
            "Filter"
            {count}
        </button>
        <search class="filter" id="filter" popover="auto" aria-label="Filter">
            <form class="filter-form" id="filter-form" method="get" action=path>
                {hidden(kept.as_slice())}
                <input class="field search" type="search" name="q" value=words data-search=""
                    placeholder=shape.searches aria-label=shape.searches aria-keyshortcuts="/" />
                {range::segments(query)}
                <div class="picks">{fields}</div>
                <button class="btn primary">"Apply"</button>
            </form>
        </search>
        {range::form(query)}
    }
    .into_any()
}

fn known_values<'a, F, T>(page: &'a ListPage<F, T>, field: &Field) -> &'a [String]
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let Field::Pick(pick) = field else {
        return &[];
    };
    let offered = page.choices.iter().find(|(name, _)| *name == pick.param);
    match offered {
        // Fixed words need no help from the rows.
        Some((_, values)) if pick.words.is_empty() => values,
        _ => &[],
    }
}

/// Hidden inputs that keep what a form does not show.
pub fn hidden(pairs: &[(String, String)]) -> Vec<AnyView> {
    pairs
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.clone() value=value.clone() /> }.into_any()
        })
        .collect()
}
