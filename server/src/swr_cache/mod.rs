//! A keyed stale-while-revalidate cache. One value without a key has the key `()`.
//!
//! By its age, counted as its [`SwrPolicy`] says, a value is *fresh* (it is served), *stale* (it is served while a load
//! in the background replaces it) or *expired* (callers wait for a load).
//!
//! - Single flight: of one key at most one background load and one load that callers wait for run at a time, and callers
//!   that wait share its result.
//! - A load runs in a task of its own, to its end, also when nobody waits for it any more.
//! - An error is shared by the callers that waited for the load, and is not cached: the next caller loads again.
//! - Above the capacity, the key that was used least recently is evicted.

mod flight;
mod policy;
mod slot;

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use store::StoreError;

pub use flight::{Flight, LoadError};
pub use policy::{AgeFrom, SwrPolicy};
use slot::Slot;

/// How old a served value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Fresh or stale; or its load began at most [`SwrPolicy::stale`] before the request.
    Recent,
    /// Its load began after the request arrived.
    Now,
}

/// What the cache has for a caller.
pub enum Lookup<V> {
    /// A fresh value.
    Fresh(V),
    /// A stale value, and the load that replaces it.
    Stale(V, Flight<V>),
    /// No value that may be served, and the load that brings one.
    Missing(Flight<V>),
}

/// A cache of the values of `K`; clones share their entries.
pub struct SwrCache<K, V> {
    policy: SwrPolicy<V>,
    entries: Arc<Mutex<Entries<K, V>>>,
}

struct Entries<K, V> {
    by_key: HashMap<K, Entry<V>>,
    /// Lookups so far.
    lookups: u64,
}

struct Entry<V> {
    slot: Arc<Slot<V>>,
    /// The number of the last lookup of its key.
    used: u64,
}

impl<K, V> Clone for SwrCache<K, V> {
    fn clone(&self) -> Self {
        Self {
            policy: self.policy,
            entries: Arc::clone(&self.entries),
        }
    }
}

impl<K, V> SwrCache<K, V>
where
    K: Clone + Eq + Hash,
    V: Clone + Send + Sync + 'static,
{
    /// An empty cache.
    #[must_use]
    pub fn new(policy: SwrPolicy<V>) -> Self {
        let entries = Entries {
            by_key: HashMap::new(),
            lookups: 0,
        };
        Self {
            policy,
            entries: Arc::new(Mutex::new(entries)),
        }
    }

    /// The cached value of `key`, or the one that `load` brings.
    ///
    /// # Errors
    /// When the caller had to wait for a load, and it failed.
    ///
    /// # Panics
    /// When the caller had to wait for a load, and it panicked.
    pub async fn get<L>(
        &self,
        key: &K,
        when: Freshness,
        load: impl FnOnce() -> L,
    ) -> Result<V, StoreError>
    where
        L: Future<Output = Result<V, StoreError>> + Send + 'static,
    {
        match self.lookup(key, when, load) {
            Lookup::Fresh(value) | Lookup::Stale(value, _) => Ok(value),
            Lookup::Missing(flight) => flight.await.map_err(|error| match error {
                LoadError::Failed(error) => StoreError::Shared(error),
                LoadError::Panicked => panic!("the load of a cached value panicked"),
            }),
        }
    }

    /// What is cached of `key`. Where that is not fresh, a load is under way when this returns: a caller can wait for it
    /// for as long as it has time.
    pub fn lookup<L>(&self, key: &K, when: Freshness, load: impl FnOnce() -> L) -> Lookup<V>
    where
        L: Future<Output = Result<V, StoreError>> + Send + 'static,
    {
        let now = Instant::now();
        self.slot(key, now).lookup(&self.policy, when, now, load)
    }

    /// Removes the value of `key`. A load that began before is not cached, either.
    pub fn invalidate(&self, key: &K) {
        self.lock().by_key.remove(key);
    }

    fn slot(&self, key: &K, now: Instant) -> Arc<Slot<V>> {
        let mut entries = self.lock();
        entries.lookups += 1;
        let used = entries.lookups;
        if let Some(entry) = entries.by_key.get_mut(key) {
            entry.used = used;
            return Arc::clone(&entry.slot);
        }
        entries.make_room(&self.policy, now);
        let slot = Arc::new(Slot::default());
        let entry = Entry {
            slot: Arc::clone(&slot),
            used,
        };
        entries.by_key.insert(key.clone(), entry);
        slot
    }

    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        // No code panics while it holds the lock.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash, V> Entries<K, V> {
    /// Removes what has expired, and then the least recently used until there is room for one more. Keys that are being
    /// loaded go last.
    fn make_room(&mut self, policy: &SwrPolicy<V>, now: Instant) {
        self.by_key
            .retain(|_, entry| entry.slot.is_loading() || !entry.slot.is_expired(policy, now));
        while self.by_key.len() >= policy.capacity.max(1) {
            let oldest = self
                .by_key
                .iter()
                .min_by_key(|(_, entry)| (entry.slot.is_loading(), entry.used));
            let Some(key) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            self.by_key.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{poll_fn, ready};
    use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
    use std::task::Poll;
    use std::time::Duration;

    use futures::FutureExt as _;
    use futures::future::join_all;
    use tokio::sync::Semaphore;

    const LONG: Duration = Duration::from_hours(1);

    /// Values that are fresh and then stale for these times.
    fn cache(fresh: fn(&u8) -> Duration, stale: Duration) -> SwrCache<&'static str, u8> {
        SwrCache::new(SwrPolicy {
            name: "test",
            fresh,
            stale,
            age_from: AgeFrom::LoadBegan,
            load_share: 0,
            capacity: 2,
        })
    }

    fn fresh() -> SwrCache<&'static str, u8> {
        cache(|_| LONG, LONG)
    }

    async fn get(cache: &SwrCache<&'static str, u8>, when: Freshness, value: u8) -> Option<u8> {
        get_of(cache, "a", when, value).await
    }

    async fn get_of(
        cache: &SwrCache<&'static str, u8>,
        key: &'static str,
        when: Freshness,
        value: u8,
    ) -> Option<u8> {
        cache.get(&key, when, || ready(Ok(value))).await.ok()
    }

    #[tokio::test]
    async fn a_fresh_value_is_shared_unless_the_caller_wants_it_loaded_now() {
        let cache = fresh();
        assert_eq!(get(&cache, Freshness::Recent, 1).await, Some(1));
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(1));
        assert_eq!(get(&cache, Freshness::Now, 3).await, Some(3));
        assert_eq!(get(&cache, Freshness::Recent, 4).await, Some(3));
    }

    #[tokio::test]
    async fn each_key_has_a_value_of_its_own() {
        let cache = fresh();
        assert_eq!(get_of(&cache, "a", Freshness::Recent, 1).await, Some(1));
        assert_eq!(get_of(&cache, "b", Freshness::Recent, 2).await, Some(2));
        assert_eq!(get_of(&cache, "a", Freshness::Recent, 3).await, Some(1));
    }

    #[tokio::test]
    async fn the_least_recently_used_key_is_evicted() {
        let cache = fresh();
        get_of(&cache, "a", Freshness::Recent, 1).await;
        get_of(&cache, "b", Freshness::Recent, 1).await;
        get_of(&cache, "a", Freshness::Recent, 2).await;
        get_of(&cache, "c", Freshness::Recent, 1).await;
        assert_eq!(get_of(&cache, "a", Freshness::Recent, 3).await, Some(1));
        assert_eq!(get_of(&cache, "b", Freshness::Recent, 3).await, Some(3));
    }

    #[tokio::test]
    async fn an_expired_value_is_evicted_first() {
        let lifetime = |value: &u8| if *value == 0 { Duration::ZERO } else { LONG };
        let cache = cache(lifetime, Duration::ZERO);
        get_of(&cache, "a", Freshness::Recent, 1).await;
        get_of(&cache, "b", Freshness::Recent, 0).await;
        get_of(&cache, "c", Freshness::Recent, 1).await;
        assert_eq!(get_of(&cache, "a", Freshness::Recent, 2).await, Some(1));
    }

    #[tokio::test]
    async fn waiting_callers_share_the_next_load() {
        let cache = fresh();
        let (loads, gate) = (Arc::new(AtomicU8::new(0)), Arc::new(Semaphore::new(0)));
        let load = || {
            let (loads, gate) = (Arc::clone(&loads), Arc::clone(&gate));
            async move {
                let value = loads.fetch_add(1, Relaxed);
                let _pass = gate.acquire().await;
                Ok(value)
            }
        };
        let first = cache.get(&"a", Freshness::Now, load);
        let others = async {
            while loads.load(Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            let all = join_all((0..30).map(|_| cache.get(&"a", Freshness::Now, load)));
            let open = async { gate.add_permits(1) };
            tokio::join!(all, open).0
        };
        let (first, others) = tokio::join!(first, others);
        assert_eq!(first.ok(), Some(0));
        assert!(others.into_iter().all(|seen| seen.ok() == Some(1)));
    }

    #[tokio::test]
    async fn waiting_callers_share_a_failed_load() {
        let cache = fresh();
        let loads = AtomicU8::new(0);
        let load = || {
            loads.fetch_add(1, Relaxed);
            async {
                tokio::task::yield_now().await;
                Err(StoreError::TimedOut)
            }
        };
        let all = join_all((0..30).map(|_| cache.get(&"a", Freshness::Recent, load)));
        let has_failed = |seen: &Result<u8, StoreError>| match seen {
            Err(StoreError::Shared(error)) => matches!(**error, StoreError::TimedOut),
            _ => false,
        };
        assert!(all.await.iter().all(has_failed));
        assert_eq!(loads.load(Relaxed), 1);
        assert_eq!(get(&cache, Freshness::Recent, 7).await, Some(7));
    }

    #[tokio::test]
    async fn whoever_waits_for_the_next_load_shares_the_failure_of_the_one_before() {
        let cache = fresh();
        let loads = Arc::new(AtomicU8::new(0));
        let load = || {
            let loads = Arc::clone(&loads);
            async move {
                loads.fetch_add(1, Relaxed);
                tokio::task::yield_now().await;
                Err(StoreError::TimedOut)
            }
        };
        let all = join_all((0..30).map(|_| cache.get(&"a", Freshness::Now, load)));
        assert!(all.await.iter().all(Result::is_err));
        assert_eq!(loads.load(Relaxed), 1);
        assert_eq!(get(&cache, Freshness::Now, 7).await, Some(7));
    }

    #[tokio::test]
    async fn a_load_outlives_the_caller_that_began_it() {
        let cache = fresh();
        let gate = Arc::new(Semaphore::new(0));
        let load = || {
            let gate = Arc::clone(&gate);
            async move {
                let _pass = gate.acquire().await;
                Ok(1)
            }
        };
        let gone = cache.get(&"a", Freshness::Recent, load).now_or_never();
        assert!(gone.is_none());
        gate.add_permits(1);
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(1));
    }

    #[tokio::test]
    async fn a_stale_value_is_served_and_refreshed() {
        let cache = cache(|_| Duration::ZERO, LONG);
        assert_eq!(get(&cache, Freshness::Recent, 1).await, Some(1));
        let load = || ready(Ok(2));
        let Lookup::Stale(value, refresh) = cache.lookup(&"a", Freshness::Recent, load) else {
            panic!("the value is stale");
        };
        assert_eq!(value, 1);
        assert_eq!(refresh.await.ok(), Some(2));
        assert_eq!(get(&cache, Freshness::Recent, 3).await, Some(2));
    }

    #[tokio::test]
    async fn a_stale_value_is_refreshed_once_at_a_time() {
        let cache = cache(|_| Duration::ZERO, LONG);
        assert_eq!(get(&cache, Freshness::Recent, 1).await, Some(1));
        let loads = Arc::new(AtomicU8::new(0));
        let mut refreshes = Vec::new();
        for _ in 0..30 {
            let loads = Arc::clone(&loads);
            let load = || async move { Ok(loads.fetch_add(1, Relaxed) + 10) };
            if let Lookup::Stale(1, refresh) = cache.lookup(&"a", Freshness::Recent, load) {
                refreshes.push(refresh);
            }
        }
        assert_eq!(refreshes.len(), 30);
        assert!(
            join_all(refreshes)
                .await
                .into_iter()
                .all(|seen| seen.ok() == Some(10))
        );
        assert_eq!(loads.load(Relaxed), 1);
    }

    #[tokio::test]
    async fn a_failed_refresh_leaves_the_stale_value() {
        let cache = cache(|_| Duration::ZERO, LONG);
        assert_eq!(get(&cache, Freshness::Recent, 1).await, Some(1));
        let load = || ready(Err(StoreError::TimedOut));
        let Lookup::Stale(1, refresh) = cache.lookup(&"a", Freshness::Recent, load) else {
            panic!("the value is stale");
        };
        assert!(matches!(refresh.await, Err(LoadError::Failed(_))));
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(1));
    }

    #[tokio::test]
    async fn an_expired_value_is_not_served_even_if_loading_fails() {
        let cache = cache(|_| Duration::ZERO, Duration::ZERO);
        assert_eq!(get(&cache, Freshness::Recent, 1).await, Some(1));
        let away = || ready(Err(StoreError::TimedOut));
        assert!(cache.get(&"a", Freshness::Recent, away).await.is_err());
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(2));
    }

    #[tokio::test]
    async fn what_was_being_loaded_when_its_key_was_invalidated_is_not_cached() {
        let cache = fresh();
        let gate = Arc::new(Semaphore::new(0));
        let load = || {
            let gate = Arc::clone(&gate);
            async move {
                let _pass = gate.acquire().await;
                Ok(1)
            }
        };
        let Lookup::Missing(flight) = cache.lookup(&"a", Freshness::Recent, load) else {
            panic!("nothing was loaded");
        };
        cache.invalidate(&"a");
        gate.add_permits(1);
        assert_eq!(flight.await.ok(), Some(1));
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(2));
    }

    #[tokio::test]
    async fn a_load_that_panics_fails_those_who_waited_and_nobody_else() {
        let cache = fresh();
        let load = || poll_fn(|_| -> Poll<Result<u8, StoreError>> { panic!("as the test wants") });
        let Lookup::Missing(flight) = cache.lookup(&"a", Freshness::Recent, load) else {
            panic!("nothing was loaded");
        };
        assert!(matches!(flight.await, Err(LoadError::Panicked)));
        assert_eq!(get(&cache, Freshness::Recent, 2).await, Some(2));
    }
}
