//! Instants as PostgreSQL keeps them: whole microseconds, UTC. And this crate's only look at the clock.
//!
//! The history writes millions of them, so they are printed here by integer arithmetic instead of a calendar library.

use std::ops::Add;
use std::time::{SystemTime, UNIX_EPOCH};

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a millisecond.
pub const MILLISECOND: i64 = 1_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day.
pub const DAY: i64 = 24 * HOUR;

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

impl Instant {
    /// Now.
    #[must_use]
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place of this crate that reads the clock"
    )]
    pub fn now() -> Self {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Self(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    /// The whole days since 1970, in UTC.
    #[must_use]
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// The next multiple of `step` microseconds after this instant.
    #[must_use]
    pub fn next_multiple(self, step: i64) -> Self {
        Self((self.0.div_euclid(step) + 1) * step)
    }

    /// Appends `2026-11-23 07:35:27.599806+00`: what COPY reads, and what the engine writes into its JSON with `+00:00`.
    pub fn write_to(self, out: &mut Vec<u8>) {
        let (year, month, day) = civil(self.day());
        let micros = self.0.rem_euclid(DAY);
        let seconds = micros / SECOND;
        digits(out, year, 4);
        out.push(b'-');
        digits(out, month, 2);
        out.push(b'-');
        digits(out, day, 2);
        out.push(b' ');
        digits(out, seconds / 3600, 2);
        out.push(b':');
        digits(out, seconds / 60 % 60, 2);
        out.push(b':');
        digits(out, seconds % 60, 2);
        out.push(b'.');
        digits(out, micros % SECOND, 6);
        out.extend_from_slice(b"+00");
    }
}

impl Add<i64> for Instant {
    type Output = Self;

    /// Adds microseconds.
    fn add(self, micros: i64) -> Self {
        Self(self.0 + micros)
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = Vec::with_capacity(32);
        self.write_to(&mut text);
        formatter.write_str(&String::from_utf8_lossy(&text))
    }
}

/// Year, month and day of a day number, in the proleptic Gregorian calendar (Howard Hinnant's `civil_from_days`).
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_month)
}

/// Appends `value` with leading zeros up to `width`.
fn digits(out: &mut Vec<u8>, value: i64, width: u32) {
    for place in (0..width).rev() {
        let digit = value / 10_i64.pow(place) % 10;
        out.push(b'0' + u8::try_from(digit).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_printed_as_postgres_reads_them() {
        for (micros, text) in [
            (0, "1970-01-01 00:00:00.000000+00"),
            (1_795_419_327_599_806, "2026-11-23 07:35:27.599806+00"),
            (1_709_164_800_000_000, "2024-02-29 00:00:00.000000+00"),
            (-1, "1969-12-31 23:59:59.999999+00"),
            (-62_135_596_800_000_000, "0001-01-01 00:00:00.000000+00"),
        ] {
            assert_eq!(Instant(micros).to_string(), text);
        }
    }

    #[test]
    fn the_next_multiple_is_always_later() {
        let five = 5 * MINUTE;
        assert_eq!(Instant(0).next_multiple(five), Instant(five));
        assert_eq!(Instant(five - 1).next_multiple(five), Instant(five));
        assert_eq!(Instant(five).next_multiple(five), Instant(2 * five));
    }
}
