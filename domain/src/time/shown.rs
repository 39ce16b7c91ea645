//! Formats times for people, in a time zone.

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Tz;

use super::{Timestamp, push_digits};

impl Timestamp {
    /// The parts of this time in `zone`.
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

/// The parts of a time for a table cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownTime {
    /// `18:35:27`
    pub clock: String,
    /// Milliseconds, three digits, truncated: `531`.
    pub fraction: String,
    /// `Mon 23 Nov 2026`
    pub date: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_the_given_zone() {
        let at = Timestamp::parse_rfc3339("2026-11-23T07:35:27.531999Z").unwrap();
        let shown = at.shown_in(Tz::Australia__Sydney);
        assert_eq!(shown.clock, "18:35:27");
        assert_eq!(shown.fraction, "531");
        assert_eq!(shown.date, "Mon 23 Nov 2026");
        assert_eq!(
            at.full_in(Tz::Australia__Sydney),
            "Mon 23 Nov 2026 18:35:27.531999 +11:00"
        );
    }
}
