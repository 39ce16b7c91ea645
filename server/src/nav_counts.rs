//! Reviews that are not done and findings that are not explained, for the navigation of every page: counted
//! now and then, and at once where they matter.

use std::sync::Arc;
use std::time::Duration;

use domain::finding::RuleCount;
use store::StoreError;
use store::access::Auditor;
use store::engine::Undone;

use crate::kept::Look;
use crate::state::App;

/// What needs somebody.
#[derive(Clone, Debug)]
pub struct Needed {
    /// Reviews that are not done.
    pub reviews: Undone,
    /// How many findings each rule has, and how many of them nobody has explained; a rule without any is not in it.
    pub findings: Arc<[RuleCount]>,
}

impl Look for Needed {
    const FRESH: Duration = Duration::from_secs(2);
    // The navigation of a page that is about something else need not wait for half a million findings to be counted.
    const STALE: Duration = Duration::from_mins(1);

    async fn look(app: App, auditor: Auditor) -> Result<Self, StoreError> {
        let (reviews, findings) = tokio::try_join!(
            async {
                match app.engine.undone_reviews(&auditor, &app.book).await {
                    // Pages that do not read these tables are shown without it.
                    Err(StoreError::SchemaChanged(_)) => Ok(Undone::default()),
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
