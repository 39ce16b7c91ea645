//! The empty state of the unfiltered list of findings: either nothing was found, or nothing was checked.

use domain::finding::{Rule, ScanProgress};
use leptos::either::Either;
use leptos::prelude::*;

use crate::components::scan_progress::CheckedTo;
use crate::model::PageContext;

/// Stands in place of the table.
#[component]
pub fn NothingFound<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// How far the rules have got.
    scan_progress: &'a ScanProgress,
) -> impl IntoView + use<> {
    if scan_progress.progress.is_empty() {
        return Either::Left(view! {
            <div class="empty">
                <p class="empty-title">"Not checked yet"</p>
                <p>"Findings appear here as the rules look at the engine’s rows."</p>
            </div>
        });
    }
    let begun = scan_progress.progress.len();
    let all = Rule::all().count();
    let rules = if begun == all {
        format!("All {all} rules were held against the engine’s rows.")
    } else {
        format!("{begun} of {all} rules were held against the engine’s rows so far.")
    };
    Either::Right(view! {
        <div class="empty">
            <p class="empty-title">"Everything adds up"</p>
            <p>"Checked to "<CheckedTo ctx scan_progress />"."</p>
            <p>{rules}</p>
        </div>
    })
}
