//! The span of time: presets as links, and a form for two ends of one's own.

use domain::filter::{Bound, Last, ListQuery, TimeFilter, ViewFilter};
use leptos::prelude::*;

const PRESETS: [(&str, &str); 5] = [
    ("1h", "1 h"),
    ("24h", "24 h"),
    ("7d", "7 d"),
    ("30d", "30 d"),
    ("90d", "90 d"),
];

/// The form that the custom range's fields belong to; it stands outside the filter form.
pub const FORM: &str = "range";

fn preset<F: ViewFilter>(query: &ListQuery<F>, last: Option<Last>) -> String {
    let time = TimeFilter {
        last,
        ..TimeFilter::default()
    };
    let moved = ListQuery {
        time,
        after: None,
        ..query.clone()
    };
    moved.pairs().link(&super::path::<F>())
}

/// The presets, and the menu for a range of one's own.
pub fn segments<F: ViewFilter>(query: &ListQuery<F>) -> AnyView {
    let link = |label: &'static str, last: Option<Last>| {
        let here = query.time.from.is_none() && query.time.to.is_none() && query.time.last == last;
        let href = preset(query, last);
        let current = here.then_some("true");
        view! { <a href=href aria-current=current>{label}</a> }.into_any()
    };
    let links: Vec<AnyView> = PRESETS
        .into_iter()
        .map(|(text, label)| link(label, Last::parse(text)))
        .chain([link("All", None)])
        .collect();
    view! {
        <div class="seg" role="group" aria-label="Time">
            {links}
            {custom(query)}
        </div>
    }
    .into_any()
}

fn custom<F: ViewFilter>(query: &ListQuery<F>) -> AnyView {
    let TimeFilter { from, to, .. } = query.time;
    let custom = from.is_some() || to.is_some();
    // A date field cannot hold a moment.
    let days = [from, to]
        .iter()
        .flatten()
        .all(|bound| matches!(bound, Bound::Day(_)));
    let end = |name: &'static str, label: &'static str, bound: Option<Bound>| {
        let value = bound.map(|bound| match bound {
            Bound::Day(day) => day.to_string(),
            Bound::Moment(at) => at.rfc3339(),
        });
        view! {
            <label class="bound">
                {label}
                <input class="field" form=FORM name=name value=value
                    type=if days { "date" } else { "text" } />
            </label>
        }
        .into_any()
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
                {end("from", "From", from)}
                {end("to", "To, included", to)}
                <button class="btn primary" form=FORM>"Show range"</button>
            </div>
        </details>
    }
    .into_any()
}

/// The custom range's form: it carries everything but the time and the page.
pub fn form<F: ViewFilter>(query: &ListQuery<F>) -> AnyView {
    let kept = query.pairs().without(&["from", "to", "last", "after"]);
    let path = super::path::<F>();
    view! {
        <form id=FORM method="get" action=path>
            {super::filter::hidden(kept.as_slice())}
        </form>
    }
    .into_any()
}
