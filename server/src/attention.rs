//! Reviews that are not done and findings that are not explained, for the navigation of every page: counted
//! now and then, and at once where they matter.

use std::sync::Arc;
use std::time::Duration;

use domain::finding::RuleCount;
use store::StoreError;
use store::access::Auditor;
use store::engine::Undone;

use crate::kept::{Freshness, Kept};
use crate::state::App;

/// A count is good for this long on pages that are about something else.
const FRESH: Duration = Duration::from_secs(2);
/// And for this long while they are counted again: half a million findings take a tenth of a second.
const STALE: Duration = Duration::from_mins(1);

/// What needs somebody.
#[derive(Clone, Debug)]
pub struct Needed {
    /// Reviews that are not done.
    pub reviews: Undone,
    /// How many findings each rule has, and how many of them nobody has explained; a rule without any is not in it.
    pub findings: Arc<[RuleCount]>,
}

/// The last count.
pub struct AttentionCache(Kept<Needed>);

impl Default for AttentionCache {
    fn default() -> Self {
        Self(Kept::new(FRESH, STALE))
    }
}

impl AttentionCache {
    /// How much needs somebody.
    ///
    /// # Errors
    /// When a database is away.
    pub async fn needed(
        &self,
        app: &App,
        auditor: &Auditor,
        when: Freshness,
    ) -> Result<Needed, StoreError> {
        let count = || {
            let (app, auditor) = (app.clone(), *auditor);
            async move {
                let (reviews, findings) = tokio::try_join!(
                    app.engine.undone_reviews(&auditor, &app.book),
                    app.console.count_findings_by_rule(&auditor),
                )?;
                Ok(Needed {
                    reviews,
                    findings: findings.into(),
                })
            }
        };
        self.0.get(when, count).await
    }
}
