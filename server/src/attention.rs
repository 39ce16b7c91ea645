//! Reviews that are not done, for the navigation of every page: counted now and then, and at once where
//! they matter.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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

/// The last count.
#[derive(Default)]
pub struct AttentionCache(Mutex<Option<(Instant, Undone)>>);

impl AttentionCache {
    /// How many reviews are not done.
    ///
    /// # Errors
    /// When a database is away.
    pub async fn undone(
        &self,
        app: &App,
        auditor: &Auditor,
        when: Freshness,
    ) -> Result<Undone, StoreError> {
        let last = *self.lock();
        if let Some((counted, undone)) = last
            && when == Freshness::Recent
            && counted.elapsed() < RECENT
        {
            return Ok(undone);
        }
        let undone = app.engine.undone_reviews(auditor, &app.book).await?;
        *self.lock() = Some((Instant::now(), undone));
        Ok(undone)
    }

    /// A panic elsewhere leaves a whole value behind.
    fn lock(&self) -> MutexGuard<'_, Option<(Instant, Undone)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
