//! JSON in the format of Python's `json.dumps`: `", "` and `": "` as separators, floats as by `repr`.

use std::fmt::Write;

/// A float as Python's `repr` prints it: shortest form that reads back the same, `1.0` for whole numbers, an exponent of
/// at least two digits below 0.0001 and from 1e16 on.
pub fn push_float(out: &mut String, value: f64) {
    let magnitude = value.abs();
    let outcome = if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().unwrap_or_default();
        let sign = if exponent < 0 { '-' } else { '+' };
        write!(out, "{mantissa}e{sign}{:02}", exponent.abs())
    } else if value.fract() == 0.0 {
        write!(out, "{value:.1}")
    } else {
        write!(out, "{value}")
    };
    // Writing into a `String` cannot fail.
    debug_assert!(outcome.is_ok());
}

/// A decimal number in units of 1e-8, as `str(Decimal)` prints it after `normalize()`: no trailing zeros.
pub fn push_decimal(out: &mut String, hundred_millionths: i64) {
    let whole = hundred_millionths / 100_000_000;
    let fraction = hundred_millionths % 100_000_000;
    // Writing into a `String` cannot fail.
    let _ = write!(out, "{whole}");
    if fraction != 0 {
        let digits = format!("{fraction:08}");
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
}

/// A string with its quotes, escaped where JSON demands it; everything beyond ASCII as `\u` escapes, as Python does.
pub fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            ' '..='~' => out.push(character),
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    // Writing into a `String` cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(value: f64) -> String {
        let mut out = String::new();
        push_float(&mut out, value);
        out
    }

    #[test]
    fn floats_look_like_pythons() {
        assert_eq!(float(198.376_520_167_758_74), "198.37652016775874");
        assert_eq!(float(1.0), "1.0");
        assert_eq!(float(0.0), "0.0");
        assert_eq!(float(0.000_054), "5.4e-05");
        assert_eq!(float(0.000_1), "0.0001");
        assert_eq!(float(1e16), "1e+16");
        assert_eq!(float(-2.5), "-2.5");
    }

    #[test]
    fn decimals_carry_no_trailing_zeros() {
        let mut out = String::new();
        for value in [4_557_550, 100_000_000, 250_000_001] {
            push_decimal(&mut out, value);
            out.push(' ');
        }
        assert_eq!(out, "0.0455755 1 2.50000001 ");
    }

    #[test]
    fn text_is_escaped_to_ascii() {
        let mut out = String::new();
        push_text(&mut out, "a\"b\\c\n\u{20ac}\u{1f600}");
        assert_eq!(out, "\"a\\\"b\\\\c\\n\\u20ac\\ud83d\\ude00\"");
        assert_eq!(
            serde_json::from_str::<String>(&out).unwrap(),
            "a\"b\\c\n\u{20ac}\u{1f600}"
        );
    }
}
