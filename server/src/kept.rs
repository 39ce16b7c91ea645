//! Something that every page shows and that takes a look at a database: the last look is good for a moment, and a
//! little longer while one request has another look behind everybody's back.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::StoreError;

/// How old what a page's header shows may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// A moment.
    Recent,
    /// Looked up for this page.
    Now,
}

/// After a look there is none for so many times as long as it took, but for half of the time that it may be shown.
const REST: u32 = 50;

/// The last look, and how long it is good for.
#[derive(Clone)]
pub struct Kept<T> {
    last: Arc<Mutex<Last<T>>>,
    /// As good as new, at the least.
    fresh: Duration,
    /// Shown while another look is under way.
    stale: Duration,
}

struct Last<T> {
    seen: Option<Seen<T>>,
    /// Since when somebody has been having another look.
    renewing: Option<Instant>,
}

#[derive(Clone)]
struct Seen<T> {
    at: Instant,
    took: Duration,
    value: T,
}

/// What a request is to do about a value.
enum Next<T> {
    Show(T),
    ShowAndRenew(T),
    Look,
}

impl<T: Clone + Send + 'static> Kept<T> {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(fresh: Duration, stale: Duration) -> Self {
        let nothing = Last {
            seen: None,
            renewing: None,
        };
        Self {
            last: Arc::new(Mutex::new(nothing)),
            fresh,
            stale,
        }
    }

    /// What was seen, or what `look` sees.
    ///
    /// # Errors
    /// As `look`.
    pub async fn get<L>(&self, when: Freshness, look: impl FnOnce() -> L) -> Result<T, StoreError>
    where
        L: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        match self.next(when) {
            Next::Show(value) => Ok(value),
            Next::ShowAndRenew(value) => {
                let (kept, look) = (self.clone(), Box::pin(look()));
                tokio::spawn(async move {
                    if let Err(error) = kept.see(look).await {
                        tracing::warn!(%error, "what every page shows could not be looked up");
                    }
                });
                Ok(value)
            }
            Next::Look => self.see(Box::pin(look())).await,
        }
    }

    fn next(&self, when: Freshness) -> Next<T> {
        let mut last = self.lock();
        let (Some(Seen { at, took, value }), Freshness::Recent) = (last.seen.clone(), when) else {
            return Next::Look;
        };
        let age = at.elapsed();
        if age < self.fresh.max(took * REST).min(self.stale / 2) {
            return Next::Show(value);
        }
        if age >= self.stale {
            return Next::Look;
        }
        // A look that has taken so long will come to nothing.
        if last
            .renewing
            .is_some_and(|since| since.elapsed() < self.stale)
        {
            return Next::Show(value);
        }
        last.renewing = Some(Instant::now());
        Next::ShowAndRenew(value)
    }

    async fn see(
        &self,
        look: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let seen = look.await;
        let mut last = self.lock();
        last.renewing = None;
        let value = seen?;
        if last.seen.as_ref().is_none_or(|seen| seen.at < begun) {
            last.seen = Some(Seen {
                at: begun,
                took: begun.elapsed(),
                value: value.clone(),
            });
        }
        Ok(value)
    }

    /// A panic elsewhere leaves a whole value behind.
    fn lock(&self) -> MutexGuard<'_, Last<T>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::ready;

    const LONG: Duration = Duration::from_hours(1);

    async fn get(kept: &Kept<u8>, when: Freshness, value: u8) -> Option<u8> {
        kept.get(when, || ready(Ok(value))).await.ok()
    }

    #[tokio::test]
    async fn a_moments_pages_share_one_look_unless_they_are_about_it() {
        let kept = Kept::new(LONG, LONG);
        assert_eq!(get(&kept, Freshness::Recent, 1).await, Some(1));
        assert_eq!(get(&kept, Freshness::Recent, 2).await, Some(1));
        assert_eq!(get(&kept, Freshness::Now, 3).await, Some(3));
        assert_eq!(get(&kept, Freshness::Recent, 4).await, Some(3));
    }

    #[tokio::test]
    async fn what_is_older_is_shown_once_more_and_renewed() {
        let kept = Kept::new(Duration::ZERO, LONG);
        assert_eq!(get(&kept, Freshness::Recent, 1).await, Some(1));
        assert_eq!(get(&kept, Freshness::Recent, 2).await, Some(1));
        // Its other look is a task of its own.
        let renewed = async {
            while get(&kept, Freshness::Recent, 3).await == Some(1) {
                tokio::task::yield_now().await;
            }
        };
        let soon = Duration::from_secs(5);
        assert!(tokio::time::timeout(soon, renewed).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_too_old_is_not_shown_even_where_there_is_nothing_new() {
        let kept = Kept::new(Duration::ZERO, Duration::ZERO);
        assert_eq!(get(&kept, Freshness::Recent, 1).await, Some(1));
        let away = || ready(Err(StoreError::TimedOut));
        assert!(kept.get(Freshness::Recent, away).await.is_err());
        assert_eq!(get(&kept, Freshness::Recent, 2).await, Some(2));
    }
}
