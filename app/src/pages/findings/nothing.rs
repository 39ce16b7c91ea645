//! An empty list that nothing narrows: that everything adds up is an answer, and so is that nobody looked.

use domain::finding::{Rule, ScanProgress};
use leptos::prelude::*;

use crate::components::scan_progress::checked_to;
use crate::model::PageContext;

/// What stands where the table would.
pub fn nothing(ctx: &PageContext, scan_progress: &ScanProgress) -> AnyView {
    if scan_progress.progress.is_empty() {
        return view! {
            <div class="empty">
                <p class="empty-title">"Not checked yet"</p>
                <p>"Findings appear here as the rules look at the engine’s rows."</p>
            </div>
        }
        .into_any();
    }
    let begun = scan_progress.progress.len();
    let all = Rule::all().count();
    let rules = if begun == all {
        format!("All {all} rules were held against the engine’s rows.")
    } else {
        format!("{begun} of {all} rules were held against the engine’s rows so far.")
    };
    view! {
        <div class="empty">
            <p class="empty-title">"Everything adds up"</p>
            <p>"Checked to "{checked_to(ctx, scan_progress)}"."</p>
            <p>{rules}</p>
        </div>
    }
    .into_any()
}
