//! What every list page has: filter form, chips, the line that says what is shown, pager, empty state.

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

use domain::filter::ViewFilter;
use domain::page::KeysetRow;
use leptos::prelude::*;

use crate::document::{Section, document};
use crate::model::{ListPage, PageContext};
use multi_select::Field;

/// What makes one list page differ from another.
pub struct ListSpec {
    /// The navigation's entry.
    pub section: Section,
    /// The page's heading.
    pub title: &'static str,
    /// One line below it.
    pub about: &'static str,
    /// One row and many.
    pub noun: (&'static str, &'static str),
    /// What the search field searches.
    pub searches: &'static str,
    /// The view's own filter fields.
    pub fields: Vec<Field>,
    /// The names and headers of the columns that the table can show.
    pub columns: Vec<(&'static str, &'static str)>,
}

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
pub fn list_page<F, T>(
    ctx: &PageContext,
    page: &ListPage<F, T>,
    spec: &ListSpec,
    table: AnyView,
    slots: ListSlots,
) -> String
where
    F: ViewFilter,
    T: KeysetRow<Key = F::Key>,
{
    let body = if page.page.rows.is_empty() {
        empty::empty(page, spec, slots.nothing)
    } else {
        table
    };
    let content = view! {
        <div class="page-head">
            <h1>{spec.title}</h1>
            <p>{spec.about}</p>
        </div>
        {slots.above}
        {filter::filter(ctx, &page.query, &page.filter_options, spec)}
        {saved::line(ctx, page, spec)}
        <section class="sheet" aria-labelledby="shown">
            {result_summary::result_summary(ctx, page, spec)}
            {body}
            {pager::pager(page, spec)}
        </section>
        {slots.below}
    };
    document(ctx, spec.section, spec.title, content.into_any())
}

/// The path of a view's page.
#[must_use]
pub fn path<F: ViewFilter>() -> String {
    format!("/{}", F::VIEW.name())
}
