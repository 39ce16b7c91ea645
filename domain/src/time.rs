//! Moments as PostgreSQL keeps them, and the one formatter for them.

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;

/// Microseconds between the Unix epoch and 2000-01-01, from which PostgreSQL counts.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// A moment in microseconds since 2000-01-01T00:00:00Z, PostgreSQL's own count.
///
/// It holds whatever a `timestamptz` column can, which is more than `chrono` can: years from 4713 BC
/// to 294276, and both infinities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// PostgreSQL's `infinity`: later than every other moment.
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

    /// Whether PostgreSQL could have stored it: from 4714-11-24 BC to the end of the year 294276, or an
    /// infinity (`MIN_TIMESTAMP` and `END_TIMESTAMP` of its `datatype/timestamp.h`).
    #[must_use]
    pub const fn is_storable(self) -> bool {
        matches!(
            self.0,
            i64::MIN | -211_813_488_000_000_000..9_223_371_331_200_000_000 | i64::MAX
        )
    }

    /// This moment, or the infinity beyond it where PostgreSQL could not store it: a bound that was reckoned
    /// past the calendar's end excludes nothing.
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

    /// Whether RFC 3339 can say it: the years 1 to 9999.
    #[must_use]
    pub fn has_rfc3339(self) -> bool {
        self.to_chrono()
            .is_some_and(|at| (1..=9999).contains(&at.year()))
    }

    /// From `chrono`; what is below a microsecond is cut.
    #[must_use]
    pub fn from_chrono(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros().saturating_sub(POSTGRES_EPOCH))
    }

    /// As `chrono` has it; `None` for the infinities and years that it cannot hold.
    #[must_use]
    pub fn to_chrono(self) -> Option<DateTime<Utc>> {
        if self == Self::INFINITY || self == Self::NEG_INFINITY {
            return None;
        }
        DateTime::from_timestamp_micros(self.0.checked_add(POSTGRES_EPOCH)?)
    }

    /// Reads RFC 3339 (`2026-11-23T07:35:27.531030Z`, `…+11:00`).
    ///
    /// A space where the offset's `+` belongs is taken for that `+`: a query string that was not
    /// percent-encoded turns one into the other.
    #[must_use]
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let date_time = text.get(..10).zip(text.get(10..));
        let repaired = match date_time {
            Some((date, time)) if time.starts_with(['T', 't']) => {
                format!("{date}{}", time.replacen(' ', "+", 1))
            }
            _ => return None,
        };
        let at = DateTime::parse_from_rfc3339(&repaired).ok()?;
        (1..=9999)
            .contains(&at.year())
            .then(|| Self::from_chrono(at.to_utc()))
    }

    /// This many microseconds later (earlier where negative); beyond the count's ends, an infinity.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this moment; negative when it is later.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with six digits, as every export has it: `2026-11-23T07:35:27.531030Z`.
    ///
    /// Outside the years 1 to 9999, which RFC 3339 cannot say, PostgreSQL's spelling in UTC:
    /// `infinity`, `12026-01-01 00:00:00+00`, `0044-03-15 00:00:00+00 BC`.
    #[must_use]
    pub fn rfc3339(self) -> String {
        if self == Self::INFINITY {
            return "infinity".to_owned();
        }
        if self == Self::NEG_INFINITY {
            return "-infinity".to_owned();
        }
        match self.to_chrono() {
            Some(at) if (1..=9999).contains(&at.year()) => {
                let mut text = String::with_capacity("2026-11-23T07:35:27.531030Z".len());
                push_digits::<4>(&mut text, at.year().unsigned_abs());
                text.push('-');
                push_digits::<2>(&mut text, at.month());
                text.push('-');
                push_digits::<2>(&mut text, at.day());
                text.push('T');
                push_clock(&mut text, &at);
                text.push('.');
                push_digits::<6>(&mut text, at.nanosecond() / 1_000);
                text.push('Z');
                text
            }
            Some(at) => postgres_text(at),
            None => "beyond the year 262142".to_owned(),
        }
    }

    /// The parts of this moment as a person in `zone` reads them.
    #[must_use]
    pub fn shown_in(self, zone: Tz) -> ShownTime {
        let Some(at) = self.to_chrono() else {
            return ShownTime {
                clock: self.rfc3339(),
                fraction: String::new(),
                date: String::new(),
            };
        };
        let local = at.with_timezone(&zone);
        let (mut clock, mut fraction) = (String::with_capacity(8), String::with_capacity(3));
        push_clock(&mut clock, &local);
        push_digits::<3>(&mut fraction, local.nanosecond() / 1_000_000);
        ShownTime {
            clock,
            fraction,
            date: date(&local),
        }
    }

    /// To the microsecond in `zone`, with the offset: `Mon 23 Nov 2026 18:35:27.531030 +11:00`.
    #[must_use]
    pub fn full_in(self, zone: Tz) -> String {
        self.to_chrono().map_or_else(
            || self.rfc3339(),
            |at| {
                at.with_timezone(&zone)
                    .format("%a %-d %b %Y %H:%M:%S%.6f %:z")
                    .to_string()
            },
        )
    }

    /// To the second in `zone`, without the offset: `Mon 23 Nov 2026 18:35:27`.
    #[must_use]
    pub fn second_in(self, zone: Tz) -> String {
        let shown = self.shown_in(zone);
        format!("{} {}", shown.date, shown.clock).trim().to_owned()
    }
}

/// A moment taken apart for a table cell: the clock matters most, then the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownTime {
    /// `18:35:27`
    pub clock: String,
    /// Milliseconds, three digits, cut rather than rounded: `531`.
    pub fraction: String,
    /// `Mon 23 Nov 2026`
    pub date: String,
}

/// Appends the last `N` digits of a number. A list has thousands of them, for which the standard library's formatting is
/// slow.
fn push_digits<const N: usize>(out: &mut String, number: u32) {
    let mut rest = number;
    let mut digits = ['0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = char::from_digit(rest % 10, 10).unwrap_or('0');
        rest /= 10;
    }
    out.extend(digits);
}

/// Appends `18:35:27`.
fn push_clock(out: &mut String, at: &impl Timelike) {
    push_digits::<2>(out, at.hour());
    out.push(':');
    push_digits::<2>(out, at.minute());
    out.push(':');
    push_digits::<2>(out, at.second());
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `Mon 23 Nov 2026`.
fn date(at: &DateTime<Tz>) -> String {
    if !(1..=9999).contains(&at.year()) {
        return at.format("%a %-d %b %Y").to_string();
    }
    let named = |names: &'static [&str], at: u32| names.get(at as usize).copied().unwrap_or("");
    let mut text = String::with_capacity("Mon 23 Nov 2026".len());
    text.push_str(named(&WEEKDAYS, at.weekday().num_days_from_monday()));
    text.push(' ');
    if at.day() >= 10 {
        push_digits::<2>(&mut text, at.day());
    } else {
        push_digits::<1>(&mut text, at.day());
    }
    text.push(' ');
    text.push_str(named(&MONTHS, at.month0()));
    text.push(' ');
    push_digits::<4>(&mut text, at.year().unsigned_abs());
    text
}

/// As `timestamptz::text` has it in UTC.
fn postgres_text(at: DateTime<Utc>) -> String {
    let (year, era) = match at.year() {
        year if year > 0 => (year, ""),
        year => (1 - year, " BC"),
    };
    let micros = at.nanosecond() / 1_000 % 1_000_000;
    let fraction = if micros == 0 {
        String::new()
    } else {
        format!(".{micros:06}").trim_end_matches('0').to_owned()
    };
    format!(
        "{year:04}-{}{fraction}+00{era}",
        at.format("%m-%d %H:%M:%S")
    )
}

/// A span of time in words: `0.620 s`, `1 min 48.004 s`, `3 h 12 min`, `4 d 2 h`.
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
    fn an_offset_whose_plus_became_a_space_is_read() {
        assert_eq!(at("2026-11-23T18:35:27 11:00"), at("2026-11-23T07:35:27Z"));
        assert_eq!(Timestamp::parse_rfc3339("2026-11-23 07:35:27Z"), None);
    }

    #[test]
    fn what_rfc3339_cannot_say_is_said_as_postgres_does() {
        assert_eq!(Timestamp::INFINITY.rfc3339(), "infinity");
        let caesar = Timestamp::from_postgres_micros(-64_473_364_800_000_000);
        assert!(caesar.rfc3339().ends_with(" BC"), "{}", caesar.rfc3339());
        let far = at("9999-12-31T23:59:59.999999Z").plus_micros(1);
        assert_eq!(far.rfc3339(), "10000-01-01 00:00:00+00");
        let beyond = Timestamp::from_postgres_micros(i64::MAX - 1);
        assert_eq!(beyond.rfc3339(), "beyond the year 262142");
    }

    #[test]
    fn a_person_reads_their_own_zone() {
        let shown = at("2026-11-23T07:35:27.531999Z").shown_in(Tz::Australia__Sydney);
        assert_eq!(shown.clock, "18:35:27");
        assert_eq!(shown.fraction, "531");
        assert_eq!(shown.date, "Mon 23 Nov 2026");
        assert_eq!(
            at("2026-11-23T07:35:27.531999Z").full_in(Tz::Australia__Sydney),
            "Mon 23 Nov 2026 18:35:27.531999 +11:00"
        );
    }

    #[test]
    fn spans_keep_milliseconds_while_they_matter() {
        assert_eq!(span_in_words(620_925), "0.620 s");
        assert_eq!(span_in_words(108_004_000), "1 min 48.004 s");
        assert_eq!(span_in_words(11_520_000_000), "3 h 12 min");
        assert_eq!(span_in_words(352_800_000_000), "4 d 2 h");
    }
}
