//! Spans of equal length that fit a range of time and a zone: days begin at local midnight, weeks on
//! Monday, and the hours of a day are the local clock's.

use chrono::{Datelike as _, Days, Months, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;

use crate::time::Timestamp;
use crate::zone::{day_of, first_at, start_of_day};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Part of a day, in microseconds.
    Micros(i64),
    /// Whole local days.
    Days(u32),
    /// Whole local months.
    Months(u32),
}

/// What a bucket's length is chosen from, ascending. No one is more than four times the one before: a range
/// that has too many buckets of one has at least thirty of the next.
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
    /// The shortest that one can be, in microseconds: a day loses two hours at most to its clocks.
    fn shortest(self) -> i64 {
        match self {
            Self::Micros(micros) => micros,
            Self::Days(days) => i64::from(days) * DAY - 2 * HOUR,
            Self::Months(months) => i64::from(months) * 28 * DAY,
        }
    }

    /// The last edge that is not after `at`.
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
            // A day ends with its own last bucket, which may be cut short.
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

/// The moments of `day` at which the clock on the wall shows a multiple of `micros`.
fn wall_clock(day: NaiveDate, micros: i64, zone: Tz) -> impl Iterator<Item = Timestamp> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..DAY / micros)
        .map(move |nth| first_at(midnight + TimeDelta::microseconds(nth * micros), zone))
}

/// Neighbouring buckets that cover a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    /// How long each is.
    pub step: Step,
    /// Where they begin, ascending, and where the last one ends: one more than there are buckets.
    pub edges: Vec<Timestamp>,
}

impl Buckets {
    /// Fewest buckets of a picture, where the range is not shorter than that many microseconds.
    pub const FEWEST: usize = 30;
    /// Most buckets of a picture.
    pub const MOST: usize = 120;

    /// The shortest buckets of which `most` cover everything from `from` up to and including `to`. `None` where
    /// the range is empty or beyond the calendar.
    #[must_use]
    pub fn covering(from: Timestamp, to: Timestamp, zone: Tz, most: usize) -> Option<Self> {
        if to < from || !from.has_rfc3339() || !to.has_rfc3339() {
            return None;
        }
        let span = to.micros_since(from);
        // Far too short ones are not even tried.
        let room = i64::try_from(most).ok()?.saturating_mul(2);
        STEPS
            .iter()
            .filter(|step| span / step.shortest() <= room)
            .find_map(|step| Self::of(*step, from, to, zone, most))
    }

    /// `None` where there are more than `most`.
    fn of(step: Step, from: Timestamp, to: Timestamp, zone: Tz, most: usize) -> Option<Self> {
        let mut edge = step.edge_before(from, zone)?;
        let mut edges = vec![edge];
        while edge <= to {
            let next = step.edge_after(edge, zone)?;
            // A day that a zone left out has no length.
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

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.edges.len().saturating_sub(1)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each one's beginning and its end, which is the next one's beginning.
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
    fn ninety_days_are_days_of_the_zone() {
        let zone = Tz::Australia__Sydney;
        let buckets = covering("2026-08-25T03:00:00Z", "2026-11-23T03:00:00Z", zone);
        assert_eq!(buckets.step, Step::Days(1));
        assert_eq!(buckets.len(), 91);
        for edge in &buckets.edges {
            assert_eq!(edge.shown_in(zone).clock, "00:00:00", "{edge:?}");
        }
    }

    #[test]
    fn hours_are_the_clocks_across_daylight_saving() {
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
    fn an_hour_that_comes_twice_is_two_buckets() {
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
    fn a_day_that_a_zone_left_out_is_no_bucket() {
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
    fn a_range_that_is_empty_or_endless_has_no_buckets() {
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
        fn every_range_has_thirty_to_a_hundred_and_twenty(
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
