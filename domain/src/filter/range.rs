//! Parameters `from`, `to` and `last`: the window of time that a list covers.

use chrono::{Datelike as _, NaiveDate};
#[cfg(feature = "server")]
use chrono_tz::Tz;

use crate::query::{Pairs, ParamError, Params};
use crate::time::Timestamp;
#[cfg(feature = "server")]
use crate::zone::{end_of_day, start_of_day};

const EXPECTED: &str = "an RFC 3339 time (2026-11-23T07:35:27Z) or a day (2026-11-23)";

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// This whole day in the shown time zone, at either end.
    Day(NaiveDate),
    /// This time, inclusive.
    Instant(Timestamp),
}

impl Bound {
    /// Parses a day or a time.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() == 10 && text.bytes().filter(u8::is_ascii_digit).count() == 8 {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
            // In any zone, both ends of the day have a four-digit year.
            let printable = (2..=9998).contains(&day.year());
            return (text.as_bytes()[4] == b'-' && printable).then_some(Self::Day(day));
        }
        Timestamp::parse_rfc3339(text).map(Self::Instant)
    }

    /// Prints it in the format of [`Bound::parse`].
    #[must_use]
    pub fn print(self) -> String {
        match self {
            Self::Day(day) => day.to_string(),
            Self::Instant(at) => at.rfc3339(),
        }
    }
}

/// A span that ends now: `15m`, `24h`, `7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    count: u32,
    unit: char,
}

impl Last {
    /// Maximum length in days.
    pub const MAX_DAYS: u64 = 36_500;
    const EXPECTED: &'static str =
        "a whole number and s, m, h, d or w (15m, 24h, 7d, 90d), at most 36500d";

    /// Parses `15m`, `24h`, `7d`, `2w`, `30s`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().last()?;
        let digits = text.strip_suffix(unit)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let last = Self {
            count: digits.parse().ok()?,
            unit,
        };
        let seconds = last.seconds()?;
        (1..=Self::MAX_DAYS * 86_400)
            .contains(&seconds)
            .then_some(last)
    }

    fn seconds(self) -> Option<u64> {
        let unit = match self.unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        Some(u64::from(self.count) * unit)
    }

    /// Its length in microseconds.
    #[must_use]
    pub fn micros(self) -> i64 {
        let seconds = self.seconds().unwrap_or_default();
        i64::try_from(seconds * 1_000_000).unwrap_or(i64::MAX)
    }
}

impl std::fmt::Display for Last {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.count, self.unit)
    }
}

/// The window as given, before the present time and the time zone are applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeFilter {
    /// The start.
    pub from: Option<Bound>,
    /// The end.
    pub to: Option<Bound>,
    /// A span that ends now; excludes `from` and `to`.
    pub last: Option<Last>,
}

/// A window of time, both ends inclusive; a missing end is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// Not before this.
    pub from: Option<Timestamp>,
    /// Not after this.
    pub to: Option<Timestamp>,
}

impl TimeFilter {
    /// Takes `from`, `to` and `last`. Invalid values are recorded as faults of `params`, and so is `last` together with
    /// another.
    pub fn take(params: &mut Params) -> Self {
        let Self { from, to, .. } = Self::take_ends(params);
        let mut last = params.or_default(take_last);
        if last.is_some() && (from.is_some() || to.is_some()) {
            params.blame(ParamError::new(
                "last",
                "cannot be given together with from or to",
            ));
            last = None;
        }
        Self { from, to, last }
    }

    /// As [`TimeFilter::take`], for `from` and `to` only.
    pub fn take_ends(params: &mut Params) -> Self {
        Self {
            from: params.or_default(|params| take_bound(params, "from")),
            to: params.or_default(|params| take_bound(params, "to")),
            last: None,
        }
    }

    /// Whether it depends on a time zone, because an end is a day.
    #[must_use]
    pub fn has_days(&self) -> bool {
        let is_day = |bound: &Bound| matches!(bound, Bound::Day(_));
        self.from.iter().chain(&self.to).any(is_day)
    }

    /// Prints the pairs that [`TimeFilter::take`] reads.
    pub fn print(&self, out: &mut Pairs) {
        if let Some(from) = self.from {
            out.push("from", from.print());
        }
        if let Some(to) = self.to {
            out.push("to", to.print());
        }
        if let Some(last) = self.last {
            out.push("last", last.to_string());
        }
    }

    #[cfg(feature = "server")]
    /// The window, with days in time zone `zone` and `last` ending at `now`.
    ///
    /// # Errors
    /// When `from` is after `to`.
    pub fn window(&self, zone: Tz, now: Timestamp) -> Result<Window, ParamError> {
        if let Some(last) = self.last {
            return Ok(Window {
                from: Some(now.plus_micros(-last.micros())),
                to: Some(now),
            });
        }
        let window = Window {
            from: self.from.map(|bound| match bound {
                Bound::Day(day) => start_of_day(day, zone),
                Bound::Instant(at) => at,
            }),
            to: self.to.map(|bound| match bound {
                Bound::Day(day) => end_of_day(day, zone),
                Bound::Instant(at) => at,
            }),
        };
        let backwards = match (self.from, self.to) {
            // A day that the zone skipped is empty, not reversed.
            (Some(Bound::Day(from)), Some(Bound::Day(to))) => from > to,
            _ => matches!((window.from, window.to), (Some(from), Some(to)) if from > to),
        };
        if backwards {
            return Err(ParamError::new("from", "is after to"));
        }
        Ok(window)
    }
}

impl Window {
    /// The window as absolute bounds, for links that must not move with the clock.
    #[must_use]
    pub fn pinned(self) -> TimeFilter {
        TimeFilter {
            from: self.from.map(Bound::Instant),
            to: self.to.map(Bound::Instant),
            last: None,
        }
    }

    /// Whether `at` is in it. For lists that are filtered in memory.
    #[must_use]
    pub fn contains(self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at <= to)
    }
}

fn take_bound(params: &mut Params, name: &str) -> Result<Option<Bound>, ParamError> {
    params
        .take_one(name)?
        .map(|text| {
            Bound::parse(&text).ok_or_else(|| ParamError::wrong_value(name, &text, EXPECTED))
        })
        .transpose()
}

fn take_last(params: &mut Params) -> Result<Option<Last>, ParamError> {
    let parse = |text: String| {
        Last::parse(&text).ok_or_else(|| ParamError::wrong_value("last", &text, Last::EXPECTED))
    };
    params.take_one("last")?.map(parse).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(raw: &str) -> Result<TimeFilter, ParamError> {
        let mut params = Params::parse(raw)?;
        let filter = TimeFilter::take(&mut params);
        params.finish(&[]).map(|()| filter)
    }

    #[test]
    fn a_day_is_whole_in_the_shown_zone() {
        let window = filter("from=2026-11-22&to=2026-11-22")
            .unwrap()
            .window(Tz::Australia__Sydney, Timestamp::INFINITY)
            .unwrap();
        assert_eq!(
            window.from.unwrap().rfc3339(),
            "2026-11-21T13:00:00.000000Z"
        );
        assert_eq!(window.to.unwrap().rfc3339(), "2026-11-22T12:59:59.999999Z");
    }

    #[test]
    fn last_ends_now() {
        let now = Timestamp::parse_rfc3339("2026-11-23T00:00:00Z").unwrap();
        let window = filter("last=15m").unwrap().window(Tz::UTC, now).unwrap();
        assert_eq!(window.to, Some(now));
        assert_eq!(
            window.from.unwrap().rfc3339(),
            "2026-11-22T23:45:00.000000Z"
        );
    }

    #[test]
    fn invalid_ranges_are_rejected_with_the_parameters_name() {
        for (raw, param) in [
            ("from=yesterday", "from"),
            ("from=2026-13-01", "from"),
            ("to=2026-02-30", "to"),
            ("to=20261123", "to"),
            ("to=9999-12-31", "to"),
            ("from=0001-01-01", "from"),
            ("last=7", "last"),
            ("last=0d", "last"),
            ("last=-1d", "last"),
            ("last=1y", "last"),
            ("last=99999999999d", "last"),
            ("last=7d&from=2026-11-23", "last"),
        ] {
            assert_eq!(filter(raw).unwrap_err().param, param, "{raw}");
        }
        let backwards = filter("from=2026-11-23&to=2026-11-22").unwrap();
        let error = backwards.window(Tz::UTC, Timestamp::INFINITY).unwrap_err();
        assert_eq!(error.to_string(), "from: is after to");
    }

    #[test]
    fn bounds_are_inclusive() {
        let raw = "from=2026-11-23T07:35:27.531030Z&to=2026-11-23T07:35:27.531030Z";
        let window = filter(raw)
            .unwrap()
            .window(Tz::UTC, Timestamp::INFINITY)
            .unwrap();
        assert!(window.contains(window.from.unwrap()));
    }
}
