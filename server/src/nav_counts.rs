//! The counts that the navigation of every page shows: reviews that are not done, and findings that nobody has explained.

use std::sync::Arc;
use std::time::Duration;

use domain::finding::RuleCount;
use store::StoreError;
use store::access::Auditor;
use store::engine::ReviewBacklog;

use crate::state::App;
use crate::swr_cache::{AgeFrom, Freshness, SwrPolicy};

/// The navigation of a page that is about something else does not wait for half a million findings to be counted.
pub const POLICY: SwrPolicy<NavCounts> = SwrPolicy {
    name: "navigation counts",
    fresh: |_| Duration::from_secs(2),
    stale: Duration::from_mins(1),
    age_from: AgeFrom::LoadBegan,
    load_share: 50,
    capacity: 1,
};

/// The counts of the navigation.
#[derive(Clone, Debug)]
pub struct NavCounts {
    /// Reviews that are not done.
    pub reviews: ReviewBacklog,
    /// How many findings each rule has, and how many of them nobody has explained; a rule without any is not in it.
    pub findings: Arc<[RuleCount]>,
}

impl App {
    /// The counts of the navigation, as they are `when`.
    ///
    /// # Errors
    /// When a database is unavailable or times out.
    pub async fn nav_counts(
        &self,
        auditor: &Auditor,
        when: Freshness,
    ) -> Result<NavCounts, StoreError> {
        let load = || NavCounts::load(self.clone(), *auditor);
        self.nav_counts.get(&(), when, load).await
    }
}

impl NavCounts {
    async fn load(app: App, auditor: Auditor) -> Result<Self, StoreError> {
        let (reviews, findings) = tokio::try_join!(
            async {
                match app
                    .engine
                    .review_backlog(&auditor, &app.review_policy)
                    .await
                {
                    // Pages that do not read these tables are shown without it.
                    Err(StoreError::SchemaChanged(_)) => Ok(ReviewBacklog::default()),
                    backlog => backlog,
                }
            },
            app.console.count_findings_by_rule(&auditor),
        )?;
        Ok(Self {
            reviews,
            findings: findings.into(),
        })
    }
}
