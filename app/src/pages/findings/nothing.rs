//! An empty list that nothing narrows: that everything adds up is an answer, and so is that nobody looked.

use domain::finding::{Reach, Rule};
use leptos::prelude::*;

use crate::components::checked::checked_to;
use crate::model::Frame;

/// What stands where the table would.
pub fn nothing(frame: &Frame, reach: &Reach) -> AnyView {
    if reach.progress.is_empty() {
        return view! {
            <div class="empty">
                <p class="empty-title">"Not checked yet"</p>
                <p>"Findings appear here as the rules look at the engine’s rows."</p>
            </div>
        }
        .into_any();
    }
    let begun = reach.progress.len();
    let all = Rule::all().count();
    let rules = if begun == all {
        format!("All {all} rules were held against the engine’s rows.")
    } else {
        format!("{begun} of {all} rules were held against the engine’s rows so far.")
    };
    view! {
        <div class="empty">
            <p class="empty-title">"Everything adds up"</p>
            <p>"Checked to "{checked_to(frame, reach)}"."</p>
            <p>{rules}</p>
        </div>
    }
    .into_any()
}
