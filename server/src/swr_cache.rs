//! A stale-while-revalidate cache of one value. A fresh value is served as it is; a stale one is served and refreshed in
//! the background; an expired one is loaded before it is served. Concurrent callers that wait share one load.

use std::future::{Future, pending};
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::StoreError;
use store::access::Auditor;
use tokio::sync::{Mutex as LoadLock, OwnedMutexGuard as LoadGuard};

use crate::state::App;

/// A value that the cache can load by itself.
pub trait Refresh: Clone + Send + Sized + 'static {
    /// The value is served without a refresh for at least this long.
    const FRESH: Duration;
    /// The value may be served for this long while it is refreshed in the background.
    const STALE: Duration;

    /// Loads the value.
    ///
    /// # Errors
    /// When a database is unavailable or times out.
    fn load(app: App, auditor: Auditor) -> impl Future<Output = Result<Self, StoreError>> + Send;
}

/// How old a served value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// At most [`Refresh::STALE`].
    Recent,
    /// Loaded after the request arrived.
    Now,
}

/// A load that took time `t` is not repeated for `LOAD_SHARE * t`, at most half of the stale time: loading takes no more
/// than a fiftieth of a connection's time.
const LOAD_SHARE: u32 = 50;

/// The cached value with its times.
#[derive(Clone)]
pub struct SwrCache<T> {
    state: Arc<Mutex<State<T>>>,
    /// Held during a load that callers wait for; it holds the error of the last such load, if it failed.
    load_lock: Arc<LoadLock<Option<FailedLoad>>>,
    /// Served without a refresh for at least this long.
    fresh: Duration,
    /// Served for this long while a refresh runs.
    stale: Duration,
}

struct State<T> {
    loaded: Option<Loaded<T>>,
    /// When the background refresh began that has not ended.
    refreshing_since: Option<Instant>,
}

#[derive(Clone)]
struct Loaded<T> {
    at: Instant,
    took: Duration,
    value: T,
}

struct FailedLoad {
    at: Instant,
    error: Arc<StoreError>,
}

/// What a caller does about the cached value.
enum NextStep<T> {
    Serve(T),
    ServeAndRefresh(T),
    Load,
}

impl<T: Refresh> Default for SwrCache<T> {
    /// Nothing loaded yet.
    fn default() -> Self {
        Self::new(T::FRESH, T::STALE)
    }
}

impl<T: Refresh> SwrCache<T> {
    /// The cached value, or the one that is loaded now.
    ///
    /// # Errors
    /// When a load was needed and failed.
    pub async fn get(
        &self,
        app: &App,
        auditor: &Auditor,
        when: Freshness,
    ) -> Result<T, StoreError> {
        self.get_by(when, || T::load(app.clone(), *auditor)).await
    }
}

impl<T: Clone + Send + 'static> SwrCache<T> {
    /// A cache that never serves an old value: it only lets concurrent callers share one load.
    #[must_use]
    pub fn single_flight() -> Self {
        Self::new(Duration::ZERO, Duration::ZERO)
    }

    /// The result of a load that began after this call: this one, or another caller's.
    ///
    /// # Errors
    /// When that load failed.
    pub async fn load_shared<L>(&self, load: impl FnOnce() -> L) -> Result<T, StoreError>
    where
        L: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        self.get_by(Freshness::Now, load).await
    }

    fn new(fresh: Duration, stale: Duration) -> Self {
        let empty = State {
            loaded: None,
            refreshing_since: None,
        };
        Self {
            state: Arc::new(Mutex::new(empty)),
            load_lock: Arc::default(),
            fresh,
            stale,
        }
    }

    async fn get_by<L>(&self, when: Freshness, load: impl FnOnce() -> L) -> Result<T, StoreError>
    where
        L: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        match self.next(when) {
            NextStep::Serve(value) => Ok(value),
            NextStep::ServeAndRefresh(value) => {
                let (cache, load) = (self.clone(), Box::pin(load()));
                tokio::spawn(async move {
                    if let Err(error) = cache.load_and_store(load).await {
                        tracing::warn!(%error, "a cached value could not be refreshed");
                    }
                });
                Ok(value)
            }
            NextStep::Load => {
                let asked = Instant::now();
                let guard = Arc::clone(&self.load_lock).lock_owned().await;
                if let Some(failed) = guard.as_ref().filter(|failed| failed.at > asked) {
                    return Err(StoreError::Shared(Arc::clone(&failed.error)));
                }
                match self.loaded_since(asked, when) {
                    Some(value) => Ok(value),
                    None => self.run_shared(guard, Box::pin(load())).await,
                }
            }
        }
    }

    /// The value that another caller loaded while this one waited, where it is new enough: its load began after `asked`,
    /// or a recent value will do.
    fn loaded_since(&self, asked: Instant, when: Freshness) -> Option<T> {
        let state = self.lock();
        let loaded = state.loaded.as_ref()?;
        let is_recent = when == Freshness::Recent && loaded.at.elapsed() < self.stale;
        (loaded.at > asked || is_recent).then(|| loaded.value.clone())
    }

    /// Runs a load to its end in a task of its own, even if the caller that began it goes away: others may wait for it.
    async fn run_shared(
        &self,
        mut guard: LoadGuard<Option<FailedLoad>>,
        load: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> Result<T, StoreError> {
        let cache = self.clone();
        let loading = tokio::spawn(async move {
            let loaded = cache.load_and_store(load).await.map_err(Arc::new);
            *guard = loaded.as_ref().err().map(|error| FailedLoad {
                at: Instant::now(),
                error: Arc::clone(error),
            });
            loaded
        });
        match loading.await {
            Ok(loaded) => loaded.map_err(StoreError::Shared),
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The task is only cancelled when the runtime shuts down.
                Err(_) => pending().await,
            },
        }
    }

    fn next(&self, when: Freshness) -> NextStep<T> {
        let mut state = self.lock();
        let (Some(Loaded { at, took, value }), Freshness::Recent) = (state.loaded.clone(), when)
        else {
            return NextStep::Load;
        };
        let age = at.elapsed();
        if age < self.fresh.max(took * LOAD_SHARE).min(self.stale / 2) {
            return NextStep::Serve(value);
        }
        if age >= self.stale {
            return NextStep::Load;
        }
        // A refresh that has run longer than the stale time counts as lost.
        if state
            .refreshing_since
            .is_some_and(|since| since.elapsed() < self.stale)
        {
            return NextStep::Serve(value);
        }
        state.refreshing_since = Some(Instant::now());
        NextStep::ServeAndRefresh(value)
    }

    async fn load_and_store(
        &self,
        load: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let begun = Instant::now();
        let loaded = load.await;
        let mut state = self.lock();
        state.refreshing_since = None;
        let value = loaded?;
        if state.loaded.as_ref().is_none_or(|loaded| loaded.at < begun) {
            state.loaded = Some(Loaded {
                at: begun,
                took: begun.elapsed(),
                value: value.clone(),
            });
        }
        Ok(value)
    }

    /// No code panics while it holds the lock, so a poisoned value is whole.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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

    async fn get(cache: &SwrCache<u8>, when: Freshness, value: u8) -> Option<u8> {
        cache.get_by(when, || ready(Ok(value))).await.ok()
    }

    #[tokio::test]
    async fn a_fresh_value_is_shared_unless_the_caller_wants_it_loaded_now() {
        let cache = SwrCache::new(LONG, LONG);
        assert_eq!(get(&cache, Freshness::Recent, 1).await, Some(1));
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(1));
        assert_eq!(get(&cache, Freshness::Now, 3).await, Some(3));
        assert_eq!(get(&cache, Freshness::Recent, 4).await, Some(3));
    }

    #[tokio::test]
    async fn waiting_callers_share_the_next_load() {
        let cache = SwrCache::new(LONG, LONG);
        let (loads, gate) = (Arc::new(AtomicU8::new(0)), Arc::new(Semaphore::new(0)));
        let load = || {
            let (loads, gate) = (Arc::clone(&loads), Arc::clone(&gate));
            async move {
                let value = loads.fetch_add(1, Relaxed);
                let _pass = gate.acquire().await;
                Ok(value)
            }
        };
        let first = cache.get_by(Freshness::Now, load);
        let others = async {
            while loads.load(Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            let all = join_all((0..30).map(|_| cache.get_by(Freshness::Now, load)));
            let open = async { gate.add_permits(1) };
            tokio::join!(all, open).0
        };
        let (first, others) = tokio::join!(first, others);
        assert_eq!(first.ok(), Some(0));
        assert!(others.into_iter().all(|seen| seen.ok() == Some(1)));
    }

    #[tokio::test]
    async fn waiting_callers_share_a_failed_load() {
        let cache: SwrCache<u8> = SwrCache::new(LONG, LONG);
        let loads = AtomicU8::new(0);
        let load = || {
            loads.fetch_add(1, Relaxed);
            async {
                tokio::task::yield_now().await;
                Err(StoreError::TimedOut)
            }
        };
        let all = join_all((0..30).map(|_| cache.get_by(Freshness::Now, load)));
        let has_failed = |seen: &Result<u8, StoreError>| match seen {
            Err(StoreError::Shared(error)) => matches!(**error, StoreError::TimedOut),
            _ => false,
        };
        assert!(all.await.iter().all(has_failed));
        assert_eq!(loads.load(Relaxed), 1);
        assert_eq!(get(&cache, Freshness::Now, 7).await, Some(7));
    }

    #[tokio::test]
    async fn a_load_outlives_the_caller_that_began_it() {
        let cache = SwrCache::new(LONG, LONG);
        let gate = Arc::new(Semaphore::new(0));
        let load = || {
            let gate = Arc::clone(&gate);
            async move {
                let _pass = gate.acquire().await;
                Ok(1)
            }
        };
        let gone = cache.get_by(Freshness::Recent, load).now_or_never();
        assert!(gone.is_none());
        gate.add_permits(1);
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(1));
    }

    #[tokio::test]
    async fn a_stale_value_is_served_and_refreshed() {
        let cache = SwrCache::new(Duration::ZERO, LONG);
        assert_eq!(get(&cache, Freshness::Recent, 1).await, Some(1));
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(1));
        // The refresh is a task of its own.
        let renewed = async {
            while get(&cache, Freshness::Recent, 3).await == Some(1) {
                tokio::task::yield_now().await;
            }
        };
        let soon = Duration::from_secs(5);
        assert!(tokio::time::timeout(soon, renewed).await.is_ok());
    }

    #[tokio::test]
    async fn an_expired_value_is_not_served_even_if_loading_fails() {
        let cache = SwrCache::new(Duration::ZERO, Duration::ZERO);
        assert_eq!(get(&cache, Freshness::Recent, 1).await, Some(1));
        let away = || ready(Err(StoreError::TimedOut));
        assert!(cache.get_by(Freshness::Recent, away).await.is_err());
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(2));
    }
}
