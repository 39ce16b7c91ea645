//! `/kill-switch`: the list of episodes.

use app::model::{KillSwitchPage, ListPage};
use axum::extract::State;
use domain::calendar::Band;
use domain::clock;
use domain::episode::KillSwitchEvent;
use domain::page::Page;
use store::engine::list_row;

use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::PageQuery;
use crate::state::App;
use crate::swr_cache::Freshness;

/// `/kill-switch`
///
/// # Errors
/// When the query is invalid or a database is unavailable.
pub async fn list(
    State(app): State<App>,
    PageQuery { reader, query }: PageQuery,
) -> Result<PageHtml, AppError> {
    let now = clock::now();
    let zone = reader.visitor.zone(query.tz);
    let window = query.window(zone, now)?;
    let (ctx, list, saved) = tokio::try_join!(
        app.live_context(&reader, query.tz, Freshness::Now),
        async {
            let auditor = &reader.auditor;
            let episodes = app
                .engine
                .episodes(auditor, &app.review_policy, &query, window);
            Ok(episodes.await?)
        },
        async { Ok(app.saved_views(&reader, query.view).await) },
    )?;
    let strays: Vec<KillSwitchEvent> = list
        .history
        .strays
        .iter()
        .rev()
        .filter(|stray| window.contains(stray.event.timestamp))
        .cloned()
        .collect();
    let band = Band::of(&list.history, zone, now);
    let rows = list.rows.iter().map(list_row).collect();
    let page = Page::from_fetched(rows, &query, query.as_of(now));
    let list = ListPage {
        query,
        window,
        page,
        count: list.count,
        filter_options: Vec::new(),
        searched_to: None,
        saved,
    };
    let page = KillSwitchPage { list, strays, band };
    Ok(PageHtml::new(&ctx, app::pages::kill_switch(&ctx, &page)))
}
