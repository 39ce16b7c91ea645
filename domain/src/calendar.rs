//! A calendar of kill-switch episodes over the last year, and summary figures of all episodes.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::episode::{Episode, History};
use crate::time::Timestamp;
use crate::zone::day_of;

/// Number of days in the calendar: 53 weeks, which always include a whole year.
pub const DAYS: usize = 53 * 7;

/// One day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The local date.
    pub date: NaiveDate,
    /// Episodes that were activated on it.
    pub stops: u64,
}

/// The longest episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Longest {
    /// Its id.
    pub id: Uuid,
    /// Its duration in microseconds, up to now while it is open.
    pub micros: i64,
}

/// Summary of all episodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Band {
    /// Whole local days since the last episode ended, not counting today; 0 while one is open, `None` if there never
    /// was one.
    pub days_without: Option<u64>,
    /// The longest episode.
    pub longest: Option<Longest>,
    /// Number of open episodes.
    pub open: u64,
    /// The last 53 weeks, ending today.
    pub days: Vec<Day>,
}

impl Band {
    /// Summarises `history`, with days in time zone `zone`.
    #[must_use]
    pub fn of(history: &History, zone: Tz, now: Timestamp) -> Self {
        let today = day_of(now, zone);
        let length =
            |end: Option<Timestamp>, begin: Timestamp| end.unwrap_or(now).micros_since(begin);
        let longest = history
            .episodes
            .iter()
            .map(|episode| Longest {
                id: episode.key(),
                micros: length(episode.cleared_at(), episode.activated_at()),
            })
            .max_by_key(|longest| longest.micros);
        let open = history.open().count() as u64;
        let last_end = history
            .episodes
            .iter()
            .filter_map(Episode::cleared_at)
            .max();
        let since = last_end.and_then(|at| day_of(at, zone)).zip(today);
        let days_without = match since {
            _ if open > 0 => Some(0),
            Some((last, today)) => {
                let whole = today.signed_duration_since(last).num_days() - 1;
                Some(u64::try_from(whole).unwrap_or(0))
            }
            None => None,
        };
        Self {
            days_without,
            longest,
            open,
            days: today.map_or_else(Vec::new, |today| days(history, zone, today)),
        }
    }
}

fn days(history: &History, zone: Tz, today: NaiveDate) -> Vec<Day> {
    let Some(first) = today.checked_sub_days(Days::new(DAYS as u64 - 1)) else {
        return Vec::new();
    };
    let mut days: Vec<Day> = first
        .iter_days()
        .take(DAYS)
        .map(|date| Day { date, stops: 0 })
        .collect();
    for episode in &history.episodes {
        let at = day_of(episode.activated_at(), zone)
            .and_then(|day| usize::try_from(day.signed_duration_since(first).num_days()).ok());
        if let Some(day) = at.and_then(|at| days.get_mut(at)) {
            day.stops += 1;
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::episode::{KillSwitchEvent, derive};
    use crate::event::Event;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn history(toggles: &[(&str, bool)]) -> History {
        derive(toggles.iter().zip(1..).filter_map(|((when, active), id)| {
            KillSwitchEvent::read(Event {
                id: Uuid::from_u128(id),
                timestamp: at(when),
                event_type: "kill_switch_toggle".to_owned(),
                severity: "critical".to_owned(),
                user_id: None,
                user_email: None,
                details: Some(format!(r#"{{"active": {active}}}"#)),
            })
        }))
    }

    const NOW: &str = "2026-11-24T10:00:00Z";

    #[test]
    fn days_are_local_to_the_zone() {
        let history = history(&[
            ("2026-11-20T13:30:00Z", true),
            ("2026-11-20T13:40:00Z", false),
            ("2026-11-20T14:30:00Z", true),
            ("2026-11-20T15:00:00Z", false),
        ]);
        let days = |zone| -> Vec<String> {
            let band = Band::of(&history, zone, at(NOW));
            assert_eq!(band.days.len(), DAYS);
            let stops = band.days.iter().filter(|day| day.stops > 0);
            stops
                .map(|day| format!("{} {}", day.date, day.stops))
                .collect()
        };
        assert_eq!(days(Tz::UTC), ["2026-11-20 2"]);
        assert_eq!(days(Tz::Australia__Sydney), ["2026-11-21 2"]);
        assert_eq!(
            days(Tz::Australia__Brisbane),
            ["2026-11-20 1", "2026-11-21 1"]
        );
        let band = Band::of(&history, Tz::UTC, at(NOW));
        assert_eq!(band.days_without, Some(3));
        assert_eq!(band.longest.unwrap().micros, 30 * 60_000_000);
        assert_eq!(band.open, 0);
    }

    #[test]
    fn an_open_episode_resets_the_days_without_and_counts_up_to_now() {
        let band = Band::of(
            &history(&[("2026-11-23T10:00:00Z", true)]),
            Tz::UTC,
            at(NOW),
        );
        assert_eq!((band.days_without, band.open), (Some(0), 1));
        assert_eq!(band.longest.unwrap().micros, 86_400_000_000);
        let none = Band::of(&History::default(), Tz::UTC, at(NOW));
        assert_eq!((none.days_without, none.longest), (None, None));
    }

    #[test]
    fn times_outside_the_calendar_have_no_day() {
        let mut broken = history(&[("2026-11-23T10:00:00Z", true)]);
        broken.episodes[0].activation[0].event.timestamp = Timestamp::NEG_INFINITY;
        let band = Band::of(&broken, Tz::UTC, at(NOW));
        assert!(band.days.iter().all(|day| day.stops == 0));
    }
}
