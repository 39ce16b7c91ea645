//! SQL fragments that several views share.

use std::fmt::Write as _;

use domain::filter::Words;
use unicode_normalization::UnicodeNormalization as _;

use crate::sql::{Sql, like_anywhere, sql};

/// SQL of a JSON column that is NULL where `->>` would fail.
///
/// PostgreSQL's `json` type accepts `\u0000` and lone surrogates on input but raises an error when such a text is
/// extracted, so that one hostile row would break every list. Escaped backslashes and valid surrogate pairs are removed
/// before the check; documents without `\u` skip it. Documents with thousands of brackets are NULL, too: they can be
/// stored, but following a path in them exhausts the stack.
pub fn readable(column: &'static str) -> Sql {
    Sql::template(
        r"(CASE WHEN length({column}::text) > 4000 AND length({column}::text) - length(translate({column}::text, '[{', '')) > 4000 THEN NULL WHEN strpos({column}::text, '\u') = 0 THEN {column} WHEN regexp_replace(regexp_replace({column}::text, '\\\\', '', 'g'), '\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}', '', 'g') !~* '\\u(0000|d[89a-f])' THEN {column} END)",
        &[("column", column.into())],
    )
}

/// Condition: a row of `audit_log` is a rejected attempt. A rejection by the kill switch has two rows, an error and a
/// warning milliseconds later; only the warning counts.
pub fn rejected_attempt() -> Sql {
    Sql::template(
        "event_type = 'TRADE_REJECTED' AND NOT (severity = 'error' \
         AND coalesce({details}->>'reason', '') = 'kill_switch_active')",
        &[("details", readable("details"))],
    )
}

/// SQL of a text's numeric value, NULL if it is not a number. Digits are limited so that it cannot overflow.
pub fn number(text: impl Into<Sql>) -> Sql {
    Sql::template(
        r"(CASE WHEN {text} ~ '^-?[0-9]{1,30}(\.[0-9]{1,60})?([eE][-+]?[0-9]{1,2})?$' THEN ({text})::double precision END)",
        &[("text", text.into())],
    )
}

/// Appends ` AND` every word occurs in one of the `columns`, regardless of case and Unicode form.
pub fn and_search(sql: &mut Sql, columns: &[&'static str], words: &Words) {
    for word in words.as_slice() {
        sql.push(" AND (");
        for (at, column) in columns.iter().copied().enumerate() {
            if at > 0 {
                sql.push(" OR ");
            }
            push_occurs(sql, &Sql::new(column), word);
        }
        sql.push(")");
    }
}

/// As [`and_search`], also in a JSON column, where characters may be escaped.
pub fn and_search_json(sql: &mut Sql, texts: &[&'static str], json: &'static str, words: &Words) {
    let json = sql![json, "::text"];
    for word in words.as_slice() {
        sql.push(" AND (");
        for text in texts.iter().copied() {
            push_occurs(sql, &Sql::new(text), word);
            sql.push(" OR ");
        }
        push_occurs(sql, &json, word);
        if word.is_ascii() {
            if let Some(escaped) = json_spellings(word) {
                sql.push(" OR ");
                push_occurs(sql, &json, &escaped);
            }
        } else {
            sql.push(" OR (strpos(").push(&json);
            sql.push(r", '\') > 0 AND ").push(&json);
            sql.push(" ~* ").text(&escapable(word)).push(")");
        }
        sql.push(")");
    }
}

/// Appends the condition that `word` occurs in `text`, regardless of case. An ASCII word is searched with collation
/// `C`, which is nearly twice as fast. A word without letters, such as a price, uses `LIKE`, which is nearly twice as
/// fast again. Combining marks after the last letter are ignored: `zu` matches `zu` with a combining mark.
///
/// Other words are compared in normalization form C. ASCII texts are not normalized.
fn push_occurs(sql: &mut Sql, text: &Sql, word: &str) {
    let has_case = word.chars().any(char::is_alphabetic);
    let like = if has_case { " ILIKE " } else { " LIKE " };
    if word.is_ascii() {
        sql.push(text).push(" COLLATE \"C\"").push(like);
        sql.text(&like_anywhere(word));
        return;
    }
    let composed: String = word.nfc().collect();
    // A few characters, such as the Kelvin sign, normalize to ASCII.
    if !composed.is_ascii() {
        sql.push("octet_length(").push(text).push(") > length(");
        sql.push(text).push(") AND ");
    }
    sql.push("normalize(").push(text).push(", NFC)").push(like);
    sql.text(&like_anywhere(&composed));
}

/// The escaped form of an ASCII word in stored JSON, if it differs: quotes and backslashes are escaped.
fn json_spellings(word: &str) -> Option<String> {
    let escaped: String = word.chars().map(json_escaped).collect();
    (escaped != word).then_some(escaped)
}

/// A character as Python's `json.dumps` writes it: quotes and backslashes escaped, characters outside ASCII as UTF-16
/// escapes.
fn json_escaped(char: char) -> String {
    if char.is_ascii() {
        let before = if matches!(char, '"' | '\\') { "\\" } else { "" };
        return format!("{before}{char}");
    }
    let units = char.encode_utf16(&mut [0; 2]).to_vec();
    units.iter().fold(String::new(), |mut text, unit| {
        // Writing into a `String` cannot fail.
        let _ = write!(text, "\\u{unit:04x}");
        text
    })
}

/// A case-insensitive regular expression that finds a word in stored JSON where any character may be escaped, in
/// normalization form C or D.
fn escapable(word: &str) -> String {
    word.nfc().fold(String::new(), |mut pattern, char| {
        let composed = as_is_or_escaped(char);
        let decomposed: String = std::iter::once(char).nfd().map(as_is_or_escaped).collect();
        // Writing to a String cannot fail.
        let _ = if composed == decomposed {
            write!(pattern, "{composed}")
        } else {
            write!(pattern, "(?:{composed}|{decomposed})")
        };
        pattern
    })
}

/// The regular expression of one character in stored JSON. Escapes of both cases are listed, since matching cannot
/// ignore the case of an escape.
fn as_is_or_escaped(char: char) -> String {
    if char.is_ascii_alphanumeric() {
        return char.to_string();
    }
    let literal = |text: &str| text.replace('\\', r"\\");
    if char.is_ascii() {
        let escaped = literal(&json_escaped(char));
        return if matches!(char, '"' | '\\') {
            // The backslash of the escape is already literal.
            escaped
        } else {
            format!("\\{char}")
        };
    }
    let mut spellings = vec![char.to_string()];
    // Other cases that are two characters or ASCII are left out, as ILIKE does not match them either.
    for cased in [
        char.to_string(),
        char.to_lowercase().collect(),
        char.to_uppercase().collect(),
    ] {
        let escaped = literal(&cased.chars().map(json_escaped).collect::<String>());
        if cased.chars().count() == 1 && !cased.is_ascii() && !spellings.contains(&escaped) {
            spellings.push(escaped);
        }
    }
    format!("(?:{})", spellings.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_search_matches_escapes_in_both_normalization_forms() {
        assert_eq!(
            escapable("zÜ.\"\\"),
            "z(?:(?:Ü|\\\\u00dc|\\\\u00fc)|U(?:\u{308}|\\\\u0308))\\.\\\\\"\\\\\\\\"
        );
        assert_eq!(escapable("ß"), r"(?:ß|\\u00df)");
        assert_eq!(escapable("中"), r"(?:中|\\u4e2d)");
        assert_eq!(escapable("😀"), r"(?:😀|\\ud83d\\ude00)");
    }
}
