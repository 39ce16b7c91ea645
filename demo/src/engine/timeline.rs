//! What happens in the history besides trading, and when: kill-switch episodes, crashes, volatile markets, accidents.
//!
//! Moments are shares of the span, so that every size of history has all of them.

use super::anomalies::{self, Plant};
use super::bulk_episodes;
use super::history::HistorySpec;
use super::hostile::Hostile;
use super::order_outcome::OrderOutcome;
use super::people::{ADMIN, ADMIN2};
use super::time::{HOUR, Instant, MINUTE};

/// Who acts on the kill switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The first admin.
    Admin,
    /// The second one.
    Admin2,
    /// The hard-stop watcher, which pulls it at a drawdown over 5 %. Its rows name no user.
    System,
}

impl Actor {
    /// The account that its rows name.
    #[must_use]
    pub fn email(self) -> Option<&'static str> {
        match self {
            Self::Admin => Some(ADMIN),
            Self::Admin2 => Some(ADMIN2),
            Self::System => None,
        }
    }
}

/// Something that happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Happening {
    /// The emergency stop is pulled: enforced through Redis.
    Stop(Actor),
    /// It is cleared.
    ClearStop(Actor),
    /// The admin page's toggle: declared, not enforced.
    Toggle(Actor, bool),
    /// All prices drift by this much (logarithmic, a day) until the next one.
    Drift(f64),
    /// The market becomes volatile or calm.
    Volatile(bool),
    /// The next approved order ends like this.
    Accident(OrderOutcome),
    /// A row that a careless reader stumbles over.
    Hostile(Hostile),
    /// Rows that do not add up.
    Plant(Plant),
}

/// Something that happens at an instant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scheduled {
    /// When.
    pub at: Instant,
    /// What.
    pub what: Happening,
}

/// A kill-switch episode of the plan.
struct Episode {
    /// Start, as a share of the span.
    start: f64,
    /// Length in microseconds, unless the history is so sparse that nothing would happen inside.
    length: i64,
    by: Actor,
    /// `None` for the one that stays open.
    cleared_by: Option<Actor>,
}

const STOPS: [Episode; 8] = [
    episode(0.050, 2 * HOUR, Actor::Admin, Some(Actor::Admin2)),
    episode(0.181, 3 * HOUR, Actor::System, Some(Actor::Admin)),
    episode(0.243, 50 * MINUTE, Actor::Admin2, Some(Actor::Admin2)),
    // Overlaps with a toggle.
    episode(0.360, 4 * HOUR, Actor::Admin, Some(Actor::Admin)),
    // Pulled a second time while in force.
    episode(0.482, 3 * HOUR, Actor::Admin2, Some(Actor::Admin)),
    episode(0.551, 5 * HOUR, Actor::System, Some(Actor::System)),
    episode(0.771, 2 * HOUR, Actor::System, Some(Actor::Admin)),
    episode(0.905, 75 * MINUTE, Actor::Admin, Some(Actor::Admin2)),
];

const TOGGLES: [Episode; 6] = [
    episode(0.112, 40 * MINUTE, Actor::Admin, Some(Actor::Admin)),
    episode(0.303, 90 * MINUTE, Actor::Admin2, Some(Actor::Admin2)),
    // Overlaps with a stop, which starts before it and ends inside it: it leaks from there on.
    episode(0.361, 5 * HOUR, Actor::Admin2, Some(Actor::Admin)),
    episode(0.604, 6 * HOUR, Actor::Admin, Some(Actor::Admin2)),
    episode(0.832, 30 * MINUTE, Actor::Admin2, Some(Actor::Admin2)),
    episode(0.996, 0, Actor::Admin, None),
];

/// How many stops and toggles the plan opens, the further ones of a crowded history not counted: each is one episode.
pub const EPISODES: u64 = (STOPS.len() + TOGGLES.len()) as u64;
/// An emergency stop that is cleared though none is in force.
const STRAY_STOP_CLEAR: f64 = 0.430;
/// A toggle that is switched off though it is not on.
const STRAY_TOGGLE_OFF: f64 = 0.720;
/// Index in [`STOPS`] of the one that is pulled twice.
const PULLED_TWICE: usize = 4;
/// Indexes in [`STOPS`] and [`TOGGLES`] of the two that overlap.
const OVERLAPPING: (usize, usize) = (3, 2);
/// Logarithmic drift of a crash, over its two hours.
const CRASH: f64 = -0.13;
const CRASH_LENGTH: i64 = 2 * HOUR;
/// Start and end of volatile markets.
const VOLATILE: [(f64, f64); 4] = [
    (0.178, 0.200),
    (0.410, 0.425),
    (0.548, 0.575),
    (0.768, 0.780),
];
const STUCK_ORDERS: u32 = 9;
const MISSING_ORDERS: u32 = 4;
/// Decisions that must fall into an episode even in a sparse history.
const DECISIONS_INSIDE: i64 = 14;

const fn episode(start: f64, length: i64, by: Actor, cleared_by: Option<Actor>) -> Episode {
    Episode {
        start,
        length,
        by,
        cleared_by,
    }
}

/// The plan of the history of `spec`, in order of time.
pub fn plan(spec: &HistorySpec) -> Vec<Scheduled> {
    let span = spec.span();
    let mut plan = Vec::new();
    let moment = |share: f64| spec.start() + share_of(span, share);
    let mut add = |at: Instant, what: Happening| plan.push(Scheduled { at, what });
    let shortest = DECISIONS_INSIDE * spec.interval();
    let length = |episode: &Episode| episode.length.max(shortest).min(span / 50);

    for (index, stop) in STOPS.iter().enumerate() {
        let at = moment(stop.start);
        add(at, Happening::Stop(stop.by));
        if index == PULLED_TWICE {
            add(at + length(stop) / 3, Happening::Stop(Actor::Admin));
        }
        if let Some(actor) = stop.cleared_by {
            add(at + length(stop), Happening::ClearStop(actor));
        }
        if stop.by == Actor::System {
            add(at + -CRASH_LENGTH, Happening::Drift(CRASH * 12.0));
            add(at, Happening::Drift(0.0));
        }
    }
    for (index, toggle) in TOGGLES.iter().enumerate() {
        let at = moment(toggle.start);
        add(at, Happening::Toggle(toggle.by, true));
        let mut end = at + length(toggle);
        if index == OVERLAPPING.1 {
            // In a sparse history, too, there shall be trades between the end of the stop and its own.
            let stop = &STOPS[OVERLAPPING.0];
            end = end.max(moment(stop.start) + length(stop) + shortest.min(span / 50));
        }
        if let Some(actor) = toggle.cleared_by {
            add(end, Happening::Toggle(actor, false));
        }
    }
    add(moment(STRAY_STOP_CLEAR), Happening::ClearStop(Actor::Admin));
    add(
        moment(STRAY_TOGGLE_OFF),
        Happening::Toggle(Actor::Admin2, false),
    );
    for (from, to) in VOLATILE {
        add(moment(from), Happening::Volatile(true));
        add(moment(to), Happening::Volatile(false));
    }
    for index in 0..STUCK_ORDERS {
        add(
            moment(0.07 + 0.1 * f64::from(index)),
            Happening::Accident(OrderOutcome::Stuck),
        );
    }
    for index in 0..MISSING_ORDERS {
        add(
            moment(0.155 + 0.24 * f64::from(index)),
            Happening::Accident(OrderOutcome::Missing),
        );
    }
    for (index, kind) in (0_u32..).zip(Hostile::ALL) {
        add(
            moment(0.52 + 0.029 * f64::from(index)),
            Happening::Hostile(kind),
        );
    }
    plan.extend(anomalies::plan(spec));
    // Stable: what is planned for the same instant happens in the order above.
    plan.sort_by_key(|scheduled| scheduled.at);
    plan.extend(bulk_episodes::plan(spec, &plan));
    plan.sort_by_key(|scheduled| scheduled.at);
    plan
}

/// So much of a span of microseconds.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a span of years is far below 2^53 microseconds"
)]
pub(super) fn share_of(span: i64, share: f64) -> i64 {
    (span as f64 * share) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::time::DAY;

    fn plan_of(rows: u64) -> Vec<Scheduled> {
        plan(&HistorySpec {
            seed: 1,
            rows,
            days: 90,
            end: Instant(90 * DAY),
            extra_episodes: 0,
        })
    }

    #[test]
    fn exactly_one_episode_stays_open_and_it_is_a_toggle() {
        let plan = plan_of(200_000);
        let last_switch = plan.iter().rev().find(|scheduled| {
            matches!(
                scheduled.what,
                Happening::Stop(_) | Happening::ClearStop(_) | Happening::Toggle(..)
            )
        });
        assert!(matches!(
            last_switch.map(|scheduled| scheduled.what),
            Some(Happening::Toggle(_, true))
        ));
        let count = |wanted: fn(&Happening) -> bool| {
            plan.iter()
                .filter(|scheduled| wanted(&scheduled.what))
                .count()
        };
        // One more pull (the second of an episode) and one more clear (the stray one) than episodes.
        assert_eq!(
            count(|what| matches!(what, Happening::Stop(_))),
            STOPS.len() + 1
        );
        assert_eq!(
            count(|what| matches!(what, Happening::ClearStop(_))),
            STOPS.len() + 1
        );
        assert_eq!(
            count(|what| matches!(what, Happening::Toggle(_, true))),
            TOGGLES.len()
        );
        assert_eq!(
            count(|what| matches!(what, Happening::Toggle(_, false))),
            TOGGLES.len()
        );
    }

    #[test]
    fn a_sparse_history_keeps_its_episodes_apart() {
        for rows in [500, 2_000, 200_000] {
            let plan = plan_of(rows);
            assert!(
                plan.iter()
                    .all(|scheduled| (Instant(0)..Instant(90 * DAY)).contains(&scheduled.at))
            );
            let mut stopped = 0;
            for scheduled in &plan {
                match scheduled.what {
                    Happening::Stop(_) => stopped += 1,
                    Happening::ClearStop(_) => stopped = 0,
                    _ => {}
                }
                assert!(stopped <= 2, "two stops run into each other");
            }
        }
    }
}
