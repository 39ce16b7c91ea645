//! `/findings`: what does not add up, and how far the rules have got.

mod board;
mod nothing;

use leptos::prelude::*;

use crate::components::list::columns::listing;
use crate::components::list::{ListSlots, list_page};
use crate::components::scan_progress::warnings;
use crate::model::{FindingsPage, PageContext};

/// The list of findings.
#[must_use]
pub fn findings(ctx: &PageContext, page: &FindingsPage) -> String {
    let above = view! { {warnings(ctx, &page.scan_progress)}{board::board(ctx, page)} };
    let around = ListSlots {
        above: Some(above.into_any()),
        nothing: Some(nothing::nothing(ctx, &page.scan_progress)),
        ..ListSlots::default()
    };
    let table = listing(ctx, &page.list);
    list_page(ctx, &page.list, table, around)
}
