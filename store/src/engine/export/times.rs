//! Converts times from PostgreSQL's format (`datestyle = ISO`, UTC) to that of [`domain::time::Timestamp::rfc3339`].

use bytes::BytesMut;

/// Appends the time as RFC 3339 with six digits. Years beyond four digits have a sign, years before 1 are astronomical
/// (44 BC is `-0043`), and infinities are as in PostgreSQL.
pub fn push_time(line: &mut BytesMut, cell: &[u8]) {
    let Some(time) = Parts::of(cell) else {
        line.extend_from_slice(cell);
        return;
    };
    if time.is_before_christ {
        push_year_before_christ(line, time.year);
    } else {
        if time.year.len() > 4 {
            line.extend_from_slice(b"+");
        }
        line.extend_from_slice(time.year);
    }
    for part in [time.month_and_day, b"T", time.clock, b".", time.fraction] {
        line.extend_from_slice(part);
    }
    line.extend_from_slice(&b"000000"[time.fraction.len().min(6)..]);
    line.extend_from_slice(b"Z");
}

/// The parts of `2026-11-28 01:02:03.5+00 BC`.
struct Parts<'c> {
    year: &'c [u8],
    /// `-11-28`
    month_and_day: &'c [u8],
    /// `01:02:03`
    clock: &'c [u8],
    /// `5`
    fraction: &'c [u8],
    is_before_christ: bool,
}

impl<'c> Parts<'c> {
    /// `None` for infinities and for anything that is not a time.
    fn of(cell: &'c [u8]) -> Option<Self> {
        let before_christ = cell.strip_suffix(b" BC");
        let spelled = before_christ.unwrap_or(cell).strip_suffix(b"+00")?;
        let year = spelled.iter().position(|byte| *byte == b'-')?;
        let (year, rest) = spelled.split_at(year);
        let (month_and_day, rest) = rest.split_at_checked("-11-28".len())?;
        let (clock, fraction) = rest
            .strip_prefix(b" ")?
            .split_at_checked("01:02:03".len())?;
        Some(Self {
            year,
            month_and_day,
            clock,
            fraction: fraction.strip_prefix(b".").unwrap_or(fraction),
            is_before_christ: before_christ.is_some(),
        })
    }
}

/// PostgreSQL has no year 0: 1 BC becomes 0, 44 BC becomes -43.
fn push_year_before_christ(line: &mut BytesMut, year: &[u8]) {
    let counted = year.iter().fold(0_u32, |sum, digit| {
        sum.saturating_mul(10)
            .saturating_add(u32::from(digit.wrapping_sub(b'0')))
    });
    let sign = if counted > 1 { "-" } else { "" };
    let year = format!("{sign}{:04}", counted.saturating_sub(1));
    line.extend_from_slice(year.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(cell: &str) -> String {
        let mut line = BytesMut::new();
        push_time(&mut line, cell.as_bytes());
        String::from_utf8(line.to_vec()).unwrap()
    }

    #[test]
    fn times_are_formatted_like_the_domain_type() {
        for (cell, expected) in [
            (
                "2026-11-28 01:02:03.456789+00",
                "2026-11-28T01:02:03.456789Z",
            ),
            ("2026-11-28 01:02:03.5+00", "2026-11-28T01:02:03.500000Z"),
            ("2026-11-28 01:02:03+00", "2026-11-28T01:02:03.000000Z"),
            ("0001-01-01 00:00:00+00", "0001-01-01T00:00:00.000000Z"),
            ("10000-01-01 00:00:00+00", "+10000-01-01T00:00:00.000000Z"),
            (
                "294276-12-31 23:59:59.999999+00",
                "+294276-12-31T23:59:59.999999Z",
            ),
            ("0001-12-31 23:59:59+00 BC", "0000-12-31T23:59:59.000000Z"),
            (
                "0002-12-31 23:59:59.25+00 BC",
                "-0001-12-31T23:59:59.250000Z",
            ),
            ("0044-03-15 12:00:00+00 BC", "-0043-03-15T12:00:00.000000Z"),
            ("4713-01-01 00:00:00+00 BC", "-4712-01-01T00:00:00.000000Z"),
            ("infinity", "infinity"),
            ("-infinity", "-infinity"),
            ("", ""),
        ] {
            assert_eq!(spelled(cell), expected);
        }
    }
}
