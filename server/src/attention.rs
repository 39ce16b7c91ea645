//! Reviews that are not done and findings that are not explained, for the navigation of every page: counted
//! now and then, and at once where they matter.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::finding::Unexplained;
use store::StoreError;
use store::access::Auditor;
use store::engine::Undone;

use crate::state::App;

/// A count is good for this long on pages that are about something else.
const RECENT: Duration = Duration::from_secs(2);

/// How old a count may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// A moment.
    Recent,
    /// Counted for this page.
    Now,
}

/// What needs somebody.
#[derive(Clone, Copy, Debug)]
pub struct Needed {
    /// Reviews that are not done.
    pub reviews: Undone,
    /// Findings that are not explained.
    pub findings: Unexplained,
}

/// The last count.
#[derive(Default)]
pub struct AttentionCache(Mutex<Option<(Instant, Needed)>>);

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
        let last = *self.lock();
        if let Some((counted, needed)) = last
            && when == Freshness::Recent
            && counted.elapsed() < RECENT
        {
            return Ok(needed);
        }
        let (reviews, findings) = tokio::try_join!(
            app.engine.undone_reviews(auditor, &app.book),
            app.console.count_findings_by_rule(auditor),
        )?;
        let needed = Needed {
            reviews,
            findings: Unexplained::of(&findings),
        };
        *self.lock() = Some((Instant::now(), needed));
        Ok(needed)
    }

    /// A panic elsewhere leaves a whole value behind.
    fn lock(&self) -> MutexGuard<'_, Option<(Instant, Needed)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
