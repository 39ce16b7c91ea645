//! Lists, and documents that are sent in pieces.

use std::sync::Arc;

use domain::catalogue::ListRow;
use domain::filter::{ListQuery, Window};
use domain::page::{Count, Page};
use domain::saved::SavedView;
use domain::time::Timestamp;

use super::survey_panel::RenderedSurvey;

/// A list page.
#[derive(Clone, Debug)]
pub struct ListPage {
    /// The query that the URL says.
    pub query: ListQuery,
    /// The span of time that it amounts to.
    pub window: Window,
    /// The rows, and the cursors to the neighbours.
    pub page: Page<ListRow>,
    /// How many rows match.
    pub count: Count,
    /// Values to offer in the filter form, by parameter name (for example the known assets).
    pub filter_options: FilterOptions,
    /// How far the search got where it was cut before the page was full; the page's next cursor goes on from
    /// there.
    pub searched_to: Option<Timestamp>,
    /// The person's saved views of this list; none when they could not be read.
    pub saved: Option<Arc<[SavedView]>>,
}

/// Values to offer in a filter form, by parameter name.
pub type FilterOptions = Vec<(&'static str, Arc<[String]>)>;

/// A document in pieces, so that the first can be sent before the rest is known.
#[derive(Clone, Debug)]
pub struct Streamed {
    /// Up to its rows.
    pub before: String,
    /// Its rows, up to the place of the deferred part.
    pub rows: String,
    /// From there to the end.
    pub after: String,
}

/// The deferred part of a document.
#[derive(Clone, Debug)]
pub struct DeferredPart {
    /// The opening tag and header of the histogram's card.
    pub head: String,
    /// The content of the card, and the facets.
    pub drawn: Arc<RenderedSurvey>,
    /// The end of the card, between the two.
    pub between: String,
}
