//! The parts of every list page: filter form, chips, result summary, table, pager, empty state.

pub mod cells;
pub mod chart;
pub mod chips;
pub mod columns;
pub mod empty;
pub mod facets;
pub mod filter;
pub mod filter_link;
pub mod lookalikes;
pub mod multi_select;
pub mod pager;
pub mod partial_search;
pub mod range;
pub mod result_summary;
pub mod saved;
pub mod streamed;
pub mod survey_panel;
pub mod table;

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::content::Content;
use crate::document::{Section, document};
use crate::model::{ListPage, PageContext};
use columns::ListTable;
use empty::EmptyList;
use filter::FilterForm;
use pager::Pager;
use result_summary::ResultSummary;
use saved::FilterLine;

/// Optional parts of a list page.
#[derive(Default)]
pub struct ListSlots {
    /// Before the filter form.
    pub above: Option<AnyView>,
    /// After the table.
    pub below: Option<AnyView>,
    /// The empty state of an unfiltered list; replaces the default one.
    pub nothing: Option<AnyView>,
}

/// A whole list page with its table.
pub fn list_page(ctx: &PageContext, page: &ListPage, slots: impl FnOnce() -> ListSlots) -> String {
    let view = page.query.view;
    let section = Section::List(view.name);
    document(ctx, section, view.words.title, || {
        let ListSlots {
            above,
            below,
            nothing,
        } = slots();
        let body = if page.page.rows.is_empty() {
            Either::Left(view! { <EmptyList page nothing /> })
        } else {
            Either::Right(view! { <ListTable ctx page /> })
        };
        view! {
            <ListHead ctx page>{above}</ListHead>
            <section class="sheet" aria-labelledby="result-count">
                <ResultSummary ctx page />
                {body}
                <Pager page />
            </section>
            {below}
        }
    })
}

/// The head of every list: title, filter form, active filters. Children are placed before the form.
#[component]
fn ListHead<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
    #[prop(optional)] children: Option<Content>,
) -> impl IntoView + use<> {
    let words = page.query.view.words;
    view! {
        <PageHead title=words.title about=words.about />
        {children.map(IntoRender::into_render)}
        <FilterForm ctx query=&page.query options=&page.filter_options />
        <FilterLine ctx page />
    }
}

/// A list's title and description.
#[component]
pub fn PageHead(
    /// The name.
    title: &'static str,
    /// A sentence about it.
    about: &'static str,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>{title}</h1>
            <p>{about}</p>
        </div>
    }
}
