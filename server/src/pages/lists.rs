//! The list pages of the views whose rows come straight out of the engine's tables.

use std::time::Duration;

use app::model::{Frame, ListPage};
use axum::extract::State;
use domain::clock;
use domain::filter::{EventFilter, ListQuery, SignalFilter, TradeFilter};
use domain::page::Count;
use futures::future::try_join_all;
use store::StoreError;
use store::engine::EngineView;
use tokio::task::JoinHandle;

use super::views::saved_views;
use crate::auth::Reader;
use crate::failure::Failure;
use crate::frame::PageHtml;
use crate::query::OnPage;
use crate::state::App;

/// A page that is ready waits this long for its count.
const COUNT_GRACE: Duration = Duration::from_millis(60);

/// A list page's model, and the frame around it.
async fn load<V: EngineView>(
    app: &App,
    reader: &Reader,
    query: ListQuery<V>,
    choices: &[&'static str],
) -> Result<(Frame, ListPage<V, V::Row>), Failure> {
    let now = clock::now();
    let window = query.window(reader.visitor.zone(query.tz), now)?;
    let counting = tokio::spawn(app.engine.count(&reader.auditor, &query, window));
    let (frame, page, choices, saved) = tokio::try_join!(
        app.reader_frame(reader, query.tz),
        async {
            let page = app
                .engine
                .page(&reader.auditor, &query, window, query.as_of(now));
            Ok(page.await?)
        },
        offer(app, reader, choices),
        async { Ok(saved_views(app, reader, V::VIEW).await) },
    )?;
    let count = if query.after.is_none() && page.next.is_none() {
        Count::Exact(page.rows.len() as u64)
    } else {
        wait_for(counting).await
    };
    let page = ListPage {
        query,
        window,
        page,
        count,
        choices,
        saved,
    };
    Ok((frame, page))
}

/// The count, where it is there soon; otherwise it goes on by itself, and the page without it.
pub(super) async fn wait_for(counting: JoinHandle<Result<Count, StoreError>>) -> Count {
    match tokio::time::timeout(COUNT_GRACE, counting).await {
        Ok(Ok(Ok(count))) => count,
        Ok(Ok(Err(error))) => {
            tracing::warn!(%error, "a count failed");
            Count::NotCounted
        }
        Ok(Err(_)) | Err(_) => Count::NotCounted,
    }
}

/// The values that the filter's form offers.
pub(super) async fn offer(
    app: &App,
    reader: &Reader,
    params: &[&'static str],
) -> Result<Vec<(&'static str, Vec<String>)>, Failure> {
    let loads = params.iter().map(|param| async move {
        let values = app.engine.choices(&reader.auditor, param).await?;
        Ok::<_, Failure>((*param, values))
    });
    try_join_all(loads).await
}

/// `/trades`
///
/// # Errors
/// When the query is at fault or a database is away.
pub async fn trades(
    State(app): State<App>,
    reader: Reader,
    OnPage(query): OnPage<TradeFilter>,
) -> Result<PageHtml, Failure> {
    let (frame, page) = load(&app, &reader, query, &["asset", "agent"]).await?;
    Ok(PageHtml::new(&frame, app::pages::trades(&frame, &page)))
}

/// `/signals`
///
/// # Errors
/// When the query is at fault or a database is away.
pub async fn signals(
    State(app): State<App>,
    reader: Reader,
    OnPage(query): OnPage<SignalFilter>,
) -> Result<PageHtml, Failure> {
    let (frame, page) = load(&app, &reader, query, &["coin", "algorithm"]).await?;
    Ok(PageHtml::new(&frame, app::pages::signals(&frame, &page)))
}

/// `/events`
///
/// # Errors
/// When the query is at fault or a database is away.
pub async fn events(
    State(app): State<App>,
    reader: Reader,
    OnPage(query): OnPage<EventFilter>,
) -> Result<PageHtml, Failure> {
    let (frame, page) = load(&app, &reader, query, &["type"]).await?;
    Ok(PageHtml::new(&frame, app::pages::events(&frame, &page)))
}
