//! Pieces of SQL that several views share.

use std::fmt::Write as _;

use domain::filter::Words;
use unicode_normalization::UnicodeNormalization as _;

use crate::sql::{Sql, like_anywhere, sql};

/// The document of a json column where `->>` can read it, else NULL.
///
/// PostgreSQL's `json` accepts `\u0000` and lone surrogates on input, and raises an error when a text
/// is taken out of such a document: one hostile row would break every list. Escaped backslashes and
/// proper pairs are set aside before the rest is looked at; a document without `\u` is not looked at.
/// Nor is a document read that holds thousands of brackets: nested deep enough, it was stored all the
/// same and exhausts the stack when a path is followed.
pub fn readable(column: &'static str) -> Sql {
    Sql::template(
        r"(CASE WHEN length({column}::text) > 4000 AND length({column}::text) - length(translate({column}::text, '[{', '')) > 4000 THEN NULL WHEN strpos({column}::text, '\u') = 0 THEN {column} WHEN regexp_replace(regexp_replace({column}::text, '\\\\', '', 'g'), '\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}', '', 'g') !~* '\\u(0000|d[89a-f])' THEN {column} END)",
        &[("column", column.into())],
    )
}

/// That a row of `audit_log` is a rejected attempt. A rejection by the kill switch is two rows, an error
/// and a warning milliseconds later: the warning counts.
pub fn rejected_attempt() -> Sql {
    Sql::template(
        "event_type = 'TRADE_REJECTED' AND NOT (severity = 'error' \
         AND coalesce({details}->>'reason', '') = 'kill_switch_active')",
        &[("details", readable("details"))],
    )
}

/// The number that a text spells, else NULL; small enough never to overflow.
pub fn number(text: impl Into<Sql>) -> Sql {
    Sql::template(
        r"(CASE WHEN {text} ~ '^-?[0-9]{1,30}(\.[0-9]{1,60})?([eE][-+]?[0-9]{1,2})?$' THEN ({text})::double precision END)",
        &[("text", text.into())],
    )
}

/// ` AND` that every word occurs in one of the `columns`, whatever its case and its Unicode form.
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

/// As [`and_search`] in json columns, where a character may stand as its escape.
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

/// That `word` occurs in `text`, whatever its case. One of ASCII alone is looked for as it is stored, by the rules of
/// collation `C`: they know no other letters, and PostgreSQL reads nearly twice as many rows a second by them. One without
/// letters, like a price, has no case; that is nearly twice as fast again. What stands behind its last letter does not
/// matter: `zu` is found in `zu` with a combining mark.
///
/// Of any other word the form does not matter, nor that of the text: both are compared in normalization form C. A text of
/// ASCII alone is not normalized.
fn push_occurs(sql: &mut Sql, text: &Sql, word: &str) {
    let has_case = word.chars().any(char::is_alphabetic);
    let like = if has_case { " ILIKE " } else { " LIKE " };
    if word.is_ascii() {
        sql.push(text).push(" COLLATE \"C\"").push(like);
        sql.text(&like_anywhere(word));
        return;
    }
    let composed: String = word.nfc().collect();
    // A few characters, like the sign of Kelvin, are composed to one of ASCII.
    if !composed.is_ascii() {
        sql.push("octet_length(").push(text).push(") > length(");
        sql.push(text).push(") AND ");
    }
    sql.push("normalize(").push(text).push(", NFC)").push(like);
    sql.text(&like_anywhere(&composed));
}

/// How else a word of ASCII may stand inside stored json: with quotes and backslashes escaped.
fn json_spellings(word: &str) -> Option<String> {
    let escaped: String = word.chars().map(json_escaped).collect();
    (escaped != word).then_some(escaped)
}

/// A character as Python's `json.dumps` writes it: quotes and backslashes escaped, and what is outside ASCII as its UTF-16
/// units.
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

/// A regular expression, to be matched whatever the case, that finds a word inside stored json where any of its characters
/// may stand as escapes, in normalization form C or D.
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

/// The regular expression of one character inside stored json. An escape hides its letter's case.
fn as_is_or_escaped(char: char) -> String {
    if char.is_ascii_alphanumeric() {
        return char.to_string();
    }
    let literal = |text: &str| text.replace('\\', r"\\");
    if char.is_ascii() {
        let escaped = literal(&json_escaped(char));
        return if matches!(char, '"' | '\\') {
            // The backslash of the escape is literal by now.
            escaped
        } else {
            format!("\\{char}")
        };
    }
    let mut spellings = vec![char.to_string()];
    // A letter whose other case is two, or one of ASCII, has no other here: ILIKE knows none either.
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
    fn a_word_in_json_is_itself_or_its_escapes_in_both_forms() {
        assert_eq!(
            escapable("zÜ.\"\\"),
            "z(?:(?:Ü|\\\\u00dc|\\\\u00fc)|U(?:\u{308}|\\\\u0308))\\.\\\\\"\\\\\\\\"
        );
        assert_eq!(escapable("ß"), r"(?:ß|\\u00df)");
        assert_eq!(escapable("中"), r"(?:中|\\u4e2d)");
        assert_eq!(escapable("😀"), r"(?:😀|\\ud83d\\ude00)");
    }
}
