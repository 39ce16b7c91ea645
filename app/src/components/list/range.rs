//! The time range: presets and a custom range. Both are fields of the filter form.

use domain::filter::form::{ALL, PRESET};
use domain::filter::{Bound, Last, ListQuery, TimeFilter};
use leptos::prelude::*;

use crate::components::field::PlainInput;

const PRESETS: [(&str, &str); 5] = [
    ("1h", "1 h"),
    ("24h", "24 h"),
    ("7d", "7 d"),
    ("30d", "30 d"),
    ("90d", "90 d"),
];

/// The presets, and the menu of the custom range.
#[component]
pub fn TimeRange<'a>(
    /// The list's query.
    query: &'a ListQuery,
) -> impl IntoView + use<> {
    let TimeFilter { from, to, last } = query.time;
    let has_ends = from.is_some() || to.is_some();
    let presets = PRESETS.map(|(text, label)| (text, label, Last::parse(text)));
    let buttons = presets.into_iter().chain([(ALL, "All", None)]);
    let buttons = buttons.map(|(value, label, preset)| {
        let current = (!has_ends && last == preset).then_some("true");
        view! { <button name=PRESET value=value aria-current=current>{label}</button> }
    });
    view! {
        <div class="segmented" role="group" aria-label="Time">
            {buttons.collect_view()}
            <CustomRange from to />
        </div>
    }
}

#[component]
fn CustomRange(
    /// Where the range begins.
    from: Option<Bound>,
    /// Where it ends.
    to: Option<Bound>,
) -> impl IntoView {
    // A date field cannot hold a time of day.
    let days = [from, to]
        .iter()
        .flatten()
        .all(|bound| matches!(bound, Bound::Day(_)));
    let kind = if days { "date" } else { "search" };
    let class = if from.is_some() || to.is_some() {
        "dropdown on"
    } else {
        "dropdown"
    };
    view! {
        <details class=class name="dropdown">
            <summary>"Custom"</summary>
            <div class="panel">
                <BoundField name="from" label="Start date" kind bound=from />
                <BoundField name="to" label="End date" kind bound=to />
                <button class="btn primary" aria-label="Apply range">"Apply"</button>
            </div>
        </details>
    }
}

#[component]
fn BoundField(
    /// Its name in the form.
    name: &'static str,
    /// The label.
    label: &'static str,
    /// The input's type.
    kind: &'static str,
    /// Its value.
    bound: Option<Bound>,
) -> impl IntoView {
    view! {
        <label class="compact-label">
            {label}
            <PlainInput kind attr:name=name attr:value=bound.map(Bound::print) />
        </label>
    }
}
