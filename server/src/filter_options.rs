//! The values that the filter form of a list offers.

use std::time::Duration;

use app::model::FilterOptions;
use domain::catalogue::View;
use store::StoreError;
use store::access::Auditor;

use crate::state::App;
use crate::swr_cache::{AgeFrom, Freshness, SwrPolicy};

/// A new value is offered half a minute after its first row, a minute at the latest.
pub const POLICY: SwrPolicy<FilterOptions> = SwrPolicy {
    name: "filter options",
    fresh: |_| Duration::from_secs(30),
    stale: Duration::from_mins(1),
    age_from: AgeFrom::LoadEnded,
    load_share: 0,
    // More than there are lists.
    capacity: 16,
};

/// The page of a rejected filter waits this long for its options.
const PATIENCE: Duration = Duration::from_millis(780);

impl App {
    /// The values that a list's form offers.
    ///
    /// # Errors
    /// When the engine's database is unavailable or times out.
    pub async fn filter_options(
        &self,
        auditor: &Auditor,
        view: View,
    ) -> Result<FilterOptions, StoreError> {
        let load = || {
            let (app, auditor) = (self.clone(), *auditor);
            async move { app.engine.filter_options(&auditor, view).await }
        };
        self.filter_options
            .get(&view, Freshness::Recent, load)
            .await
    }

    /// The values for the form on the page of a rejected filter; none where they cannot be told soon.
    pub async fn filter_options_soon(&self, auditor: &Auditor, view: View) -> FilterOptions {
        let options = tokio::time::timeout(PATIENCE, self.filter_options(auditor, view));
        options.await.ok().and_then(Result::ok).unwrap_or_default()
    }
}
