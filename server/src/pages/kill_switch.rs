//! `/kill-switch` and one episode.

use app::model::{EpisodePage, EpisodeRow, KillSwitchPage, ListPage};
use axum::extract::{Path, State};
use domain::clock;
use domain::episode::Episode;
use domain::filter::EpisodeFilter;
use domain::page::{Keyed as _, Page};
use domain::time::Timestamp;

use super::details::uuid;
use crate::auth::Reader;
use crate::failure::Failure;
use crate::frame::PageHtml;
use crate::query::{NoParams, OnPage};
use crate::state::App;

/// `/kill-switch`
///
/// # Errors
/// When the query is at fault or a database is away.
pub async fn list(
    State(app): State<App>,
    reader: Reader,
    OnPage(query): OnPage<EpisodeFilter>,
) -> Result<PageHtml, Failure> {
    let now = clock::now();
    let window = query.window(reader.visitor.zone(query.tz), now)?;
    let (frame, (rows, count, mut strays)) =
        tokio::try_join!(app.reader_frame(&reader, query.tz), async {
            Ok(app.engine.episodes(&reader.auditor, &query, window).await?)
        })?;
    strays.retain(|stray| window.contains(stray.event.timestamp));
    strays.reverse();
    let rows = rows
        .into_iter()
        .map(|(episode, effect)| EpisodeRow { episode, effect })
        .collect();
    let (limit, order) = (query.limit, query.order);
    let page = Page::from_fetched(rows, limit, order, query.after.as_ref(), query.as_of(now));
    let list = ListPage {
        query,
        window,
        page,
        count,
        choices: Vec::new(),
    };
    let html = app::pages::kill_switch(&frame, &KillSwitchPage { list, strays });
    Ok(PageHtml::new(&frame, html))
}

/// `/kill-switch/{id}`
///
/// # Errors
/// When `id` is not that of an activating event, or a database is away.
pub async fn episode(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    _: NoParams,
) -> Result<PageHtml, Failure> {
    let id = uuid(&id, "kill-switch episode")?;
    let (frame, history) = tokio::try_join!(app.reader_frame(&reader, None), async {
        Ok(app.engine.kill_switch_history(&reader.auditor).await?)
    })?;
    let (mut found, others): (Vec<Episode>, Vec<Episode>) = history
        .episodes
        .into_iter()
        .partition(|episode| episode.key() == id);
    let episode = found
        .pop()
        .ok_or(Failure::NotFound("kill-switch episode"))?;
    let effects = app.engine.effects(&reader.auditor, &[&episode]).await?;
    let page = EpisodePage {
        overlapping: others
            .into_iter()
            .filter(|other| overlap(other, &episode))
            .collect(),
        row: EpisodeRow {
            effect: effects.into_iter().next().unwrap_or_default(),
            episode,
        },
    };
    Ok(PageHtml::new(&frame, app::pages::episode(&frame, &page)))
}

/// Whether two episodes share a moment; an open end is open.
fn overlap(one: &Episode, other: &Episode) -> bool {
    let end = |episode: &Episode| episode.cleared_at().unwrap_or(Timestamp::INFINITY);
    one.activated_at() < end(other) && other.activated_at() < end(one)
}
