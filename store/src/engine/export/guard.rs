//! The formula guard, applied to cells of `COPY … (FORMAT csv)`.

use domain::csv::is_formula;

use domain::catalogue::Kind;

/// Whether a cell needs a `'` before it, since a spreadsheet would evaluate it as a formula.
pub fn is_guarded(cell: &[u8], kind: Kind) -> bool {
    let is_text = matches!(kind, Kind::Text | Kind::NumberText | Kind::Json);
    is_text && may_run(cell) && !(kind == Kind::NumberText && is_number(cell))
}

fn may_run(cell: &[u8]) -> bool {
    match cell.first() {
        // Quick path: nearly all texts begin with a letter or digit.
        None | Some(b'.'..=b'<' | b'A'..=b'~') => false,
        Some(_) => std::str::from_utf8(cell).is_ok_and(is_formula),
    }
}

/// Whether a cell is a number in PostgreSQL's notation: `-1.5`, `2e-7`, `-Infinity`.
fn is_number(cell: &[u8]) -> bool {
    let unsigned = cell.strip_prefix(b"-").or_else(|| cell.strip_prefix(b"+"));
    let unsigned = unsigned.unwrap_or(cell);
    if unsigned == b"Infinity" {
        return true;
    }
    let (mantissa, exponent) = match unsigned.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let is_digits = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let (whole, fraction) = match mantissa.iter().position(|byte| *byte == b'.') {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &mantissa[..0]),
    };
    let is_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent
            .strip_prefix(b"-")
            .or_else(|| exponent.strip_prefix(b"+"));
        is_digits(digits.unwrap_or(exponent))
    });
    is_digits(whole) && fraction.iter().all(u8::is_ascii_digit) && is_exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_text_columns_are_not_guarded() {
        for number in ["-1", "+1.50", "-2e-7", "-1.E+3", "-Infinity"] {
            assert!(!is_guarded(number.as_bytes(), Kind::NumberText), "{number}");
            assert!(is_guarded(number.as_bytes(), Kind::Text), "{number}");
        }
        for text in [
            "-",
            "-.5",
            "-1e",
            "-1.5.5",
            "-1+cmd",
            "--1",
            "-infinity",
            "-1e5e5",
        ] {
            assert!(is_guarded(text.as_bytes(), Kind::NumberText), "{text}");
        }
    }
}
