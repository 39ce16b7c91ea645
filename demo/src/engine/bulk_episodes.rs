//! Many additional kill-switch episodes for measurements: short ones where the plan leaves room, and one long toggle.

use super::history::HistorySpec;
use super::time::{Instant, MINUTE};
use super::timeline::{Actor, Happening, Scheduled};

/// Minimum distance of additional episodes from planned ones.
const MARGIN: i64 = 10 * MINUTE;
/// Lengths of the short ones in minutes, in turns.
const LENGTHS: [i64; 8] = [1, 2, 3, 2, 1, 3, 2, 12];
/// Who activates and who clears, in turns.
const PAIRS: [(Actor, Actor); 4] = [
    (Actor::Admin, Actor::Admin),
    (Actor::Admin, Actor::Admin2),
    (Actor::Admin2, Actor::Admin2),
    (Actor::Admin2, Actor::Admin),
];
/// Start of the long episode, as a fraction of the decisions: in the widest gap of the plan.
const LONG_START: f64 = 0.640;
/// Rows of `audit_log` in the long episode, in a large enough history.
const LONG_ROWS: f64 = 50_000.0;
/// Average rows of `audit_log` per decision.
const ROWS_A_DECISION: f64 = 1.3;
/// The long episode takes at most one of this many parts of the span.
const LONG_PART: u32 = 20;

/// A stretch of time.
type Stretch = (Instant, Instant);

/// The additional episodes of `spec` beside the plan, which is ordered by time.
pub fn plan(spec: &HistorySpec, planned: &[Scheduled]) -> Vec<Scheduled> {
    let mut bulk_episodes = Vec::new();
    if spec.extra_episodes == 0 {
        return bulk_episodes;
    }
    let mut add = |at, what| bulk_episodes.push(Scheduled { at, what });
    let long = long(spec);
    add(long.0, Happening::Toggle(Actor::Admin, true));
    add(long.1, Happening::Toggle(Actor::Admin2, false));

    let free = free(spec, taken(spec, planned, long));
    let room: i64 = free.iter().map(|(from, until)| until.0 - from.0).sum();
    let slot = room / i64::from(spec.extra_episodes);
    let lengths = LENGTHS.iter().cycle();
    let pairs = PAIRS.iter().flat_map(|pair| [pair, pair]).cycle();
    for ((index, minutes), (by, cleared_by)) in (0..spec.extra_episodes).zip(lengths).zip(pairs) {
        let length = (minutes * MINUTE).min(slot / 3);
        let at = place(&free, slot * i64::from(index) + slot / 2, length);
        let (on, off) = if index % 2 == 0 {
            (Happening::Stop(*by), Happening::ClearStop(*cleared_by))
        } else {
            (
                Happening::Toggle(*by, true),
                Happening::Toggle(*cleared_by, false),
            )
        };
        add(at, on);
        add(at + length, off);
    }
    bulk_episodes
}

/// The time of the long episode.
#[allow(clippy::cast_precision_loss, reason = "decisions are far below 2^53")]
fn long(spec: &HistorySpec) -> Stretch {
    let decisions = LONG_ROWS / ROWS_A_DECISION;
    let share = (decisions / spec.rows as f64).min(1.0 / f64::from(LONG_PART));
    let from = spec.moment(LONG_START);
    let latest = from + spec.span() / i64::from(LONG_PART);
    (from, spec.moment(LONG_START + share).min(latest))
}

/// Times that are taken: by episodes, by an unmatched clear that would end one, and by generated trades that must not
/// be inside one.
fn taken(spec: &HistorySpec, planned: &[Scheduled], long: Stretch) -> Vec<Stretch> {
    let mut taken = vec![long];
    let (mut stop, mut toggle) = (None, None);
    for &Scheduled { at, what } in planned {
        let open = match what {
            Happening::Stop(_) | Happening::ClearStop(_) => &mut stop,
            Happening::Toggle(..) => &mut toggle,
            Happening::Plant(plant) if plant.passes() => {
                taken.push((at, at));
                continue;
            }
            _ => continue,
        };
        if matches!(what, Happening::Stop(_) | Happening::Toggle(_, true)) {
            open.get_or_insert(at);
        } else {
            taken.push((open.take().unwrap_or(at), at));
        }
    }
    let open = [stop, toggle].into_iter().flatten();
    taken.extend(open.map(|at| (at, spec.end)));
    taken.sort_unstable();
    taken
}

/// The parts of the span that are not taken; `taken` is ordered by time. The last stretch is open-ended.
fn free(spec: &HistorySpec, taken: Vec<Stretch>) -> Vec<Stretch> {
    let mut free = Vec::new();
    let mut from = spec.start();
    for (begin, end) in taken {
        let until = begin + -MARGIN;
        if from < until {
            free.push((from, until));
        }
        from = from.max(end + MARGIN);
    }
    free
}

/// The instant after `offset` microseconds of `free`, or the last one there from which `length` still fits.
fn place(free: &[Stretch], mut offset: i64, length: i64) -> Instant {
    let mut latest = Instant(0);
    for (from, until) in free {
        latest = *until + -length;
        let wide = until.0 - from.0;
        if offset < wide {
            return latest.min(*from + offset);
        }
        offset -= wide;
    }
    latest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::time::{DAY, HOUR};
    use crate::engine::timeline;

    fn spec(rows: u64, extra_episodes: u32) -> HistorySpec {
        HistorySpec {
            seed: 1,
            rows,
            days: 90,
            end: Instant(90 * DAY),
            extra_episodes,
        }
    }

    /// The closed episodes of one mechanism.
    fn episodes(plan: &[Scheduled], is_toggle: bool) -> Vec<Stretch> {
        let mut episodes = Vec::new();
        let mut open = None;
        for scheduled in plan {
            match scheduled.what {
                Happening::Stop(_) if !is_toggle => open = open.or(Some(scheduled.at)),
                Happening::Toggle(_, true) if is_toggle => open = Some(scheduled.at),
                Happening::ClearStop(_) | Happening::Toggle(_, false)
                    if is_toggle == matches!(scheduled.what, Happening::Toggle(..)) =>
                {
                    episodes.extend(open.take().map(|from| (from, scheduled.at)));
                }
                _ => {}
            }
        }
        episodes
    }

    #[test]
    fn the_planned_episodes_keep_their_places_among_the_further_ones() {
        for (rows, count) in [
            (500, 1),
            (5_000, 50),
            (10_000_000, 2_000),
            (200_000, 10_000),
        ] {
            let alone = timeline::plan(&spec(rows, 0));
            let crowded = timeline::plan(&spec(rows, count));
            let mut added = Vec::new();
            for is_toggle in [false, true] {
                let before = episodes(&alone, is_toggle);
                let after = episodes(&crowded, is_toggle);
                assert!(before.iter().all(|planned| after.contains(planned)));
                added.extend(
                    after
                        .into_iter()
                        .filter(|episode| !before.contains(episode)),
                );
            }
            added.sort_unstable();
            // One of them is the long one.
            assert_eq!(added.len(), usize::try_from(count).unwrap() + 1, "{rows}");
            for pair in added.windows(2) {
                assert!(pair[0].1 < pair[1].0, "{rows}: {pair:?} touch");
            }
            let planned: Vec<Stretch> = [false, true]
                .into_iter()
                .flat_map(|is_toggle| episodes(&alone, is_toggle))
                .collect();
            for (from, until) in &added {
                assert!(
                    planned
                        .iter()
                        .all(|(begin, end)| until < begin || end < from)
                );
            }
        }
    }

    #[test]
    fn the_further_episodes_are_spread_over_the_whole_history() {
        let alone = timeline::plan(&spec(200_000, 0));
        let bulk_episodes = plan(&spec(200_000, 2_000), &alone);
        let stops = |scheduled: &&Scheduled| matches!(scheduled.what, Happening::Stop(_));
        assert_eq!(bulk_episodes.iter().filter(stops).count(), 1_000);
        for week in 0..12 {
            let week = Instant(week * 7 * DAY)..Instant((week + 1) * 7 * DAY);
            let inside = bulk_episodes.iter().filter(stops);
            let inside = inside
                .filter(|scheduled| week.contains(&scheduled.at))
                .count();
            assert!((25..110).contains(&inside), "{inside}");
        }
    }

    #[test]
    fn the_long_one_holds_so_many_decisions_or_a_twentieth_of_the_span() {
        let wide = |rows| {
            let (from, until) = long(&spec(rows, 1));
            until.0 - from.0
        };
        assert!((80..=90 * DAY / HOUR / 20).contains(&(wide(200_000) / HOUR)));
        // 38,461 of 10 million decisions take 8.3 hours at the average pace: fewer in a busy half of a day, more in a quiet one.
        assert!((5..13).contains(&(wide(10_000_000) / HOUR)));
    }
}
