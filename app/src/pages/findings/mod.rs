//! `/findings`: the findings, and the progress of the rules.

mod board;
mod nothing;

use leptos::prelude::*;

use crate::components::list::{ListSlots, list_page};
use crate::components::scan_progress::ScanWarnings;
use crate::model::{FindingsPage, PageContext};
use board::RuleBoard;
use nothing::NothingFound;

/// The list of findings.
#[must_use]
pub fn findings(ctx: &PageContext, page: &FindingsPage) -> String {
    let scan_progress = &page.scan_progress;
    list_page(ctx, &page.list, || {
        let above = view! { <ScanWarnings ctx scan_progress /><RuleBoard ctx page /> };
        ListSlots {
            above: Some(above.into_any()),
            nothing: Some(view! { <NothingFound ctx scan_progress /> }.into_any()),
            ..ListSlots::default()
        }
    })
}
