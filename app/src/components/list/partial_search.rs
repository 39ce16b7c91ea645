//! Shown when a search timed out before its page was full.

use domain::filter::{Last, ListQuery, TimeFilter};
use leptos::prelude::*;

use super::filter_link::{FilterChange, FilterLink};
use crate::components::text::counted;
use crate::model::{ListPage, PageContext};

/// Shorter ranges to offer, longest first.
const NARROWER: [(&str, &str); 3] = [
    ("30d", "last 30 days"),
    ("7d", "last 7 days"),
    ("24h", "last 24 hours"),
];

/// The notice below the rows. Renders nothing if the search did not time out.
#[component]
pub fn PartialSearch<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let reached = page.searched_to?;
    let path = page.query.view.path();
    let found = match page.page.rows.len() {
        0 => format!("No {} yet.", page.query.view.words.noun.1),
        rows => format!(
            "{} found so far.",
            counted(rows as u64, page.query.view.words.noun)
        ),
    };
    let zone = page.query.tz.unwrap_or(ctx.zone);
    let go_on = page.page.next.clone().map(|cursor| {
        let href = page.query.at(cursor).pairs().link(&path);
        view! { <a class="btn primary" href=href rel="next">"Continue search"</a> }
    });
    let narrower = NARROWER.iter().filter_map(|(last, label)| {
        let change = narrowed(&page.query, Last::parse(last)?)?;
        let words = format!("Only the {label}");
        Some(view! { <FilterLink change class="btn">{words.clone()}</FilterLink> })
    });
    Some(view! {
        <div class="partial-search" role="status">
            <p>
                <strong>{found}</strong>
                " Search timed out at "
                <time datetime=reached.rfc3339()>{reached.second_in(zone)}</time>
                "."
            </p>
            <p class="menu-row">{go_on}{narrower.collect_view()}</p>
        </div>
    })
}

/// The query with the range `last`; none where that is no shorter than its own.
fn narrowed(query: &ListQuery, last: Last) -> Option<FilterChange> {
    let present = query.time.last;
    let is_shorter =
        query.time.from.is_none() && present.is_none_or(|own| last.micros() < own.micros());
    is_shorter.then(|| {
        let narrowed = ListQuery {
            time: TimeFilter {
                last: Some(last),
                ..TimeFilter::default()
            },
            after: None,
            ..query.clone()
        };
        FilterChange::preset(last.to_string(), narrowed.pairs().link(&query.view.path()))
    })
}
