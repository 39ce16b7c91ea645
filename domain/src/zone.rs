//! Time zones: names, bounds of local days, labels of offsets.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

use crate::time::Timestamp;

/// Parses an IANA name (`Australia/Sydney`, `UTC`), case-sensitively.
#[must_use]
pub fn parse(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// The start of `day` in `zone`.
///
/// If clocks skip midnight, it is the first time after the gap; if they repeat it, the earlier one; for a day that the
/// zone skipped, the start of the next day.
#[must_use]
pub fn start_of_day(day: NaiveDate, zone: Tz) -> Timestamp {
    first_at(day.and_time(NaiveTime::MIN), zone)
}

/// The first time at which the local clock in `zone` shows `local`.
///
/// If clocks skip it, the first time after the gap; if they repeat it, the earlier one.
#[must_use]
pub fn first_at(local: NaiveDateTime, zone: Tz) -> Timestamp {
    // Gaps are at most a day (Pacific/Apia in 2011) and end at a quarter of an hour.
    for quarters in 0..=96 {
        let candidate = local + TimeDelta::minutes(15 * quarters);
        if let Some(first) = zone.from_local_datetime(&candidate).earliest() {
            return Timestamp::from_chrono(first.to_utc());
        }
    }
    Timestamp::from_chrono(local.and_utc())
}

/// The last microsecond of `day` in `zone`.
#[must_use]
pub fn end_of_day(day: NaiveDate, zone: Tz) -> Timestamp {
    day.checked_add_days(Days::new(1))
        .map_or(Timestamp::INFINITY, |next| {
            start_of_day(next, zone).plus_micros(-1)
        })
}

/// The local day of `at` in `zone`; `None` for times outside the calendar.
#[must_use]
pub fn day_of(at: Timestamp, zone: Tz) -> Option<NaiveDate> {
    Some(at.to_chrono()?.with_timezone(&zone).date_naive())
}

/// The zone's offset from UTC at `at`: `UTC+11`, `UTC-3:30`, `UTC`.
#[must_use]
pub fn offset_label(at: Timestamp, zone: Tz) -> String {
    let Some(at) = at.to_chrono() else {
        return "UTC".to_owned();
    };
    let seconds = at.with_timezone(&zone).offset().fix().local_minus_utc();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// Every zone name that [`parse`] accepts.
pub fn names() -> impl Iterator<Item = &'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_local_and_whole_across_daylight_saving() {
        let zone = Tz::Australia__Sydney;
        // Clocks went forward at 02:00 on 4 October 2026: that day has 23 hours.
        let (from, to) = (
            start_of_day(day("2026-10-04"), zone),
            end_of_day(day("2026-10-04"), zone),
        );
        assert_eq!(from.rfc3339(), "2026-10-03T14:00:00.000000Z");
        assert_eq!(to.micros_since(from) + 1, 23 * 3_600_000_000);
    }

    #[test]
    fn midnight_that_does_not_exist_moves_forward() {
        // Beirut skips 00:00 to 01:00 when summer begins.
        let from = start_of_day(day("2026-03-29"), Tz::Asia__Beirut);
        assert_eq!(from.rfc3339(), "2026-03-28T22:00:00.000000Z");
    }

    #[test]
    fn a_skipped_day_is_empty() {
        let (zone, gone) = (Tz::Pacific__Apia, day("2011-12-30"));
        assert!(end_of_day(gone, zone) < start_of_day(gone, zone));
    }

    #[test]
    fn offset_labels_omit_zero_minutes() {
        let at = Timestamp::parse_rfc3339("2026-11-23T00:00:00Z").unwrap();
        assert_eq!(offset_label(at, Tz::Australia__Sydney), "UTC+11");
        assert_eq!(offset_label(at, Tz::America__St_Johns), "UTC-3:30");
        assert_eq!(offset_label(at, Tz::UTC), "UTC");
    }
}
