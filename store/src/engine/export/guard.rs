//! The guard against formulas, over records as `COPY … (FORMAT csv)` spells them. It is here rather than in the statement:
//! PostgreSQL's process is what an export waits for, and the console's is idle beside it.

use domain::csv::is_formula;
use memchr::memchr;

use crate::engine::columns::Kind;

/// Tells `found` where a `'` belongs into the record, in order: before the text of each cell that a spreadsheet would run.
/// Whether a cell stands in quotes does not depend on it.
pub fn for_each_formula(record: &[u8], kinds: &[Kind], mut found: impl FnMut(usize)) {
    let mut begin = 0;
    for kind in kinds {
        let is_quoted = record.get(begin) == Some(&b'"');
        let text = begin + usize::from(is_quoted);
        let end = if is_quoted {
            closing_quote(record, text)
        } else {
            memchr(b',', &record[text..]).map_or(record.len(), |length| text + length)
        };
        let cell = &record[text..end];
        let is_text = matches!(kind, Kind::Text | Kind::NumberText | Kind::Json);
        if is_text && may_run(cell) && !(*kind == Kind::NumberText && is_number(cell)) {
            found(text);
        }
        // Behind the quote and the comma.
        begin = (end + usize::from(is_quoted) + 1).min(record.len());
    }
}

/// Where the quote stands that ends the text which begins at `text`; quotes of its own are doubled.
fn closing_quote(record: &[u8], text: usize) -> usize {
    let mut from = text;
    while let Some(length) = memchr(b'"', &record[from..]) {
        let quote = from + length;
        if record.get(quote + 1) != Some(&b'"') {
            return quote;
        }
        from = quote + 2;
    }
    record.len()
}

fn may_run(cell: &[u8]) -> bool {
    match cell.first() {
        // Letters, digits and their neighbours: nearly all texts begin with one.
        None | Some(b'.'..=b'<' | b'A'..=b'~') => false,
        Some(_) => std::str::from_utf8(cell).is_ok_and(is_formula),
    }
}

/// `-1.5`, `2e-7`, `-Infinity`: a sign, and what PostgreSQL spells a number like.
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
    let is_whole = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let (whole, fraction) = match mantissa.iter().position(|byte| *byte == b'.') {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &mantissa[..0]),
    };
    let is_exponent = exponent.is_none_or(|exponent| {
        let digits = exponent
            .strip_prefix(b"-")
            .or_else(|| exponent.strip_prefix(b"+"));
        is_whole(digits.unwrap_or(exponent))
    });
    is_whole(whole) && fraction.iter().all(u8::is_ascii_digit) && is_exponent
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guarded(record: &str, kinds: &[Kind]) -> String {
        let (mut out, mut copied) = (String::new(), 0);
        for_each_formula(record.as_bytes(), kinds, |at| {
            out.push_str(&record[copied..at]);
            out.push('\'');
            copied = at;
        });
        out.push_str(&record[copied..]);
        out
    }

    #[test]
    fn cells_are_found_whatever_stands_in_quotes() {
        use Kind::{Json, Numeric, Plain, Text};
        let kinds = [Plain, Text, Numeric, Text, Json, Text];
        let record = "=id,\"=a,\"\"b\"\"\r\n,\",-1,,\"{\"\"a\"\": 1}\",\"\"";
        assert_eq!(
            guarded(record, &kinds),
            "=id,\"'=a,\"\"b\"\"\r\n,\",-1,,\"{\"\"a\"\": 1}\",\"\""
        );
        assert_eq!(
            guarded(",@x,,\"\"\"=1\",,-", &kinds),
            ",'@x,,\"\"\"=1\",,'-"
        );
        assert_eq!(guarded("", &[Text]), "");
    }

    #[test]
    fn a_text_that_spells_a_number_is_left_alone() {
        for number in ["-1", "+1.50", "-2e-7", "-1.E+3", "-Infinity"] {
            assert_eq!(guarded(number, &[Kind::NumberText]), number);
            assert_eq!(guarded(number, &[Kind::Text]), format!("'{number}"));
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
            assert_eq!(guarded(text, &[Kind::NumberText]), format!("'{text}"));
        }
    }

    proptest! {
        #[test]
        fn a_guarded_record_is_the_record_of_guarded_texts(texts in prop::collection::vec(".{0,8}|[=+\\-@ \t\n\",]{1,6}", 1..6)) {
            let spelled = |texts: &[String]| {
                let quoted = texts.iter().map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
                quoted.collect::<Vec<_>>().join(",")
            };
            let safe: Vec<String> = texts.iter().map(|text| domain::csv::guarded(text).into_owned()).collect();
            let kinds = vec![Kind::Text; texts.len()];
            prop_assert_eq!(guarded(&spelled(&texts), &kinds), spelled(&safe));
        }
    }
}
