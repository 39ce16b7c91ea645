//! Reviews that are not done and findings that are not explained, for the navigation of every page: counted
//! now and then, and at once where they matter.

use std::sync::Arc;
use std::time::Duration;

use domain::finding::RuleCount;
use store::StoreError;
use store::access::Auditor;
use store::engine::ReviewBacklog;

use crate::state::App;
use crate::swr_cache::Refresh;

/// What needs somebody.
#[derive(Clone, Debug)]
pub struct NavCounts {
    /// Reviews that are not done.
    pub reviews: ReviewBacklog,
    /// How many findings each rule has, and how many of them nobody has explained; a rule without any is not in it.
    pub findings: Arc<[RuleCount]>,
}

impl Refresh for NavCounts {
    const FRESH: Duration = Duration::from_secs(2);
    // The navigation of a page that is about something else need not wait for half a million findings to be counted.
    const STALE: Duration = Duration::from_mins(1);

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
                    undone => undone,
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
