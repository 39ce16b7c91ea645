//! The filter form: one plain GET form, whose fields and buttons are everything that narrows the list. On a small
//! screen it is a sheet that a button opens.

use std::sync::Arc;

use domain::filter::ListQuery;
use domain::filter::form::{AS_OF, DEFAULT_LAST, DEFAULT_ZONE};
use leptos::prelude::*;

use super::multi_select;
use super::range;
use super::submit_button::{FORM, form_marker};
use crate::components::field::input;
use crate::islands::UnappliedFilters;
use crate::model::PageContext;

/// Values that a form offers, by parameter.
type FilterOptions = [(&'static str, Arc<[String]>)];

/// The form, and the button that opens it where there is no room.
pub fn filter(ctx: &PageContext, query: &ListQuery, filter_options: &FilterOptions) -> AnyView {
    let pairs = query.pairs().without(&["after"]);
    let view = query.view;
    let own = view.0.params.iter().map(|param| param.name);
    let shown: Vec<&str> = own.chain(["q", "from", "to", "last"]).collect();
    let kept = pairs.clone().without(&shown);
    let mut fields = multi_select::fields(view, pairs.as_slice(), filter_options);
    // The button stands with a field, so that no line holds it alone.
    let last = fields.pop();
    let path = query.view.path();
    let active = query.filter_pairs().as_slice().len();
    let count = (active > 0).then(|| view! { <span class="count on">{active}</span> });
    view! {
        <button class="btn filter-open" type="button" popovertarget="filter">
            "Filter"
            {count}
        </button>
        <search class="filter" id="filter" popover="auto" aria-label="Filter">
            <form class="filter-form" id=FORM method="get" action=path autocomplete="off">
                // Enter presses a form's first button, which is to be this one and no preset.
                <button class="sr" tabindex="-1" aria-hidden="true">"Apply"</button>
                {form_marker()}
                {hidden(kept.as_slice())}
                {hidden(&in_force(ctx, query))}
                {search(query)}
                {range::segments(query)}
                <div class="picks">
                    {fields}
                    <div class="pick-end">
                        {last}
                        <button class="btn primary">"Apply"</button>
                    </div>
                </div>
            </form>
            <UnappliedFilters />
        </search>
    }
    .into_any()
}

/// What counts where nothing else is pressed or typed: the span, the zone of days, the time of the page.
fn in_force(ctx: &PageContext, query: &ListQuery) -> Vec<(String, String)> {
    let last = query.time.last.map(|last| (DEFAULT_LAST, last.to_string()));
    let zone = query.tz.unwrap_or(ctx.zone);
    let always = [
        (DEFAULT_ZONE, zone.name().to_owned()),
        (AS_OF, ctx.now.rfc3339()),
    ];
    let all = last.into_iter().chain(always);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn search(query: &ListQuery) -> AnyView {
    let searches = query.view.words.search;
    let words = query.words.as_slice().join(" ");
    let field = input("search", |html| {
        html.raw(" name=\"q\" data-search=\"\" aria-keyshortcuts=\"/\"");
        html.attribute("placeholder", Some(searches));
        html.attribute("aria-label", Some(searches));
        html.attribute("value", Some(&words));
    });
    view! { <div class="search">{field}</div> }.into_any()
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
