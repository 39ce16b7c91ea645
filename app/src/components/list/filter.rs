//! The filter form: one plain GET form with all fields and buttons that narrow the list. On a small screen it is a
//! popover that a button opens.

use std::sync::Arc;

use domain::filter::ListQuery;
use domain::filter::form::{AS_OF, DEFAULT_LAST, DEFAULT_ZONE};
use leptos::prelude::*;

use super::filter_link::{FORM, FormMarker};
use super::multi_select::{FilterField, params_with_fields};
use super::range::TimeRange;
use crate::components::field::PlainInput;
use crate::islands::UnappliedFilters;
use crate::model::PageContext;

/// The options that a form offers, by parameter.
pub type FilterOptions = [(&'static str, Arc<[String]>)];

/// The form, and the button that opens it on a small screen.
#[component]
pub fn FilterForm<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list's query.
    query: &'a ListQuery,
    /// Values to offer.
    options: &'a FilterOptions,
) -> impl IntoView + use<> {
    let pairs = query.pairs().without(&["after"]);
    let view = query.view;
    let own = view.0.params.iter().map(|param| param.name);
    let shown: Vec<&str> = own.chain(["q", "from", "to", "last"]).collect();
    let kept = pairs.clone().without(&shown);
    let field = |param| view! { <FilterField param pairs=pairs.as_slice() options /> };
    let mut params = params_with_fields(view);
    // The button is grouped with a field, so that it never wraps onto a line of its own.
    let last = params.pop().map(field);
    let fields = params.into_iter().map(field).collect_view();
    let active = query.filter_pairs().as_slice().len();
    let count = (active > 0).then(|| view! { <span class="count on">{active}</span> });
    view! {
        <button class="btn filter-open" type="button" popovertarget="filter">
            "Filter"
            {count}
        </button>
        <search class="filter" id="filter" popover="auto" aria-label="Filter">
            <form class="filter-form" id=FORM method="get" action=view.path() autocomplete="off">
                // Enter submits with a form's first button. This one comes first, so that Enter selects no preset.
                <button class="sr" tabindex="-1" aria-hidden="true">"Apply"</button>
                <FormMarker />
                <HiddenFields pairs=kept.as_slice() />
                <DefaultsInForce ctx query />
                <SearchField query />
                <TimeRange query />
                <div class="filter-dropdowns">
                    {fields}
                    <div class="filter-actions">
                        {last}
                        <button class="btn primary">"Apply"</button>
                    </div>
                </div>
            </form>
            <UnappliedFilters />
        </search>
    }
}

/// Hidden defaults: the time range, the time zone, and the time of the page.
#[component]
fn DefaultsInForce<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list's query.
    query: &'a ListQuery,
) -> impl IntoView + use<> {
    let last = query.time.last.map(|last| (DEFAULT_LAST, last.to_string()));
    let zone = query.tz.unwrap_or(ctx.zone);
    let always = [
        (DEFAULT_ZONE, zone.name().to_owned()),
        (AS_OF, ctx.now.rfc3339()),
    ];
    let all = last.into_iter().chain(always);
    all.map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view()
}

#[component]
fn SearchField<'a>(
    /// The list's query.
    query: &'a ListQuery,
) -> impl IntoView + use<> {
    let searches = query.view.words.search;
    let words = query.words.as_slice().join(" ");
    view! {
        <div class="search">
            <PlainInput kind="search" attr:name="q" attr:data-search="" attr:aria-keyshortcuts="/"
                attr:placeholder=searches attr:aria-label=searches attr:value=words />
        </div>
    }
}

/// Hidden inputs that preserve parameters without a visible field.
#[component]
pub fn HiddenFields<'a>(
    /// The names and values.
    pairs: &'a [(String, String)],
) -> impl IntoView + use<> {
    let fields = pairs.iter().map(|(name, value)| {
        view! { <input type="hidden" name=name.clone() value=value.clone() /> }
    });
    fields.collect_view()
}
