//! The page of a list whose histogram and facets are sent after its rows: `/trades`, `/signals`, `/events`.

use crate::components::list::streamed::{deferred, streamed_list};
use crate::model::{DeferredPart, ListPage, PageContext, Streamed, SurveyPanel};

/// The page up to its rows, and its end.
#[must_use]
pub fn list(ctx: &PageContext, page: &ListPage) -> Streamed {
    streamed_list(ctx, page)
}

/// What is sent between the two once it is known: the histogram and the facets.
#[must_use]
pub fn list_deferred(ctx: &PageContext, page: &ListPage, panel: &SurveyPanel) -> DeferredPart {
    deferred(ctx, page, panel)
}
