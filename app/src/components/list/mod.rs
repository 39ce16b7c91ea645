//! What every list page has: filter form, chips, the line that says what is shown, pager, empty state.

pub mod cells;
pub mod chart;
pub mod chips;
pub mod columns;
pub mod empty;
pub mod facets;
pub mod filter;
pub mod lookalikes;
pub mod multi_select;
pub mod pager;
pub mod partial_search;
pub mod range;
pub mod result_summary;
pub mod saved;
pub mod streamed;
pub mod submit_button;
pub mod survey_panel;
pub mod table;

use leptos::prelude::*;

use crate::document::{Section, document};
use crate::model::{ListPage, PageContext};

/// What a list page has besides its list.
#[derive(Default)]
pub struct ListSlots {
    /// Before the filter form.
    pub above: Option<AnyView>,
    /// After the table.
    pub below: Option<AnyView>,
    /// In the table's place where the list has no row and nothing narrows it down, instead of the words that
    /// lists have for that.
    pub nothing: Option<AnyView>,
}

/// A whole list page around its table.
pub fn list_page(ctx: &PageContext, page: &ListPage, table: AnyView, slots: ListSlots) -> String {
    let body = if page.page.rows.is_empty() {
        empty::empty(page, slots.nothing)
    } else {
        table
    };
    let content = view! {
        <div class="page-head">
            <h1>{page.query.view.words.title}</h1>
            <p>{page.query.view.words.about}</p>
        </div>
        {slots.above}
        {filter::filter(ctx, &page.query, &page.filter_options)}
        {saved::line(ctx, page)}
        <section class="sheet" aria-labelledby="shown">
            {result_summary::result_summary(ctx, page)}
            {body}
            {pager::pager(page)}
        </section>
        {slots.below}
    };
    document(
        ctx,
        Section::List(page.query.view.name),
        page.query.view.words.title,
        content.into_any(),
    )
}
