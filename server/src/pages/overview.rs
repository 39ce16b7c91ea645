//! `/`: the overview.

use app::model::OverviewPage;
use axum::extract::State;
use domain::clock;
use domain::day::DayNumbers;
use domain::episode::History;
use store::StoreError;
use store::access::Auditor;
use store::views::{self, Source, source};

use crate::auth::Reader;
use crate::error::AppError;
use crate::page_context::PageHtml;
use crate::query::NoParams;
use crate::state::App;
use crate::swr_cache::{Freshness, SwrPolicy};

/// Number of newest events.
const NEWEST: u16 = 12;
/// Microseconds of 24 hours.
const DAY: i64 = 86_400_000_000;

/// Concurrent requests share a count; later ones do not.
pub const LAST_DAY: SwrPolicy<DayNumbers> = SwrPolicy::single_flight("last day");

impl App {
    /// The numbers of the last 24 hours, counted after this was called.
    async fn last_day(&self, auditor: &Auditor) -> Result<DayNumbers, StoreError> {
        let load = || {
            let (app, auditor) = (self.clone(), *auditor);
            async move {
                let now = clock::now();
                app.engine
                    .day_counts(&auditor, now.plus_micros(-DAY), now)
                    .await
            }
        };
        self.last_day.get(&(), Freshness::Now, load).await
    }
}

/// `/`
///
/// # Errors
/// When a database is unavailable.
pub async fn overview(
    State(app): State<App>,
    reader: Reader,
    _: NoParams,
) -> Result<PageHtml, AppError> {
    let auditor = &reader.auditor;
    let Source::Engine(list) = source(views::events()) else {
        return Err(AppError::NotFound("list"));
    };
    let (ctx, last_day, newest_events, history) = tokio::try_join!(
        app.live_context(&reader, None, Freshness::Now),
        async { Ok(app.last_day(auditor).await?) },
        async {
            let columns = list.view().default_columns();
            let newest = app.engine.newest(auditor, list, &columns, NEWEST);
            Ok(newest.await?)
        },
        async { Ok(app.engine.kill_switch_history(auditor).await?) },
    )?;
    let page = OverviewPage {
        last_day,
        events: list.view(),
        newest_events,
        history: History::clone(&history),
    };
    Ok(PageHtml::new(&ctx, app::pages::overview(&ctx, &page)))
}
