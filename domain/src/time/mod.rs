//! Times in PostgreSQL's representation, and their only formatter.

#[cfg(feature = "server")]
mod shown;

use chrono::{DateTime, Datelike as _, Utc};

#[cfg(feature = "server")]
pub use shown::ShownTime;

/// Microseconds between the Unix epoch and 2000-01-01, from which PostgreSQL counts.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;
const MICROS_IN_DAY: i64 = 86_400_000_000;
/// Days in 400 years, after which the calendar repeats itself.
const DAYS_IN_CYCLE: i64 = 146_097;

/// A time in microseconds since 2000-01-01T00:00:00Z, as PostgreSQL counts.
///
/// It represents every `timestamptz`, which is more than `chrono` can: years from 4713 BC to 294276, and both
/// infinities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// PostgreSQL's `infinity`: later than every other time.
    pub const INFINITY: Self = Self(i64::MAX);
    /// PostgreSQL's `-infinity`.
    pub const NEG_INFINITY: Self = Self(i64::MIN);

    /// From microseconds since 2000-01-01T00:00:00Z, as PostgreSQL's binary protocol has them.
    #[must_use]
    pub const fn from_postgres_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 2000-01-01T00:00:00Z.
    #[must_use]
    pub const fn postgres_micros(self) -> i64 {
        self.0
    }

    /// Whether PostgreSQL can store it: from 4714-11-24 BC to the end of the year 294276, or an infinity
    /// (`MIN_TIMESTAMP` and `END_TIMESTAMP` of its `datatype/timestamp.h`).
    #[must_use]
    pub const fn is_storable(self) -> bool {
        matches!(
            self.0,
            i64::MIN | -211_813_488_000_000_000..9_223_371_331_200_000_000 | i64::MAX
        )
    }

    /// This time, or the infinity beyond it if PostgreSQL cannot store it. A bound beyond the calendar's end then
    /// excludes nothing.
    #[must_use]
    pub const fn storable(self) -> Self {
        if self.is_storable() {
            self
        } else if self.0 < 0 {
            Self::NEG_INFINITY
        } else {
            Self::INFINITY
        }
    }

    /// Whether RFC 3339 can represent it: the years 1 to 9999.
    #[must_use]
    pub fn has_rfc3339(self) -> bool {
        self.to_chrono()
            .is_some_and(|at| (1..=9999).contains(&at.year()))
    }

    /// From `chrono`; truncated to microseconds.
    #[must_use]
    pub fn from_chrono(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros().saturating_sub(POSTGRES_EPOCH))
    }

    /// As a `chrono` time; `None` for infinities and years that it cannot represent.
    #[must_use]
    pub fn to_chrono(self) -> Option<DateTime<Utc>> {
        if self == Self::INFINITY || self == Self::NEG_INFINITY {
            return None;
        }
        DateTime::from_timestamp_micros(self.0.checked_add(POSTGRES_EPOCH)?)
    }

    /// Parses RFC 3339 (`2026-11-23T07:35:27.531030Z`, `…+11:00`), and for other years the format of
    /// [`Timestamp::rfc3339`]: a year with a sign and at least four digits (`-0043-03-15T…`, `+12026-01-01T…`).
    ///
    /// A space in place of a `+` is accepted, since query strings that are not percent-encoded turn `+` into a space.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let (sign, unsigned) = match text.as_bytes().first()? {
            b'-' => (Some(-1), &text[1..]),
            b'+' | b' ' => (Some(1), &text[1..]),
            _ => (None, text),
        };
        let (digits, rest) = unsigned.split_once('-')?;
        let takes = if sign.is_some() { 4..=6 } else { 4..=4 };
        if !takes.contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let year = sign.unwrap_or(1) * digits.parse::<i64>().ok()?;
        let date_time = rest.get(..5).zip(rest.get(5..));
        let (day, time) = date_time.filter(|(_, time)| time.starts_with(['T', 't']))?;
        // The calendar repeats every 400 years: use the same day of a year that `chrono` can parse.
        let alike = 2_000 + year.rem_euclid(400);
        let repaired = format!("{alike}-{day}{}", time.replacen(' ', "+", 1));
        let at = DateTime::parse_from_rfc3339(&repaired).ok()?;
        let cycles = (year - alike) / 400;
        let at = Self::from_chrono(at.to_utc()).plus_micros(cycles * DAYS_IN_CYCLE * MICROS_IN_DAY);
        at.is_storable().then_some(at)
    }

    /// This many microseconds later (earlier if negative); an infinity on overflow.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this time; negative if it is later.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with six digits, as on every page, in exports and in the API: `2026-11-23T07:35:27.531030Z`.
    ///
    /// Other years are in the expanded format of ISO 8601, with a sign and astronomical numbering:
    /// `-0043-03-15T00:00:00.000000Z` for 44 BC, `+12026-01-01T00:00:00.000000Z`. The infinities are `infinity` and
    /// `-infinity`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        if self == Self::INFINITY {
            return "infinity".to_owned();
        }
        if self == Self::NEG_INFINITY {
            return "-infinity".to_owned();
        }
        let (year, month, day) = civil(self.0.div_euclid(MICROS_IN_DAY));
        let micros = self.0.rem_euclid(MICROS_IN_DAY);
        let mut text = String::with_capacity("2026-11-23T07:35:27.531030Z".len());
        push_year(&mut text, year);
        text.push('-');
        push_digits::<2>(&mut text, month);
        text.push('-');
        push_digits::<2>(&mut text, day);
        text.push('T');
        let seconds = u32::try_from(micros / 1_000_000).unwrap_or_default();
        push_digits::<2>(&mut text, seconds / 3_600);
        text.push(':');
        push_digits::<2>(&mut text, seconds / 60 % 60);
        text.push(':');
        push_digits::<2>(&mut text, seconds % 60);
        text.push('.');
        push_digits::<6>(
            &mut text,
            u32::try_from(micros % 1_000_000).unwrap_or_default(),
        );
        text.push('Z');
        text
    }
}

/// Appends the last `N` digits of a number. The standard library's formatting is slow for the thousands in a list.
fn push_digits<const N: usize>(out: &mut String, number: u32) {
    let mut rest = number;
    let mut digits = ['0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = char::from_digit(rest % 10, 10).unwrap_or('0');
        rest /= 10;
    }
    out.extend(digits);
}

/// Appends a year in ISO 8601 format: four digits, or a sign and at least four digits.
fn push_year(out: &mut String, year: i64) {
    if !(0..=9_999).contains(&year) {
        out.push(if year < 0 { '-' } else { '+' });
    }
    let digits = u32::try_from(year.unsigned_abs()).unwrap_or(u32::MAX);
    if digits > 9_999 {
        out.push_str(&digits.to_string());
    } else {
        push_digits::<4>(out, digits);
    }
}

/// Year, month and day of the Gregorian calendar, `days` after 2000-01-01; the year before 1 is 0.
///
/// Howard Hinnant's `civil_from_days`: years begin in March, so that a leap day is a year's last day.
fn civil(days: i64) -> (i64, u32, u32) {
    // Days since 1 March of the year 0.
    let days = days + 730_425;
    let day_of_cycle = days.rem_euclid(DAYS_IN_CYCLE);
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
        - day_of_cycle / (DAYS_IN_CYCLE - 1))
        / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let (month, next) = if months < 10 {
        (months + 3, 0)
    } else {
        (months - 9, 1)
    };
    let year = days.div_euclid(DAYS_IN_CYCLE) * 400 + year_of_cycle + next;
    let small = |number: i64| u32::try_from(number).unwrap_or_default();
    (year, small(month), small(day))
}

/// A duration in words: `0.620 s`, `1 min 48.004 s`, `3 h 12 min`, `4 d 2 h`.
#[must_use]
pub fn span_in_words(micros: i64) -> String {
    let millis = micros.max(0) / 1_000;
    let (seconds, rest) = (millis / 1_000, millis % 1_000);
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if minutes == 0 {
        format!("{seconds}.{rest:03} s")
    } else if hours == 0 {
        format!("{minutes} min {}.{rest:03} s", seconds % 60)
    } else if days == 0 {
        format!("{hours} h {} min", minutes % 60)
    } else {
        format!("{days} d {} h", hours % 24)
    }
}

/// As [`span_in_words`], for a duration that stands alone: without trailing zeros.
#[must_use]
pub fn duration_in_words(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let is_whole = micros % 1_000_000 < 1_000;
    match seconds {
        0..60 if is_whole => format!("{seconds} s"),
        60..3_600 if is_whole && seconds % 60 == 0 => format!("{} min", seconds / 60),
        _ => span_in_words(micros),
    }
}

/// An ongoing duration, in full seconds or minutes: `8 h 41 min (ongoing)`.
#[must_use]
pub fn ongoing_in_words(micros: i64) -> String {
    let unit = if micros < 60_000_000 {
        1_000_000
    } else {
        60_000_000
    };
    format!("{} (ongoing)", duration_in_words(micros - micros % unit))
}
#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn export_form_has_six_digits_in_utc() {
        assert_eq!(
            at("2026-11-23T18:35:27.53103+11:00").rfc3339(),
            "2026-11-23T07:35:27.531030Z"
        );
    }

    #[test]
    fn a_space_in_place_of_the_plus_is_accepted() {
        assert_eq!(at("2026-11-23T18:35:27 11:00"), at("2026-11-23T07:35:27Z"));
        assert_eq!(Timestamp::parse_rfc3339("2026-11-23 07:35:27Z"), None);
    }

    #[test]
    fn years_beyond_rfc3339_have_a_sign() {
        assert_eq!(Timestamp::INFINITY.rfc3339(), "infinity");
        assert_eq!(Timestamp::NEG_INFINITY.rfc3339(), "-infinity");
        for text in [
            // PostgreSQL's first day and its last.
            "-4713-11-24T00:00:00.000000Z",
            "-0043-03-15T12:30:00.000001Z",
            "-0001-12-31T23:59:59.999999Z",
            "0000-02-29T00:00:00.000000Z",
            "0001-01-01T00:00:00.000000Z",
            "9999-12-31T23:59:59.999999Z",
            "+10000-01-01T00:00:00.000000Z",
            "+12026-02-28T00:00:00.000000Z",
            "+294276-12-31T23:59:59.999999Z",
        ] {
            assert_eq!(at(text).rfc3339(), text);
        }
        // Their own counts, from PostgreSQL.
        assert_eq!(
            Timestamp::from_postgres_micros(-211_813_488_000_000_000).rfc3339(),
            "-4713-11-24T00:00:00.000000Z"
        );
        assert_eq!(
            Timestamp::from_postgres_micros(9_223_371_331_199_999_999).rfc3339(),
            "+294276-12-31T23:59:59.999999Z"
        );
        for wrong in [
            "-043-03-15T00:00:00Z",
            "12026-01-01T00:00:00Z",
            "-4713-11-23T23:59:59Z",
            "+294277-01-01T00:00:00Z",
            "-0043-02-29T00:00:00Z",
            "+-043-01-01T00:00:00Z",
            "-",
            "",
        ] {
            assert_eq!(Timestamp::parse_rfc3339(wrong), None, "{wrong}");
        }
        assert_eq!(at(" 12026-01-01T00:00:00Z"), at("+12026-01-01T00:00:00Z"));
    }

    #[test]
    fn civil_dates_equal_those_of_chrono() {
        // Every 97th day in the range of `chrono`, and the days around each.
        let mut days = civil_day("-262142-01-02");
        while let Some(day) = days.checked_add_days(chrono::Days::new(97)) {
            let epoch = civil_day("2000-01-01");
            let count = day.signed_duration_since(epoch).num_days();
            assert_eq!(
                civil(count),
                (i64::from(day.year()), day.month(), day.day()),
                "{day}"
            );
            days = day;
        }
    }

    fn civil_day(text: &str) -> chrono::NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn short_durations_have_milliseconds() {
        assert_eq!(span_in_words(620_925), "0.620 s");
        assert_eq!(span_in_words(108_004_000), "1 min 48.004 s");
        assert_eq!(span_in_words(11_520_000_000), "3 h 12 min");
        assert_eq!(span_in_words(352_800_000_000), "4 d 2 h");
        assert_eq!(duration_in_words(620_925), "0.620 s");
        assert_eq!(duration_in_words(5_000_000), "5 s");
        assert_eq!(duration_in_words(1_800_000_000), "30 min");
        assert_eq!(ongoing_in_words(5_620_925), "5 s (ongoing)");
        assert_eq!(ongoing_in_words(108_004_000), "1 min (ongoing)");
        assert_eq!(ongoing_in_words(31_279_000_000), "8 h 41 min (ongoing)");
    }
}
