//! A year of stops, and what the list of episodes amounts to.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::episode::History;
use crate::page::Keyed as _;
use crate::time::Timestamp;
use crate::zone::day_of;

/// Days of the calendar: 53 weeks, so that a whole year is always in it.
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
    /// Microseconds, up to now while it is open.
    pub micros: i64,
}

/// What the whole history of stops amounts to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Band {
    /// Whole local days since the last stop ended, today not counted; 0 while one is open, none when
    /// there never was one.
    pub days_without: Option<u64>,
    /// The longest stop.
    pub longest: Option<Longest>,
    /// Episodes that are open.
    pub open: u64,
    /// The last 53 weeks, ending today.
    pub days: Vec<Day>,
}

impl Band {
    /// Takes `history` together, in the days of `zone`.
    #[must_use]
    pub fn of(history: &History, zone: Tz, now: Timestamp) -> Self {
        let today = day_of(now, zone);
        let length = |end: Option<Timestamp>, begin: Timestamp| end.unwrap_or(now).micros_since(begin);
        let longest = history
            .episodes
            .iter()
            .map(|episode| Longest {
                id: episode.key(),
                micros: length(episode.cleared_at(), episode.activated_at()),
            })
            .max_by_key(|longest| longest.micros);
        let open = history.open().count() as u64;
        let last_end = history.episodes.iter().filter_map(|e| e.cleared_at()).max();
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
