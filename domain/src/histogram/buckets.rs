//! Divides a range of time into buckets that fit a time zone: days begin at local midnight, weeks on Monday, and hours
//! follow the local clock.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use crate::time::Timestamp;
use crate::zone::{day_of, first_at, start_of_day};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Length of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Part of a day, in microseconds.
    Micros(i64),
    /// Whole local days.
    Days(u32),
    /// Whole local months.
    Months(u32),
}

/// Possible lengths of buckets, ascending. Each is at most four times the one before, so that a range with too many
/// buckets of one length has at least thirty of the next.
const STEPS: &[Step] = &[
    Step::Micros(1),
    Step::Micros(2),
    Step::Micros(5),
    Step::Micros(10),
    Step::Micros(20),
    Step::Micros(50),
    Step::Micros(100),
    Step::Micros(200),
    Step::Micros(500),
    Step::Micros(1_000),
    Step::Micros(2_000),
    Step::Micros(5_000),
    Step::Micros(10_000),
    Step::Micros(20_000),
    Step::Micros(50_000),
    Step::Micros(100_000),
    Step::Micros(200_000),
    Step::Micros(500_000),
    Step::Micros(SECOND),
    Step::Micros(2 * SECOND),
    Step::Micros(5 * SECOND),
    Step::Micros(10 * SECOND),
    Step::Micros(15 * SECOND),
    Step::Micros(30 * SECOND),
    Step::Micros(MINUTE),
    Step::Micros(2 * MINUTE),
    Step::Micros(5 * MINUTE),
    Step::Micros(10 * MINUTE),
    Step::Micros(15 * MINUTE),
    Step::Micros(30 * MINUTE),
    Step::Micros(HOUR),
    Step::Micros(2 * HOUR),
    Step::Micros(3 * HOUR),
    Step::Micros(6 * HOUR),
    Step::Micros(12 * HOUR),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
    Step::Months(240),
    Step::Months(600),
    Step::Months(1_200),
];

impl Step {
    /// Minimum length in microseconds. A day loses at most two hours to changes of the clock.
    fn shortest(self) -> i64 {
        match self {
            Self::Micros(micros) => micros,
            Self::Days(days) => i64::from(days) * DAY - 2 * HOUR,
            Self::Months(months) => i64::from(months) * 28 * DAY,
        }
    }

    /// The last edge at or before `at`.
    fn edge_before(self, at: Timestamp, zone: Tz) -> Option<Timestamp> {
        let day = day_of(at, zone)?;
        let edge = match self {
            Self::Micros(micros) if micros <= HOUR => {
                let midnight = start_of_day(day, zone);
                midnight.plus_micros(at.micros_since(midnight).max(0) / micros * micros)
            }
            Self::Micros(micros) => wall_clock(day, micros, zone)
                .take_while(|edge| *edge <= at)
                .last()?,
            Self::Days(days) => {
                let days = i32::try_from(days).ok()?;
                // Day 1 of the common era was a Monday.
                let first = (day.num_days_from_ce() - 1).div_euclid(days) * days + 1;
                start_of_day(NaiveDate::from_num_days_from_ce_opt(first)?, zone)
            }
            Self::Months(months) => {
                let months = i32::try_from(months).ok()?;
                let at = day.year() * 12 + i32::try_from(day.month0()).ok()?;
                let first = at.div_euclid(months) * months;
                let month = u32::try_from(first.rem_euclid(12)).ok()? + 1;
                start_of_day(
                    NaiveDate::from_ymd_opt(first.div_euclid(12), month, 1)?,
                    zone,
                )
            }
        };
        Some(edge)
    }

    /// The edge after `edge`.
    fn edge_after(self, edge: Timestamp, zone: Tz) -> Option<Timestamp> {
        let day = day_of(edge, zone)?;
        let tomorrow = || Some(start_of_day(day.checked_add_days(Days::new(1))?, zone));
        match self {
            // A day's last bucket ends with the day and may be shorter.
            Self::Micros(micros) if micros <= HOUR => {
                Some(edge.plus_micros(micros).min(tomorrow()?))
            }
            Self::Micros(micros) => wall_clock(day, micros, zone)
                .find(|next| *next > edge)
                .or_else(tomorrow),
            Self::Days(days) => Some(start_of_day(
                day.checked_add_days(Days::new(u64::from(days)))?,
                zone,
            )),
            Self::Months(months) => Some(start_of_day(
                day.checked_add_months(Months::new(months))?,
                zone,
            )),
        }
    }
}

/// The times of `day` at which the local clock shows a multiple of `micros`.
fn wall_clock(day: NaiveDate, micros: i64, zone: Tz) -> impl Iterator<Item = Timestamp> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..DAY / micros)
        .map(move |nth| first_at(midnight + TimeDelta::microseconds(nth * micros), zone))
}

/// Adjacent buckets that cover a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// Length of the buckets.
    pub step: Step,
    /// Starts of the buckets, ascending, and the end of the last one: one more than there are buckets.
    pub edges: Vec<Timestamp>,
}

impl Buckets {
    /// Minimum number of buckets of a histogram, unless the range is shorter than that many microseconds.
    pub const FEWEST: usize = 30;
    /// Maximum number of buckets of a histogram.
    pub const MOST: usize = 120;

    /// The shortest buckets of which at most `most` cover the range from `from` to `to`, inclusive. `None` if the range
    /// is empty or outside the calendar.
    #[must_use]
    pub fn covering(from: Timestamp, to: Timestamp, zone: Tz, most: usize) -> Option<Self> {
        if to < from || !from.has_rfc3339() || !to.has_rfc3339() {
            return None;
        }
        let span = to.micros_since(from);
        // Skip lengths that are far too short.
        let room = i64::try_from(most).ok()?.saturating_mul(2);
        STEPS
            .iter()
            .filter(|step| span / step.shortest() <= room)
            .find_map(|step| Self::of(*step, from, to, zone, most))
    }

    /// `None` if there are more than `most` buckets.
    fn of(step: Step, from: Timestamp, to: Timestamp, zone: Tz, most: usize) -> Option<Self> {
        let mut edge = step.edge_before(from, zone)?;
        let mut edges = vec![edge];
        while edge <= to {
            let next = step.edge_after(edge, zone)?;
            // A day that the zone skipped has no length.
            if next > edge {
                edges.push(next);
            }
            if edges.len() > most + 1 || next < edge {
                return None;
            }
            edge = if next > edge {
                next
            } else {
                edge.plus_micros(DAY)
            };
        }
        Some(Self { step, edges })
    }

    /// Number of buckets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// Whether there are no buckets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Start and end of each bucket; each end is the next one's start.
    pub fn spans(&self) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        self.edges.windows(2).map(|pair| (pair[0], pair[1]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    fn covering(from: &str, to: &str, zone: Tz) -> Buckets {
        Buckets::covering(at(from), at(to), zone, Buckets::MOST).unwrap()
    }

    fn local(edge: Timestamp, zone: Tz) -> String {
        edge.full_in(zone)
    }

    #[test]
    fn ninety_days_have_local_days_as_buckets() {
        let zone = Tz::Australia__Sydney;
        let buckets = covering("2026-08-25T03:00:00Z", "2026-11-23T03:00:00Z", zone);
        assert_eq!(buckets.step, Step::Days(1));
        assert_eq!(buckets.len(), 91);
        for edge in &buckets.edges {
            assert_eq!(edge.shown_in(zone).clock, "00:00:00", "{edge:?}");
        }
    }

    #[test]
    fn hours_follow_the_local_clock_across_daylight_saving() {
        let zone = Tz::Australia__Sydney;
        // Clocks went forward at 02:00 on 4 October 2026.
        let buckets = covering("2026-09-20T00:00:00Z", "2026-10-20T00:00:00Z", zone);
        assert_eq!(buckets.step, Step::Micros(12 * HOUR));
        for edge in &buckets.edges {
            let clock = edge.shown_in(zone).clock;
            assert!(clock == "00:00:00" || clock == "12:00:00", "{clock}");
        }
        let short: Vec<i64> = buckets
            .spans()
            .map(|(from, to)| to.micros_since(from))
            .filter(|length| *length != 12 * HOUR)
            .collect();
        assert_eq!(short, [11 * HOUR]);
    }

    #[test]
    fn a_repeated_hour_has_two_buckets() {
        let zone = Tz::Australia__Sydney;
        // Clocks went back at 03:00 on 5 April 2026.
        let buckets = covering("2026-04-04T00:00:00Z", "2026-04-06T02:00:00Z", zone);
        assert_eq!(buckets.step, Step::Micros(30 * MINUTE));
        assert!(
            buckets
                .spans()
                .all(|(from, to)| to.micros_since(from) == 30 * MINUTE)
        );
    }

    #[test]
    fn a_skipped_day_has_no_bucket() {
        let zone = Tz::Pacific__Apia;
        let buckets = covering("2011-11-01T00:00:00Z", "2012-01-31T00:00:00Z", zone);
        assert_eq!(buckets.step, Step::Days(1));
        let days: Vec<String> = buckets
            .edges
            .iter()
            .map(|edge| local(*edge, zone))
            .collect();
        assert!(
            days.iter().any(|day| day.contains("29 Dec 2011")),
            "{days:?}"
        );
        assert!(
            days.iter().any(|day| day.contains("31 Dec 2011")),
            "{days:?}"
        );
    }

    #[test]
    fn weeks_begin_on_monday_and_years_in_january() {
        let weeks = covering("2025-01-01T00:00:00Z", "2026-11-23T00:00:00Z", Tz::UTC);
        assert_eq!(weeks.step, Step::Days(7));
        assert!(local(weeks.edges[0], Tz::UTC).starts_with("Mon"));
        let years = covering("1970-01-01T00:00:00Z", "2026-11-23T00:00:00Z", Tz::UTC);
        assert_eq!(years.step, Step::Months(6));
        assert!(local(years.edges[0], Tz::UTC).contains("1 Jan 1970"));
    }

    #[test]
    fn empty_and_infinite_ranges_have_no_buckets() {
        let now = at("2026-11-23T00:00:00Z");
        let most = Buckets::MOST;
        assert_eq!(
            Buckets::covering(now, now.plus_micros(-1), Tz::UTC, most),
            None
        );
        assert_eq!(
            Buckets::covering(now, Timestamp::INFINITY, Tz::UTC, most),
            None
        );
        let one = Buckets::covering(now, now, Tz::UTC, most).unwrap();
        assert_eq!((one.len(), one.step), (1, Step::Micros(1)));
    }

    proptest! {
        #[test]
        fn every_range_has_30_to_120_buckets(
            from in -30_000_000_000_000_000_i64..30_000_000_000_000_000,
            exponent in 5_u32..55,
            share in 0_i64..1_000,
            zone in prop::sample::select(vec![
                Tz::UTC, Tz::Australia__Sydney, Tz::Australia__Lord_Howe, Tz::America__St_Johns,
                Tz::Pacific__Apia, Tz::Africa__Cairo, Tz::Asia__Kathmandu,
            ]),
        ) {
            let from = Timestamp::from_postgres_micros(from);
            let span = (1_i64 << exponent) + (1_i64 << exponent) / 1_000 * share;
            let to = from.plus_micros(span);
            let buckets = Buckets::covering(from, to, zone, Buckets::MOST).unwrap();
            prop_assert!(buckets.len() >= Buckets::FEWEST, "{}", buckets.len());
            prop_assert!(buckets.len() <= Buckets::MOST);
            prop_assert!(buckets.edges[0] <= from);
            prop_assert!(buckets.edges[1] > from);
            prop_assert!(buckets.edges[buckets.len()] > to);
            prop_assert!(buckets.edges[buckets.len() - 1] <= to);
            prop_assert!(buckets.edges.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
