//! How far a search got that was cut before its page was full.

use domain::filter::form::PRESET;
use domain::filter::{Last, ListQuery, TimeFilter};
use leptos::prelude::*;

use super::submit_button::SubmitButton;
use crate::components::text::counted;
use crate::model::{ListPage, PageContext};

/// Ranges that are offered instead, from the longest.
const NARROWER: [(&str, &str); 3] = [
    ("30d", "last 30 days"),
    ("7d", "last 7 days"),
    ("24h", "last 24 hours"),
];

/// The line under the rows that were found.
pub fn partial_search(ctx: &PageContext, page: &ListPage) -> Option<AnyView> {
    let reached = page.searched_to?;
    let path = page.query.view.path();
    let found = match page.page.rows.len() {
        0 => format!("No {} yet", page.query.view.words.noun.1),
        rows => format!(
            "{} found so far",
            counted(rows as u64, page.query.view.words.noun)
        ),
    };
    let zone = page.query.tz.unwrap_or(ctx.zone);
    let go_on = page.page.next.clone().map(|cursor| {
        let href = page.query.at(cursor).pairs().link(&path);
        view! { <a class="btn primary" href=href rel="next">"Continue search"</a> }
    });
    let narrower: Vec<AnyView> = NARROWER
        .iter()
        .filter_map(|(last, label)| {
            let last = Last::parse(last)?;
            let present = page.query.time.last;
            // Only what is shorter than the present range helps.
            (page.query.time.from.is_none() && present.is_none_or(|p| last.micros() < p.micros()))
                .then(|| {
                    let narrowed = ListQuery {
                        time: TimeFilter {
                            last: Some(last),
                            ..TimeFilter::default()
                        },
                        after: None,
                        ..page.query.clone()
                    };
                    let submit_button = SubmitButton {
                        class: "btn",
                        href: narrowed.pairs().link(&path),
                        name: PRESET,
                        value: last.to_string(),
                        ..SubmitButton::default()
                    };
                    submit_button.view(|html| {
                        html.raw("Only the ").raw(label);
                    })
                })
        })
        .collect();
    Some(
        view! {
            <div class="searched" role="status">
                <p>
                    <strong>{found}"."</strong>
                    " Search timed out at "
                    <time datetime=reached.rfc3339()>{reached.second_in(zone)}</time>
                    "."
                </p>
                <p class="menu-row">{go_on}{narrower}</p>
            </div>
        }
        .into_any(),
    )
}
