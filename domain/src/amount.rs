//! Money and quantities: exact decimals, printed exactly as stored.

use std::fmt;
use std::str::FromStr as _;

use rust_decimal::Decimal;

/// The value of a `numeric` column with its own scale: `1000.50000000` stays that.
///
/// PostgreSQL's `numeric` also holds `NaN` and more digits than a [`Decimal`]; such a value keeps its
/// text and has no [`Amount::decimal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    text: String,
}

impl Amount {
    /// Makes an amount from PostgreSQL's text form of a `numeric`.
    #[must_use]
    pub const fn from_numeric_text(text: String) -> Self {
        Self { text }
    }

    /// Zero.
    #[must_use]
    pub fn zero() -> Self {
        Self::from_numeric_text("0".to_owned())
    }

    /// The exact value; `None` if a [`Decimal`] cannot hold it.
    #[must_use]
    pub fn decimal(&self) -> Option<Decimal> {
        Decimal::from_str_exact(&self.text)
            .or_else(|_| Decimal::from_str(&self.text))
            .ok()
            .filter(|decimal| decimal.to_string() == self.text)
    }

    /// The text as stored, without separators.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The text as stored, with commas between thousands: `164,096.65779104`.
    #[must_use]
    pub fn grouped(&self) -> String {
        group_thousands(&self.text)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a text from an event's details is a number with few enough digits and a small enough exponent that it can be
/// summed meaningfully.
#[must_use]
pub fn is_number(text: &str) -> bool {
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (integer, fraction) = match mantissa.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    digits(integer, 30)
        && fraction.is_none_or(|text| digits(text, 60))
        && exponent.is_none_or(|text| digits(text, 2))
}

/// Puts commas between the thousands of a plain decimal's integer part; other text stays as it is.
#[must_use]
pub fn group_thousands(text: &str) -> String {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (integer, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(i, f)| (i, Some(f)));
    if integer.is_empty() || !integer.bytes().all(|b| b.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut grouped = String::with_capacity(text.len() + integer.len() / 3);
    grouped.push_str(sign);
    for (at, digit) in integer.chars().enumerate() {
        if at > 0 && (integer.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailing_zeros_are_preserved() {
        let amount = Amount::from_numeric_text("1000.50000000".to_owned());
        assert_eq!(amount.to_string(), "1000.50000000");
        assert_eq!(amount.decimal().unwrap().to_string(), "1000.50000000");
        assert_eq!(amount.grouped(), "1,000.50000000");
    }

    #[test]
    fn unrepresentable_values_keep_their_text() {
        for text in ["NaN", "99999999999999999999999999999999999999.5"] {
            let amount = Amount::from_numeric_text(text.to_owned());
            assert_eq!(amount.as_str(), text);
            assert_eq!(amount.decimal(), None);
        }
    }

    #[test]
    fn thousands_are_grouped_from_the_right() {
        assert_eq!(group_thousands("-1234567.25"), "-1,234,567.25");
        assert_eq!(group_thousands("999"), "999");
        assert_eq!(group_thousands("NaN"), "NaN");
    }

    #[test]
    fn is_number_accepts_summable_numbers_only() {
        for text in ["0", "-1.50", "27.94e-2", "5E+10", "0.000000000000000000001"] {
            assert!(is_number(text), "{text}");
        }
        for text in [
            "", "-", "1_000", " 1", "1e400", "1.", ".5", "NaN", "--1", "1e", "0x1", "1e+-1",
        ] {
            assert!(!is_number(text), "{text}");
        }
        assert!(!is_number(&"9".repeat(31)));
    }
}
