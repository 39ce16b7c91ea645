//! The value of one key, and its loads.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use store::StoreError;

use super::flight::{self, Flight, LoadError};
use super::policy::{Loaded, Stage, SwrPolicy};
use super::{Freshness, Lookup};

/// The value of one key, and its loads.
pub(super) struct Slot<V>(Mutex<State<V>>);

struct State<V> {
    loaded: Option<Loaded<V>>,
    /// The load in the background that replaces a stale value.
    refresh: Option<Running<V>>,
    /// The load that callers wait for.
    awaited: Option<Running<V>>,
    /// The load that begins when the awaited one has ended.
    queued: Option<Flight<V>>,
}

#[derive(Clone)]
struct Running<V> {
    began: Instant,
    flight: Flight<V>,
}

/// Which of the two loads of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Refresh,
    Awaited,
}

/// What is done for a caller.
enum Step<V> {
    Serve(V),
    ServeStale(V, Flight<V>),
    ServeAndRefresh(V),
    Join(Flight<V>),
    Load,
    LoadAfter(Flight<V>),
}

impl<V> Default for Slot<V> {
    fn default() -> Self {
        Self(Mutex::new(State {
            loaded: None,
            refresh: None,
            awaited: None,
            queued: None,
        }))
    }
}

impl<V> Slot<V> {
    /// Whether a load is under way.
    pub(super) fn is_loading(&self) -> bool {
        let state = self.lock();
        state.refresh.is_some() || state.awaited.is_some() || state.queued.is_some()
    }

    /// Whether there is no value, or one that is not served any more.
    pub(super) fn is_expired(&self, policy: &SwrPolicy<V>, now: Instant) -> bool {
        let state = self.lock();
        let loaded = state.loaded.as_ref();
        loaded.is_none_or(|loaded| policy.stage(loaded, now) == Stage::Expired)
    }

    fn lock(&self) -> MutexGuard<'_, State<V>> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: Clone + Send + Sync + 'static> Slot<V> {
    /// What there is for a caller who asks at `now`. What it needs to be loaded is under way afterwards.
    pub(super) fn lookup<L>(
        self: &Arc<Self>,
        policy: &SwrPolicy<V>,
        when: Freshness,
        now: Instant,
        load: impl FnOnce() -> L,
    ) -> Lookup<V>
    where
        L: Future<Output = Result<V, StoreError>> + Send + 'static,
    {
        let name = policy.name;
        let mut state = self.lock();
        match state.step(policy, when, now) {
            Step::Serve(value) => Lookup::Fresh(value),
            Step::ServeStale(value, flight) => Lookup::Stale(value, flight),
            Step::Join(flight) => Lookup::Missing(flight),
            Step::ServeAndRefresh(value) => {
                let load = Arc::clone(self).run(name, Role::Refresh, now, load());
                let flight = flight::spawn(load);
                state.refresh = Some(Running {
                    began: now,
                    flight: flight.clone(),
                });
                Lookup::Stale(value, flight)
            }
            Step::Load => {
                let load = Arc::clone(self).run(name, Role::Awaited, now, load());
                let flight = flight::spawn(load);
                state.awaited = Some(Running {
                    began: now,
                    flight: flight.clone(),
                });
                Lookup::Missing(flight)
            }
            Step::LoadAfter(before) => {
                let (slot, load) = (Arc::clone(self), load());
                let flight = flight::spawn(async move {
                    before.await?;
                    let began = Instant::now();
                    slot.lock().begin_queued(began);
                    slot.run(name, Role::Awaited, began, load).await
                });
                state.queued = Some(flight.clone());
                Lookup::Missing(flight)
            }
        }
    }

    async fn run(
        self: Arc<Self>,
        name: &'static str,
        role: Role,
        began: Instant,
        load: impl Future<Output = Result<V, StoreError>>,
    ) -> Result<V, LoadError> {
        let result = match AssertUnwindSafe(load).catch_unwind().await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(LoadError::Failed(Arc::new(error))),
            Err(_) => Err(LoadError::Panicked),
        };
        if let (Role::Refresh, Err(error)) = (role, &result) {
            tracing::warn!(name, %error, "a cached value could not be refreshed");
        }
        self.lock().end(role, began, Instant::now(), &result);
        result
    }
}

impl<V: Clone> State<V> {
    fn step(&self, policy: &SwrPolicy<V>, when: Freshness, now: Instant) -> Step<V> {
        if when == Freshness::Recent {
            let under_way = self.began_within(policy.stale, now);
            let loaded = self.loaded.as_ref();
            let stage = loaded.map(|loaded| (policy.stage(loaded, now), loaded.value.clone()));
            match (stage, under_way) {
                (Some((Stage::Fresh, value)), _) => return Step::Serve(value),
                (Some((Stage::Stale, value)), Some(flight)) => {
                    return Step::ServeStale(value, flight);
                }
                (Some((Stage::Stale, value)), None) => return Step::ServeAndRefresh(value),
                (Some((Stage::Expired, _)) | None, Some(flight)) => return Step::Join(flight),
                (Some((Stage::Expired, _)) | None, None) => {}
            }
        }
        match (&self.queued, &self.awaited) {
            (Some(queued), _) => Step::Join(queued.clone()),
            (None, Some(running)) => Step::LoadAfter(running.flight.clone()),
            (None, None) => Step::Load,
        }
    }

    /// The latest load under way that began less than `limit` ago. One that has run for longer counts as lost.
    fn began_within(&self, limit: Duration, now: Instant) -> Option<Flight<V>> {
        [&self.awaited, &self.refresh]
            .into_iter()
            .flatten()
            .filter(|running| now.saturating_duration_since(running.began) < limit)
            .max_by_key(|running| running.began)
            .map(|running| running.flight.clone())
    }

    fn begin_queued(&mut self, began: Instant) {
        let queued = self.queued.take();
        self.awaited = queued.map(|flight| Running { began, flight });
    }

    /// Records how a load ended. A value is replaced only by one whose load began later.
    fn end(&mut self, role: Role, began: Instant, ended: Instant, result: &Result<V, LoadError>) {
        let running = match role {
            Role::Refresh => &mut self.refresh,
            Role::Awaited => &mut self.awaited,
        };
        // Another refresh may have begun when this one counted as lost.
        if running
            .as_ref()
            .is_some_and(|running| running.began == began)
        {
            *running = None;
        }
        match result {
            Ok(value) => {
                let loaded = self.loaded.as_ref();
                if loaded.is_none_or(|loaded| loaded.began < began) {
                    let value = value.clone();
                    self.loaded = Some(Loaded {
                        began,
                        ended,
                        value,
                    });
                }
            }
            // Whoever waits in the queue shares the failure; whoever comes now does not.
            Err(_) if role == Role::Awaited => self.queued = None,
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::policy::AgeFrom;
    use super::*;
    use std::future::ready;

    const SECOND: Duration = Duration::from_secs(1);

    const POLICY: SwrPolicy<u8> = SwrPolicy {
        name: "test",
        fresh: |_| SECOND,
        stale: Duration::from_secs(10),
        age_from: AgeFrom::LoadBegan,
        load_share: 0,
        capacity: 1,
    };

    /// A load that brings this value.
    fn running(began: Instant, value: u8) -> Running<u8> {
        let flight = ready(Ok(value)).boxed().shared();
        Running { began, flight }
    }

    /// A slot whose value was loaded at the time that is returned.
    fn loaded(value: u8) -> (State<u8>, Instant) {
        let began = Instant::now();
        let mut state = State {
            loaded: None,
            refresh: None,
            awaited: None,
            queued: None,
        };
        state.awaited = Some(running(began, value));
        state.end(Role::Awaited, began, began, &Ok(value));
        (state, began)
    }

    fn value_of(flight: &Flight<u8>) -> Option<u8> {
        flight.clone().now_or_never()?.ok()
    }

    #[test]
    fn a_value_is_served_then_served_and_refreshed_and_then_loaded() {
        let (state, began) = loaded(1);
        let at = |seconds: u32| state.step(&POLICY, Freshness::Recent, began + seconds * SECOND);
        assert!(matches!(at(0), Step::Serve(1)));
        assert!(matches!(at(1), Step::ServeAndRefresh(1)));
        assert!(matches!(at(9), Step::ServeAndRefresh(1)));
        assert!(matches!(at(10), Step::Load));
    }

    #[test]
    fn a_refresh_is_joined_by_whoever_has_to_wait() {
        let (mut state, began) = loaded(1);
        state.refresh = Some(running(began + 9 * SECOND, 2));
        let at = |seconds: u32| state.step(&POLICY, Freshness::Recent, began + seconds * SECOND);
        assert!(matches!(at(9), Step::ServeStale(1, flight) if value_of(&flight) == Some(2)));
        assert!(matches!(at(10), Step::Join(flight) if value_of(&flight) == Some(2)));
    }

    #[test]
    fn a_refresh_that_does_not_end_counts_as_lost() {
        let (mut state, began) = loaded(1);
        let refresh = began + SECOND;
        state.refresh = Some(running(refresh, 2));
        let at = |seconds: u32| state.step(&POLICY, Freshness::Recent, began + seconds * SECOND);
        assert!(matches!(at(10), Step::Join(_)));
        assert!(matches!(at(11), Step::Load));
        // It ends after all, and is no news beside a later load.
        state.end(
            Role::Awaited,
            began + 11 * SECOND,
            began + 11 * SECOND,
            &Ok(3),
        );
        state.end(Role::Refresh, refresh, began + 12 * SECOND, &Ok(2));
        let step = state.step(&POLICY, Freshness::Recent, began + 11 * SECOND);
        assert!(matches!(step, Step::Serve(3)));
        assert!(state.refresh.is_none());
    }

    #[test]
    fn whoever_wants_it_loaded_now_takes_no_load_that_began_before() {
        let (mut state, began) = loaded(1);
        let now = |state: &State<u8>| state.step(&POLICY, Freshness::Now, began);
        assert!(matches!(now(&state), Step::Load));
        state.refresh = Some(running(began, 2));
        assert!(matches!(now(&state), Step::Load));
        state.awaited = Some(running(began, 3));
        assert!(matches!(now(&state), Step::LoadAfter(flight) if value_of(&flight) == Some(3)));
        state.queued = Some(running(began, 4).flight);
        assert!(matches!(now(&state), Step::Join(flight) if value_of(&flight) == Some(4)));
        // The queued one begins, and is too old for whoever comes then.
        state.begin_queued(began + SECOND);
        assert!(matches!(now(&state), Step::LoadAfter(flight) if value_of(&flight) == Some(4)));
    }

    #[test]
    fn a_failure_ends_the_queue_and_keeps_the_value() {
        let (mut state, began) = loaded(1);
        let again = began + SECOND;
        state.awaited = Some(running(again, 2));
        state.queued = Some(running(again, 3).flight);
        let failed = Err(LoadError::Failed(Arc::new(StoreError::TimedOut)));
        state.end(Role::Awaited, again, again, &failed);
        assert!(matches!(
            state.step(&POLICY, Freshness::Now, again),
            Step::Load
        ));
        let recent = state.step(&POLICY, Freshness::Recent, again);
        assert!(matches!(recent, Step::ServeAndRefresh(1)));
    }
}
