//! The timeline's ticks: round times of the user's zone, in steps from milliseconds to months.

use chrono::{DateTime, Days, NaiveDateTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use domain::dossier::Span;
use domain::time::Timestamp;
use domain::zone::{day_of, start_of_day};

/// A tick: where, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// The moment.
    pub at: Timestamp,
    /// `18:35:30`.
    pub label: String,
}

/// Most ticks of an axis.
const MOST: i64 = 7;

const MS: i64 = 1_000;
const SECOND: i64 = 1_000 * MS;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Allowed distances between ticks.
const STEPS: [i64; 34] = [
    MS,
    2 * MS,
    5 * MS,
    10 * MS,
    20 * MS,
    50 * MS,
    100 * MS,
    200 * MS,
    500 * MS,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    20 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    5 * DAY,
    10 * DAY,
    20 * DAY,
    50 * DAY,
    100 * DAY,
    200 * DAY,
];

/// The ticks of `span`; none where the calendar ends.
#[must_use]
pub fn ticks(span: Span, zone: Tz) -> Vec<Tick> {
    let step = STEPS
        .into_iter()
        .find(|step| span.micros() / step < MOST)
        .unwrap_or_else(|| span.micros() / MOST);
    let entries = if step < HOUR {
        by_clock(span, zone, step)
    } else if step < DAY {
        by_hours(span, zone, step / HOUR)
    } else {
        by_days(span, zone, step / DAY)
    };
    entries
        .into_iter()
        .filter(|at| span.contains(*at))
        .filter_map(|at| {
            let label = label(at, zone, step)?;
            Some(Tick { at, label })
        })
        .collect()
}

/// Steps below an hour: as the clock at the span's beginning shows them. Clocks change by half-hours at
/// least, which every such step but its own divides.
fn by_clock(span: Span, zone: Tz, step: i64) -> Vec<Timestamp> {
    let Some(midnight) = day_of(span.from, zone).map(|day| start_of_day(day, zone)) else {
        return Vec::new();
    };
    let since = span.from.micros_since(midnight);
    let first = midnight.plus_micros(since.div_euclid(step) * step);
    (0..=MOST + 1)
        .map(|number| first.plus_micros(number * step))
        .collect()
}

/// Whole hours of the local day. An hour that the clocks skip has no tick; one that they repeat has its
/// first.
fn by_hours(span: Span, zone: Tz, hours: i64) -> Vec<Timestamp> {
    let Some(first) = day_of(span.from, zone).and_then(|day| day.and_hms_opt(0, 0, 0)) else {
        return Vec::new();
    };
    let count = (span.micros() / HOUR + 26) / hours;
    (0..=count)
        .filter_map(|number| local(first, TimeDelta::try_hours(number * hours)?, zone))
        .collect()
}

fn local(first: NaiveDateTime, after: TimeDelta, zone: Tz) -> Option<Timestamp> {
    let at = zone
        .from_local_datetime(&first.checked_add_signed(after)?)
        .earliest()?;
    Some(Timestamp::from_chrono(at.to_utc()))
}

/// Beginnings of local days.
fn by_days(span: Span, zone: Tz, days: i64) -> Vec<Timestamp> {
    let Some(first) = day_of(span.from, zone) else {
        return Vec::new();
    };
    (0..=MOST + 1)
        .filter_map(|number| {
            let after = Days::new(u64::try_from(number * days).ok()?);
            Some(start_of_day(first.checked_add_days(after)?, zone))
        })
        .collect()
}

fn label(at: Timestamp, zone: Tz, step: i64) -> Option<String> {
    let local = at.to_chrono()?.with_timezone(&zone);
    let form = if step < SECOND {
        "%H:%M:%S%.3f"
    } else if step < MINUTE {
        "%H:%M:%S"
    } else if step >= DAY || starts_day(&local) {
        "%-d %b"
    } else {
        "%H:%M"
    };
    Some(local.format(form).to_string())
}

fn starts_day(local: &DateTime<Tz>) -> bool {
    local.time() == chrono::NaiveTime::MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, to: &str) -> Vec<String> {
        let at = |text| Timestamp::parse_rfc3339(text).unwrap();
        let span = Span {
            from: at(from),
            to: at(to),
        };
        let ticks = ticks(span, Tz::Australia__Sydney);
        ticks.into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn ticks_are_round_at_every_length() {
        assert_eq!(
            labels("2026-11-23T07:35:28.900Z", "2026-11-23T07:35:30.100Z"),
            [
                "18:35:29.000",
                "18:35:29.200",
                "18:35:29.400",
                "18:35:29.600",
                "18:35:29.800",
                "18:35:30.000"
            ]
        );
        assert_eq!(
            labels("2026-11-23T07:34:36Z", "2026-11-23T07:38:12Z"),
            ["18:35", "18:36", "18:37", "18:38"]
        );
        assert_eq!(
            labels("2026-11-20T00:00:00Z", "2026-11-25T00:00:00Z"),
            ["21 Nov", "22 Nov", "23 Nov", "24 Nov", "25 Nov"]
        );
    }

    #[test]
    fn hours_are_those_of_the_wall_when_clocks_change() {
        // Sydney's clocks go from 02:00 to 03:00 on 4 October 2026, and back from 03:00 on 5 April.
        assert_eq!(
            labels("2026-10-03T13:30:00Z", "2026-10-03T19:00:00Z"),
            ["4 Oct", "01:00", "03:00", "04:00", "05:00"]
        );
        assert_eq!(
            labels("2026-04-04T12:30:00Z", "2026-04-05T00:00:00Z"),
            ["5 Apr", "02:00", "04:00", "06:00", "08:00"]
        );
    }

    #[test]
    fn without_a_calendar_there_are_no_ticks() {
        let span = Span {
            from: Timestamp::NEG_INFINITY,
            to: Timestamp::INFINITY,
        };
        assert!(ticks(span, Tz::UTC).is_empty());
    }
}
