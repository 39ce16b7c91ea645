//! `/`

use std::time::Duration;

use app::model::OverviewPage;
use axum::extract::State;
use domain::clock;
use domain::day::DayNumbers;
use domain::episode::History;
use store::StoreError;
use store::access::Auditor;

use crate::auth::Reader;
use crate::failure::Failure;
use crate::frame::PageHtml;
use crate::kept::{Freshness, Look};
use crate::query::NoParams;
use crate::state::App;

/// Microseconds of 24 hours.
const DAY: i64 = 86_400_000_000;

/// The last 24 hours. Those who ask at the same time share a count; none is shown later.
impl Look for DayNumbers {
    const FRESH: Duration = Duration::ZERO;
    const STALE: Duration = Duration::ZERO;

    async fn look(app: App, auditor: Auditor) -> Result<Self, StoreError> {
        let now = clock::now();
        app.engine
            .day_counts(&auditor, now.plus_micros(-DAY), now)
            .await
    }
}

/// `/`
///
/// # Errors
/// When a database is away.
pub async fn overview(
    State(app): State<App>,
    reader: Reader,
    _: NoParams,
) -> Result<PageHtml, Failure> {
    let auditor = &reader.auditor;
    let (frame, last_day, newest_events, history) = tokio::try_join!(
        app.live_frame(&reader, None, Freshness::Now),
        async { Ok(app.last_day.see(&app, auditor, Freshness::Now).await?) },
        async { Ok(app.engine.newest_events(auditor).await?) },
        async { Ok(app.engine.kill_switch_history(auditor).await?) },
    )?;
    let page = OverviewPage {
        last_day,
        newest_events,
        history: History::clone(&history),
    };
    Ok(PageHtml::new(&frame, app::pages::overview(&frame, &page)))
}
