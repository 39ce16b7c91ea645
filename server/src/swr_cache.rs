//! What many pages show alike and what takes a look at a database: the last look is good for a moment, and a little
//! longer while one request has another look behind everybody's back. Who must not be shown an old look shares the next
//! one with everybody who waits for it.

use std::future::{Future, pending};
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::StoreError;
use store::access::Auditor;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard as MyTurn};

use crate::state::App;

/// What is looked at.
pub trait Look: Clone + Send + Sized + 'static {
    /// As good as new for this long, at the least.
    const FRESH: Duration;
    /// Shown for this long while another look is under way.
    const STALE: Duration;

    /// Has a look.
    ///
    /// # Errors
    /// When a database is away or takes too long.
    fn look(app: App, auditor: Auditor) -> impl Future<Output = Result<Self, StoreError>> + Send;
}

/// How old what is shown may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// A moment.
    Recent,
    /// Looked up after this page was asked for.
    Now,
}

/// After a look there is none for so many times as long as it took, but for half of the time that it may be shown.
const REST: u32 = 50;

/// The last look, and how long it is good for.
#[derive(Clone)]
pub struct Kept<T> {
    last: Arc<Mutex<Last<T>>>,
    /// Held during a look that somebody waits for. In it: how the last of these failed, if it did.
    turn: Arc<Turn<Option<Failed>>>,
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

struct Failed {
    at: Instant,
    error: Arc<StoreError>,
}

/// What a request is to do about a value.
enum Next<T> {
    Show(T),
    ShowAndRenew(T),
    Look,
}

impl<T: Look> Default for Kept<T> {
    /// Nothing seen yet.
    fn default() -> Self {
        Self::new(T::FRESH, T::STALE)
    }
}

impl<T: Look> Kept<T> {
    /// What was seen, or what is seen now.
    ///
    /// # Errors
    /// When a database is away or takes too long.
    pub async fn see(
        &self,
        app: &App,
        auditor: &Auditor,
        when: Freshness,
    ) -> Result<T, StoreError> {
        self.see_by(when, || T::look(app.clone(), *auditor)).await
    }
}

impl<T: Clone + Send + 'static> Kept<T> {
    /// Of something that nobody may be shown an old look at: whoever waits shares the next one.
    #[must_use]
    pub fn never() -> Self {
        Self::new(Duration::ZERO, Duration::ZERO)
    }

    /// What `look` sees, which begins after this was asked for: by this look or by that of somebody who waits, too.
    ///
    /// # Errors
    /// When it fails.
    pub async fn see_new<L>(&self, look: impl FnOnce() -> L) -> Result<T, StoreError>
    where
        L: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        self.see_by(Freshness::Now, look).await
    }

    fn new(fresh: Duration, stale: Duration) -> Self {
        let nothing = Last {
            seen: None,
            renewing: None,
        };
        Self {
            last: Arc::new(Mutex::new(nothing)),
            turn: Arc::default(),
            fresh,
            stale,
        }
    }

    async fn see_by<L>(&self, when: Freshness, look: impl FnOnce() -> L) -> Result<T, StoreError>
    where
        L: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        match self.next(when) {
            Next::Show(value) => Ok(value),
            Next::ShowAndRenew(value) => {
                let (kept, look) = (self.clone(), Box::pin(look()));
                tokio::spawn(async move {
                    if let Err(error) = kept.look_and_keep(look).await {
                        tracing::warn!(%error, "what pages show alike could not be looked up");
                    }
                });
                Ok(value)
            }
            Next::Look => {
                let asked = Instant::now();
                let turn = Arc::clone(&self.turn).lock_owned().await;
                if let Some(failed) = turn.as_ref().filter(|failed| failed.at > asked) {
                    return Err(StoreError::Shared(Arc::clone(&failed.error)));
                }
                match self.seen_since(asked, when) {
                    Some(value) => Ok(value),
                    None => self.look_for_all(turn, Box::pin(look())).await,
                }
            }
        }
    }

    /// What somebody saw while this waited for its turn, where it will do: a look that has begun since, or one that is
    /// recent.
    fn seen_since(&self, asked: Instant, when: Freshness) -> Option<T> {
        let last = self.lock();
        let seen = last.seen.as_ref()?;
        let is_recent = when == Freshness::Recent && seen.at.elapsed() < self.stale;
        (seen.at > asked || is_recent).then(|| seen.value.clone())
    }

    /// A look that is had to its end, even where whoever began it has gone: others wait for it.
    async fn look_for_all(
        &self,
        mut turn: MyTurn<Option<Failed>>,
        look: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let kept = self.clone();
        let looking = tokio::spawn(async move {
            let seen = kept.look_and_keep(look).await.map_err(Arc::new);
            *turn = seen.as_ref().err().map(|error| Failed {
                at: Instant::now(),
                error: Arc::clone(error),
            });
            seen
        });
        match looking.await {
            Ok(seen) => seen.map_err(StoreError::Shared),
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // Nobody ends the task but a runtime that stops.
                Err(_) => pending().await,
            },
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

    async fn look_and_keep(
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
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

    use futures::FutureExt as _;
    use futures::future::join_all;
    use tokio::sync::Semaphore;

    const LONG: Duration = Duration::from_hours(1);

    async fn see(kept: &Kept<u8>, when: Freshness, value: u8) -> Option<u8> {
        kept.see_by(when, || ready(Ok(value))).await.ok()
    }

    #[tokio::test]
    async fn a_moments_pages_share_one_look_unless_they_are_about_it() {
        let kept = Kept::new(LONG, LONG);
        assert_eq!(see(&kept, Freshness::Recent, 1).await, Some(1));
        assert_eq!(see(&kept, Freshness::Recent, 2).await, Some(1));
        assert_eq!(see(&kept, Freshness::Now, 3).await, Some(3));
        assert_eq!(see(&kept, Freshness::Recent, 4).await, Some(3));
    }

    #[tokio::test]
    async fn those_who_wait_share_the_next_look() {
        let kept = Kept::new(LONG, LONG);
        let (looks, gate) = (Arc::new(AtomicU8::new(0)), Arc::new(Semaphore::new(0)));
        let look = || {
            let (looks, gate) = (Arc::clone(&looks), Arc::clone(&gate));
            async move {
                let value = looks.fetch_add(1, Relaxed);
                let _pass = gate.acquire().await;
                Ok(value)
            }
        };
        let first = kept.see_by(Freshness::Now, look);
        let others = async {
            while looks.load(Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            let all = join_all((0..30).map(|_| kept.see_by(Freshness::Now, look)));
            let open = async { gate.add_permits(1) };
            tokio::join!(all, open).0
        };
        let (first, others) = tokio::join!(first, others);
        assert_eq!(first.ok(), Some(0));
        assert!(others.into_iter().all(|seen| seen.ok() == Some(1)));
    }

    #[tokio::test]
    async fn those_who_wait_for_a_look_that_fails_are_told_so_at_once() {
        let kept: Kept<u8> = Kept::new(LONG, LONG);
        let looks = AtomicU8::new(0);
        let look = || {
            looks.fetch_add(1, Relaxed);
            async {
                tokio::task::yield_now().await;
                Err(StoreError::TimedOut)
            }
        };
        let all = join_all((0..30).map(|_| kept.see_by(Freshness::Now, look)));
        let is_told = |seen: &Result<u8, StoreError>| match seen {
            Err(StoreError::Shared(error)) => matches!(**error, StoreError::TimedOut),
            _ => false,
        };
        assert!(all.await.iter().all(is_told));
        assert_eq!(looks.load(Relaxed), 1);
        assert_eq!(see(&kept, Freshness::Now, 7).await, Some(7));
    }

    #[tokio::test]
    async fn a_look_goes_on_when_whoever_began_it_has_gone() {
        let kept = Kept::new(LONG, LONG);
        let gate = Arc::new(Semaphore::new(0));
        let look = || {
            let gate = Arc::clone(&gate);
            async move {
                let _pass = gate.acquire().await;
                Ok(1)
            }
        };
        let gone = kept.see_by(Freshness::Recent, look).now_or_never();
        assert!(gone.is_none());
        gate.add_permits(1);
        assert_eq!(see(&kept, Freshness::Recent, 2).await, Some(1));
    }

    #[tokio::test]
    async fn what_is_older_is_shown_once_more_and_renewed() {
        let kept = Kept::new(Duration::ZERO, LONG);
        assert_eq!(see(&kept, Freshness::Recent, 1).await, Some(1));
        assert_eq!(see(&kept, Freshness::Recent, 2).await, Some(1));
        // Its other look is a task of its own.
        let renewed = async {
            while see(&kept, Freshness::Recent, 3).await == Some(1) {
                tokio::task::yield_now().await;
            }
        };
        let soon = Duration::from_secs(5);
        assert!(tokio::time::timeout(soon, renewed).await.is_ok());
    }

    #[tokio::test]
    async fn what_is_too_old_is_not_shown_even_where_there_is_nothing_new() {
        let kept = Kept::new(Duration::ZERO, Duration::ZERO);
        assert_eq!(see(&kept, Freshness::Recent, 1).await, Some(1));
        let away = || ready(Err(StoreError::TimedOut));
        assert!(kept.see_by(Freshness::Recent, away).await.is_err());
        assert_eq!(see(&kept, Freshness::Recent, 2).await, Some(2));
    }
}
