//! A list with a histogram over it and facets beside it. The rows are sent first. The slots of a shadow tree put the
//! histogram before the rows, on the screen and in the order of the Tab key.

use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;

use super::ListHead;
use super::columns::ListTable;
use super::empty::EmptyList;
use super::facets::Facets;
use super::pager::Pager;
use super::partial_search::PartialSearch;
use super::survey_panel::{self, SurveyBody, SurveyHeader};
use crate::document::{Section, Shell, rendered};
use crate::model::{DeferredPart, ListPage, PageContext, RenderedSurvey, Streamed, SurveyPanel};

/// Opens the list's element. The slots of its shadow tree set the order of its parts, whatever order they arrive in. A
/// browser without declarative shadow trees shows them in the order of arrival.
const LIST: &str = r#"<div class="list"><template shadowrootmode="open"><slot name="histogram"></slot><slot name="facets"></slot><slot name="rows"></slot></template>"#;
/// Closes what [`LIST`] opens.
const LIST_END: &str = "</div>";

/// A list page up to its rows, and the part of the document after the deferred parts.
pub fn streamed_list(ctx: &PageContext, page: &ListPage) -> Streamed {
    let view = page.query.view;
    let shell = Shell::render(ctx, Section::List(view.name), view.words.title);
    let head = rendered(|| view! { <ListHead ctx page /> });
    Streamed {
        before: [&shell.before, &head, LIST].concat(),
        rows: rendered(|| view! { <Rows ctx page /> }),
        after: [LIST_END, &shell.after].concat(),
    }
}

#[component]
fn Rows<'a>(
    /// The page's context.
    ctx: &'a PageContext,
    /// The list.
    page: &'a ListPage,
) -> impl IntoView + use<> {
    let body = if page.page.rows.is_empty() && page.searched_to.is_none() {
        Either::Left(view! { <EmptyList page /> })
    } else {
        Either::Right(view! { <ListTable ctx page /> })
    };
    let label = format!("Rows: {}", page.query.view.words.noun.1);
    view! {
        <section class="sheet" slot="rows" aria-label=label>
            {body}
            <PartialSearch ctx page />
            <Pager page />
        </section>
    }
}

/// The deferred parts of a list page: the histogram and the facets.
pub fn deferred(ctx: &PageContext, page: &ListPage, panel: &SurveyPanel) -> DeferredPart {
    let survey = panel.survey();
    let draw = || RenderedSurvey {
        chart: rendered(|| view! { <SurveyBody ctx page panel /> }),
        facets: rendered(|| view! { <Facets page survey /> }),
    };
    let drawn = match panel {
        SurveyPanel::Ready(cached) => {
            let zone = page.query.tz.unwrap_or(ctx.zone).name();
            cached.rendered(page.query.pairs().link(zone), draw)
        }
        SurveyPanel::Pending | SurveyPanel::Failed => Arc::new(draw()),
    };
    let header = rendered(|| view! { <SurveyHeader ctx page survey /> });
    DeferredPart {
        head: [survey_panel::CARD, &header].concat(),
        drawn,
        between: survey_panel::CARD_END.to_owned(),
    }
}
