//! The span of time: presets, and two ends of one's own. All of them are parts of the filter's form.

use domain::filter::form::{ALL, PRESET};
use domain::filter::{Bound, Last, ListQuery, TimeFilter};
use leptos::prelude::*;

use crate::components::field::input;

const PRESETS: [(&str, &str); 5] = [
    ("1h", "1 h"),
    ("24h", "24 h"),
    ("7d", "7 d"),
    ("30d", "30 d"),
    ("90d", "90 d"),
];

/// The presets, and the menu for a range of one's own.
pub fn segments(query: &ListQuery) -> AnyView {
    let button = |value: &'static str, label: &'static str, last: Option<Last>| {
        let here = query.time.from.is_none() && query.time.to.is_none() && query.time.last == last;
        let current = here.then_some("true");
        view! { <button name=PRESET value=value aria-current=current>{label}</button> }.into_any()
    };
    let buttons: Vec<AnyView> = PRESETS
        .into_iter()
        .map(|(text, label)| button(text, label, Last::parse(text)))
        .chain([button(ALL, "All", None)])
        .collect();
    view! {
        <div class="seg" role="group" aria-label="Time">
            {buttons}
            {custom(query)}
        </div>
    }
    .into_any()
}

fn custom(query: &ListQuery) -> AnyView {
    let TimeFilter { from, to, .. } = query.time;
    let custom = from.is_some() || to.is_some();
    // A date field cannot hold a moment.
    let days = [from, to]
        .iter()
        .flatten()
        .all(|bound| matches!(bound, Bound::Day(_)));
    let kind = if days { "date" } else { "search" };
    let end = |name: &'static str, label: &'static str, bound: Option<Bound>| {
        let value = bound.map(Bound::print);
        let field = input(kind, |html| {
            html.attribute("name", Some(name));
            html.attribute("value", value.as_deref());
        });
        view! { <label class="bound">{label}{field}</label> }.into_any()
    };
    let class = if custom {
        "pick in-seg on"
    } else {
        "pick in-seg"
    };
    view! {
        <details class=class name="pick">
            <summary>"Custom"</summary>
            <div class="panel">
                {end("from", "Start date", from)}
                {end("to", "End date", to)}
                <button class="btn primary" aria-label="Apply range">"Apply"</button>
            </div>
        </details>
    }
    .into_any()
}
