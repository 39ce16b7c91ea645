//! The list pages of the views whose rows come straight out of the engine's tables.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use app::model::{
    DeferredPart, FilterOptions, ListPage, PageContext, RenderedSurvey, Streamed, SurveyPanel,
};
use axum::extract::State;
use bytes::Bytes;
use domain::clock;
use domain::filter::{EventFilter, ListQuery, SignalFilter, TradeFilter, ViewFilter};
use domain::page::{Count, KeysetRow, Page};
use domain::view::View;
use futures::FutureExt as _;
use futures::future::try_join_all;
use store::access::Auditor;
use store::engine::{Scope, SearchBudget, Surveyable};

use crate::auth::Reader;
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::PageQuery;
use crate::state::App;

/// The first page of a list ends its search after this long, and shows what it has found.
const FIRST_PAGE: Duration = Duration::from_millis(780);
/// Whoever goes on searching waits longer, and gets further.
const LATER_PAGE: Duration = Duration::from_millis(4_500);

/// How a view's pages are drawn.
struct ListRenderer<V: Surveyable> {
    /// The page up to its rows.
    page: fn(&PageContext, &ListPage<V, V::Row>) -> Streamed,
    /// Its picture and its facets.
    deferred: fn(&PageContext, &ListPage<V, V::Row>, &SurveyPanel) -> DeferredPart,
}

/// A list page: its rows are sent as soon as they are there, the picture and the facets when they are.
async fn answer<V: Surveyable>(
    app: App,
    reader: Reader,
    query: ListQuery<V>,
    renderer: ListRenderer<V>,
) -> Result<PageHtml, AppError>
where
    V::Row: Sync,
{
    let scope = Scope::of(&query, reader.visitor.zone(query.tz), clock::now())?;
    let mut picture = Box::pin(app.survey(&reader, &query, scope));
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
            let search = app.engine.search(&reader.auditor, &query, scope, budget);
            Ok(search.await?)
        },
        offer(&app, &reader.auditor, V::VIEW),
        async { Ok(app.saved.of(&app, &reader, V::VIEW).await) },
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
    let streamed = (renderer.page)(&ctx, &page);
    let deferred = renderer.deferred;
    let Streamed {
        before,
        rows,
        after,
    } = streamed;
    let beginning = [before.into(), rows.into()];
    let nonce = ctx.nonce.clone();
    // Where the picture is there already, everything is.
    if let Some(made) = picture.as_mut().now_or_never() {
        let rest = pieces(deferred(&ctx, &page, &made), after);
        return Ok(PageHtml::streamed(nonce, beginning, ready(rest)));
    }
    let rest = async move {
        let made = picture.await;
        pieces(deferred(&ctx, &page, &made), after)
    };
    Ok(PageHtml::streamed(nonce, beginning, rest))
}

/// What is late, and the end of the page. What was drawn for many pages is not copied for each.
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

/// The number of rows, where the page holds them all.
fn known_count<F: ViewFilter, T: KeysetRow<Key = F::Key>>(
    query: &ListQuery<F>,
    page: &Page<T>,
) -> Count {
    if query.after.is_none() && page.next.is_none() {
        Count::Exact(page.rows.len() as u64)
    } else {
        Count::NotCounted
    }
}

/// The parameters whose values a list's form offers.
const fn offered_by(view: View) -> &'static [&'static str] {
    match view {
        View::Trades => &["asset", "agent"],
        View::Signals => &["coin", "algorithm"],
        View::Events => &["type"],
        View::KillSwitch => &[],
        View::Findings => &["asset", "algorithm"],
    }
}

/// The values that a list's form offers.
pub(super) async fn offer(
    app: &App,
    auditor: &Auditor,
    view: View,
) -> Result<FilterOptions, AppError> {
    let loads = offered_by(view).iter().map(|param| async move {
        let values = app.engine.filter_options(auditor, param).await?;
        Ok::<_, AppError>((*param, values))
    });
    try_join_all(loads).await
}

/// The choices of a form, for the page of a query that is at fault: none where they cannot be told soon.
pub async fn offered(app: &App, auditor: &Auditor, view: View) -> FilterOptions {
    let offer = tokio::time::timeout(FIRST_PAGE, offer(app, auditor, view));
    offer.await.ok().and_then(Result::ok).unwrap_or_default()
}

/// `/trades`
///
/// # Errors
/// When the query is at fault or a database is away.
pub async fn trades(
    State(app): State<App>,
    PageQuery { reader, query }: PageQuery<TradeFilter>,
) -> Result<PageHtml, AppError> {
    let renderer = ListRenderer {
        page: app::pages::trades,
        deferred: app::pages::trades_deferred,
    };
    Box::pin(answer(app, reader, query, renderer)).await
}

/// `/signals`
///
/// # Errors
/// When the query is at fault or a database is away.
pub async fn signals(
    State(app): State<App>,
    PageQuery { reader, query }: PageQuery<SignalFilter>,
) -> Result<PageHtml, AppError> {
    let renderer = ListRenderer {
        page: app::pages::signals,
        deferred: app::pages::signals_deferred,
    };
    Box::pin(answer(app, reader, query, renderer)).await
}

/// `/events`
///
/// # Errors
/// When the query is at fault or a database is away.
pub async fn events(
    State(app): State<App>,
    PageQuery { reader, query }: PageQuery<EventFilter>,
) -> Result<PageHtml, AppError> {
    let renderer = ListRenderer {
        page: app::pages::events,
        deferred: app::pages::events_deferred,
    };
    Box::pin(answer(app, reader, query, renderer)).await
}
