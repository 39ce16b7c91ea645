//! Turns a record of `COPY … (FORMAT csv)` into a line of the export: times in RFC 3339, formulas guarded by a `'`.
//! This happens here rather than in SQL because PostgreSQL's process is the bottleneck of an export.

use bytes::BytesMut;
use domain::csv::FormulaGuard;
use memchr::memchr;

use super::guard::is_guarded;
use super::times::push_time;
use domain::catalogue::Kind;

/// Appends the record, whose cells have these kinds, without a line ending.
pub fn push_record(line: &mut BytesMut, record: &[u8], kinds: &[Kind], guard: FormulaGuard) {
    let (mut copied, mut begin) = (0, 0);
    for kind in kinds {
        let is_quoted = record.get(begin) == Some(&b'"');
        let text = begin + usize::from(is_quoted);
        let end = if is_quoted {
            closing_quote(record, text)
        } else {
            memchr(b',', &record[text..]).map_or(record.len(), |length| text + length)
        };
        let cell = &record[text..end];
        if *kind == Kind::Time {
            line.extend_from_slice(&record[copied..text]);
            push_time(line, cell);
            copied = end;
        } else if guard == FormulaGuard::On && is_guarded(cell, *kind) {
            // The guard does not change whether a cell needs quotes.
            line.extend_from_slice(&record[copied..text]);
            line.extend_from_slice(b"'");
            copied = text;
        }
        // Skip the closing quote and the comma.
        begin = (end + usize::from(is_quoted) + 1).min(record.len());
    }
    line.extend_from_slice(&record[copied..]);
}

/// Offset of the closing quote of the text at `text`. Quotes inside the text are doubled.
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(record: &str, kinds: &[Kind], guard: FormulaGuard) -> String {
        let mut line = BytesMut::new();
        push_record(&mut line, record.as_bytes(), kinds, guard);
        String::from_utf8(line.to_vec()).unwrap()
    }

    #[test]
    fn cells_are_split_correctly_with_any_quoted_content() {
        use Kind::{Json, Numeric, Plain, Text, Time};
        let kinds = [Plain, Text, Numeric, Text, Json, Text, Time];
        let record = "=id,\"=a,\"\"b\"\"\r\n,\",-1,,\"{\"\"a\"\": 1}\",\"\",2026-11-28 01:02:03+00";
        assert_eq!(
            line(record, &kinds, FormulaGuard::On),
            "=id,\"'=a,\"\"b\"\"\r\n,\",-1,,\"{\"\"a\"\": 1}\",\"\",2026-11-28T01:02:03.000000Z"
        );
        assert_eq!(
            line(record, &kinds, FormulaGuard::Off),
            "=id,\"=a,\"\"b\"\"\r\n,\",-1,,\"{\"\"a\"\": 1}\",\"\",2026-11-28T01:02:03.000000Z"
        );
        assert_eq!(
            line(",@x,,\"\"\"=1\",,-,", &kinds, FormulaGuard::On),
            ",'@x,,\"\"\"=1\",,'-,"
        );
        assert_eq!(line("", &[Text], FormulaGuard::On), "");
    }

    proptest! {
        #[test]
        fn guarding_a_record_equals_guarding_each_text(texts in prop::collection::vec(".{0,8}|[=+\\-@ \t\n\",]{1,6}", 1..6)) {
            let spelled = |texts: &[String]| {
                let quoted = texts.iter().map(|text| format!("\"{}\"", text.replace('"', "\"\"")));
                quoted.collect::<Vec<_>>().join(",")
            };
            let safe: Vec<String> = texts.iter().map(|text| domain::csv::guarded(text).into_owned()).collect();
            let kinds = vec![Kind::Text; texts.len()];
            prop_assert_eq!(line(&spelled(&texts), &kinds, FormulaGuard::On), spelled(&safe));
        }
    }
}
