//! What every list page has: filter form, chips, the line that says what is shown, pager, empty state.

pub mod chart;
pub mod chips;
pub mod columns;
pub mod empty;
pub mod facets;
pub mod filter;
pub mod lookalikes;
pub mod pager;
pub mod picks;
pub mod picture;
pub mod press;
pub mod range;
pub mod saved;
pub mod searched;
pub mod shown;
pub mod streamed;
pub mod table;

use domain::filter::ViewFilter;
use domain::page::Keyed;
use leptos::prelude::*;

use crate::document::{Section, document};
use crate::model::{Frame, ListPage};
use picks::Field;

/// What makes one list page differ from another.
pub struct Shape {
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
pub struct Around {
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
    frame: &Frame,
    page: &ListPage<F, T>,
    shape: &Shape,
    table: AnyView,
    around: Around,
) -> String
where
    F: ViewFilter,
    T: Keyed<Key = F::Key>,
{
    let body = if page.page.rows.is_empty() {
        empty::empty(page, shape, around.nothing)
    } else {
        table
    };
    let content = view! {
        <div class="page-head">
            <h1>{shape.title}</h1>
            <p>{shape.about}</p>
        </div>
        {around.above}
        {filter::filter(frame, &page.query, &page.choices, shape)}
        {saved::line(frame, page, shape)}
        <section class="sheet" aria-labelledby="shown">
            {shown::shown(frame, page, shape)}
            {body}
            {pager::pager(page, shape)}
        </section>
        {around.below}
    };
    document(frame, shape.section, shape.title, content.into_any())
}

/// The path of a view's page.
#[must_use]
pub fn path<F: ViewFilter>() -> String {
    format!("/{}", F::VIEW.name())
}
