//! The list pages of the views that are read from the engine's tables.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use app::model::{DeferredPart, ListPage, RenderedSurvey, Streamed};
use axum::extract::State;
use bytes::Bytes;
use domain::catalogue::ListRow;
use domain::clock;
use domain::filter::{Columns, ListQuery};
use domain::page::{Count, Page};
use futures::FutureExt as _;
use store::engine::{Scope, SearchBudget};
use store::views::{Source, source};

use crate::auth::Reader;
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::PageQuery;
use crate::state::App;

/// Time limit of the search for a first page, which then shows what was found.
const FIRST_PAGE: Duration = Duration::from_millis(780);
/// Time limit of the search for later pages.
const LATER_PAGE: Duration = Duration::from_millis(4_500);

/// A list page: its rows are sent as soon as they are read, the histogram and the facets when they are ready.
///
/// # Errors
/// When the query is invalid or a database is unavailable.
pub async fn list(
    State(app): State<App>,
    PageQuery { reader, query }: PageQuery,
) -> Result<PageHtml, AppError> {
    let Source::Engine(view) = source(query.view) else {
        return Err(AppError::NotFound("list"));
    };
    let scope = Scope::of(&query, reader.visitor.zone(query.tz), clock::now())?;
    let mut survey = Box::pin(app.survey(&reader, view, &query, scope));
    let (ctx, found, filter_options, saved) = tokio::try_join!(
        app.reader_context(&reader, query.tz),
        async {
            let budget = SearchBudget {
                whole: true,
                total: if query.after.is_none() {
                    FIRST_PAGE
                } else {
                    LATER_PAGE
                },
            };
            let columns = fetched_columns(&reader, &query);
            let auditor = &reader.auditor;
            let search = app
                .engine
                .search(auditor, view, &query, columns, scope, budget);
            Ok(search.await?)
        },
        async { Ok(app.filter_options(&reader.auditor, query.view).await?) },
        async { Ok(app.saved_views(&reader, query.view).await) },
    )?;
    let page = ListPage {
        count: known_count(&query, &found.page),
        query,
        window: scope.window,
        page: found.page,
        filter_options,
        searched_to: found.searched_to,
        saved,
    };
    let streamed = app::pages::list(&ctx, &page);
    let Streamed {
        before,
        rows,
        after,
    } = streamed;
    let beginning = [before.into(), rows.into()];
    let nonce = ctx.nonce.clone();
    // Where the survey is ready, the whole page is sent at once.
    if let Some(survey) = survey.as_mut().now_or_never() {
        let rest = pieces(app::pages::list_deferred(&ctx, &page, &survey), after);
        return Ok(PageHtml::streamed(nonce, beginning, ready(rest)));
    }
    let rest = async move {
        let survey = survey.await;
        pieces(app::pages::list_deferred(&ctx, &page, &survey), after)
    };
    Ok(PageHtml::streamed(nonce, beginning, rest))
}

/// The deferred part and the end of the page. The rendered survey is shared by pages, not copied.
fn pieces(deferred: DeferredPart, after: String) -> [Bytes; 5] {
    let chart = SharedPart {
        of: deferred.drawn.clone(),
        part: |drawn| &drawn.chart,
    };
    let facets = SharedPart {
        of: deferred.drawn,
        part: |drawn| &drawn.facets,
    };
    [
        deferred.head.into(),
        Bytes::from_owner(chart),
        deferred.between.into(),
        Bytes::from_owner(facets),
        after.into(),
    ]
}

struct SharedPart {
    of: Arc<RenderedSurvey>,
    part: fn(&RenderedSurvey) -> &String,
}

impl AsRef<[u8]> for SharedPart {
    fn as_ref(&self) -> &[u8] {
        (self.part)(&self.of).as_bytes()
    }
}

/// The number of rows, where the page shows all of them.
fn known_count(query: &ListQuery, page: &Page<ListRow>) -> Count {
    if query.after.is_none() && page.next.is_none() {
        Count::Exact(page.rows.len() as u64)
    } else {
        Count::NotCounted
    }
}

/// The indexes of the view's columns that the table of a page needs.
pub(super) fn fetched_columns(reader: &Reader, query: &ListQuery) -> Vec<usize> {
    let view = query.view;
    let saved = &reader.visitor.preferences.columns;
    let chosen = query.cols.as_ref().or_else(|| saved.of(view));
    let chosen = chosen.map_or_else(|| Columns::default_for(view), Clone::clone);
    view.fetched(chosen.names())
}
