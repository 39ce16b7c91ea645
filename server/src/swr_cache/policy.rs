//! How long a cache serves its values.

use std::time::{Duration, Instant};

/// How long values are served, and how many are kept.
#[derive(Debug)]
pub struct SwrPolicy<V> {
    /// What is cached, for the log.
    pub name: &'static str,
    /// A value is served without a refresh for this long.
    pub fresh: fn(&V) -> Duration,
    /// A value may be served, and be refreshed in the background, until it is this old.
    pub stale: Duration,
    /// From where the age of a value is counted.
    pub age_from: AgeFrom,
    /// A load that took `t` makes a value that is fresh for at least `load_share * t`, but for no more than half of
    /// [`SwrPolicy::stale`] on that account: refreshing takes at most one part in `load_share` of a connection's time.
    pub load_share: u32,
    /// Most keys.
    pub capacity: usize,
}

/// From where the age of a value is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgeFrom {
    /// From the beginning of its load: no value is served that describes an earlier moment.
    LoadBegan,
    /// From the end of its load: a value that takes longer to load than it is fresh is served all the same.
    LoadEnded,
}

/// A loaded value with its times.
#[derive(Clone)]
pub(super) struct Loaded<V> {
    pub began: Instant,
    pub ended: Instant,
    pub value: V,
}

/// What may be done with a value by its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Fresh,
    Stale,
    Expired,
}

impl<V> Clone for SwrPolicy<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for SwrPolicy<V> {}

impl<V> SwrPolicy<V> {
    /// No value is served twice: concurrent callers share loads, and that is all.
    #[must_use]
    pub const fn single_flight(name: &'static str) -> Self {
        Self {
            name,
            fresh: |_| Duration::ZERO,
            stale: Duration::ZERO,
            age_from: AgeFrom::LoadBegan,
            load_share: 0,
            capacity: 1,
        }
    }

    pub(super) fn stage(&self, loaded: &Loaded<V>, now: Instant) -> Stage {
        let since = match self.age_from {
            AgeFrom::LoadBegan => loaded.began,
            AgeFrom::LoadEnded => loaded.ended,
        };
        let age = now.saturating_duration_since(since);
        let took = loaded.ended.saturating_duration_since(loaded.began);
        let pause = took.saturating_mul(self.load_share).min(self.stale / 2);
        if age < pause.max((self.fresh)(&loaded.value)) {
            Stage::Fresh
        } else if age < self.stale {
            Stage::Stale
        } else {
            Stage::Expired
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    const POLICY: SwrPolicy<u32> = SwrPolicy {
        name: "test",
        // The value says for how many milliseconds it is fresh.
        fresh: |value| Duration::from_millis(u64::from(*value)),
        stale: Duration::from_secs(1),
        age_from: AgeFrom::LoadBegan,
        load_share: 50,
        capacity: 1,
    };

    /// The last milliseconds, counted from the load's beginning, at which a value is fresh, and served at all.
    fn limits(policy: &SwrPolicy<u32>, took: u32, value: u32) -> (u32, u32) {
        let began = Instant::now();
        let loaded = Loaded {
            began,
            ended: began + took * MS,
            value,
        };
        let last = |stages: &[Stage]| {
            (0..5_000)
                .filter(|at| stages.contains(&policy.stage(&loaded, began + *at * MS)))
                .max()
                .unwrap()
        };
        (last(&[Stage::Fresh]), last(&[Stage::Fresh, Stage::Stale]))
    }

    #[test]
    fn a_value_is_fresh_and_then_stale_until_it_expires() {
        assert_eq!(limits(&POLICY, 0, 100), (99, 999));
        assert_eq!(limits(&POLICY, 1, 100), (99, 999));
    }

    #[test]
    fn each_value_may_be_fresh_for_a_time_of_its_own() {
        assert_eq!(limits(&POLICY, 0, 200), (199, 999));
        assert_eq!(limits(&POLICY, 0, 1_000), (999, 999));
    }

    #[test]
    fn what_took_long_to_load_is_not_loaded_again_soon() {
        assert_eq!(limits(&POLICY, 4, 100), (199, 999));
        // At most for half of the stale time.
        assert_eq!(limits(&POLICY, 40, 100), (499, 999));
    }

    #[test]
    fn an_age_is_counted_from_the_beginning_of_the_load_or_from_its_end() {
        let from_end = SwrPolicy {
            age_from: AgeFrom::LoadEnded,
            load_share: 0,
            ..POLICY
        };
        assert_eq!(limits(&from_end, 400, 100), (499, 1_399));
    }

    #[test]
    fn what_is_only_shared_in_flight_expires_at_once() {
        let policy = SwrPolicy::single_flight("test");
        let now = Instant::now();
        let loaded = Loaded {
            began: now,
            ended: now,
            value: 1,
        };
        assert_eq!(policy.stage(&loaded, now), Stage::Expired);
    }
}
