//! Pieces of SQL that several views share.

use std::borrow::Borrow;
use std::fmt::Write as _;

use domain::filter::{AnyOf, Choice, ConfidenceRange, FilterValue, Text, Window, Words};

use crate::sql::{Sql, like_anywhere};

/// The document of a json column where `->>` can read it, else NULL.
///
/// PostgreSQL's `json` accepts `\u0000` and lone surrogates on input, and raises an error when a text
/// is taken out of such a document: one hostile row would break every list. Escaped backslashes and
/// proper pairs are set aside before the rest is looked at; a document without `\u` is not looked at.
/// Nor is a document read that holds thousands of brackets: nested deep enough, it was stored all the
/// same and exhausts the stack when a path is followed.
pub fn readable(column: &str) -> String {
    format!(
        r"(CASE WHEN length({column}::text) > 4000 AND length({column}::text) - length(translate({column}::text, '[{{', '')) > 4000 THEN NULL WHEN strpos({column}::text, '\u') = 0 THEN {column} WHEN regexp_replace(regexp_replace({column}::text, '\\\\', '', 'g'), '\\u[dD][89abAB][0-9a-fA-F]{{2}}\\u[dD][c-fC-F][0-9a-fA-F]{{2}}', '', 'g') !~* '\\u(0000|d[89a-f])' THEN {column} END)"
    )
}

/// That a row of `audit_log` is a rejected attempt. A rejection by the kill switch is two rows, an error
/// and a warning milliseconds later: the warning counts.
pub fn rejected_attempt() -> String {
    format!(
        "event_type = 'TRADE_REJECTED' AND NOT (severity = 'error' \
         AND coalesce({}->>'reason', '') = 'kill_switch_active')",
        readable("details")
    )
}

/// The number that a text spells, else NULL; small enough never to overflow.
pub fn number(text: &str) -> String {
    format!(
        r"(CASE WHEN {text} ~ '^-?[0-9]{{1,30}}(\.[0-9]{{1,60}})?([eE][-+]?[0-9]{{1,2}})?$' THEN ({text})::double precision END)"
    )
}

/// ` AND` the time window of `column`.
pub fn and_window(sql: &mut Sql, column: &str, window: Window) {
    if let Some(from) = window.from {
        sql.push(" AND ").push(column).push(" >= ").moment(from);
    }
    if let Some(to) = window.to {
        sql.push(" AND ").push(column).push(" <= ").moment(to);
    }
}

/// ` AND` that `expression` is one of the wanted texts and none of the unwanted. A NULL is no text:
/// it is never wanted and never unwanted.
pub fn and_text(sql: &mut Sql, expression: &str, wanted: &AnyOf<Text>) {
    let texts = |list: &[Text]| list.iter().map(|text| text.0.clone()).collect();
    and_values(sql, expression, texts(&wanted.any), texts(&wanted.not));
}

/// As [`and_text`], of words.
pub fn and_words<T: Choice>(sql: &mut Sql, expression: &str, wanted: &AnyOf<T>) {
    let words = |list: &[T]| list.iter().map(FilterValue::print).collect();
    and_values(sql, expression, words(&wanted.any), words(&wanted.not));
}

fn and_values(sql: &mut Sql, expression: &str, any: Vec<String>, not: Vec<String>) {
    match any.as_slice() {
        [] => {}
        [one] => {
            sql.push(" AND ").push(expression).push(" = ").text(one);
        }
        _ => {
            sql.push(" AND ")
                .push(expression)
                .push(" = ANY(")
                .texts(any)
                .push(")");
        }
    }
    if !not.is_empty() {
        sql.push(" AND (")
            .push(expression)
            .push(" = ANY(")
            .texts(not)
            .push(")) IS NOT TRUE");
    }
}

/// ` AND` the conditions of a choice whose values are SQL conditions of their own: any of the wanted,
/// none of the unwanted.
pub fn and_conditions<T: Choice, S: Borrow<str>>(
    sql: &mut Sql,
    wanted: &AnyOf<T>,
    condition: impl Fn(T) -> S,
) {
    let joined = |list: &[T]| {
        let all: Vec<S> = list.iter().map(|value| condition(*value)).collect();
        all.join(" OR ")
    };
    if !wanted.any.is_empty() {
        sql.push(" AND (").push(&joined(&wanted.any)).push(")");
    }
    if !wanted.not.is_empty() {
        sql.push(" AND (")
            .push(&joined(&wanted.not))
            .push(") IS NOT TRUE");
    }
}

/// ` AND` that the `double precision` `expression` lies in the range. NaN, which PostgreSQL sorts above
/// every number, lies in none.
pub fn and_confidence(sql: &mut Sql, expression: &str, range: ConfidenceRange) {
    if let Some(min) = range.min {
        sql.push(" AND ").push(expression).push(" >= ").float(min);
        sql.push(" AND ").push(expression).push(" <> 'NaN'");
    }
    if let Some(max) = range.max {
        sql.push(" AND ").push(expression).push(" <= ").float(max);
    }
}

/// ` AND` that every word occurs in one of the `columns`, whatever its case.
pub fn and_search(sql: &mut Sql, columns: &[&str], words: &Words) {
    for word in words.as_slice() {
        sql.push(" AND (");
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                sql.push(" OR ");
            }
            push_occurs(sql, column, word);
        }
        sql.push(")");
    }
}

/// As [`and_search`] in json columns, where a character may stand as its escape.
pub fn and_search_json(sql: &mut Sql, texts: &[&str], json: &str, words: &Words) {
    for word in words.as_slice() {
        sql.push(" AND (");
        for text in texts {
            push_occurs(sql, text, word);
            sql.push(" OR ");
        }
        let json = format!("{json}::text");
        push_occurs(sql, &json, word);
        for escaped in json_spellings(word) {
            sql.push(" OR ");
            push_occurs(sql, &json, &escaped);
        }
        sql.push(")");
    }
}

/// That `word` occurs in `text`, whatever its case. One of ASCII alone is looked for by the rules of collation `C`: they
/// know no other letters, and PostgreSQL reads nearly twice as many rows a second by them. One without letters, like a
/// price, has no case; that is nearly twice as fast again.
fn push_occurs(sql: &mut Sql, text: &str, word: &str) {
    sql.push(text);
    if word.is_ascii() {
        sql.push(" COLLATE \"C\"");
    }
    let has_case = word.chars().any(char::is_alphabetic);
    sql.push(if has_case { " ILIKE " } else { " LIKE " })
        .text(&like_anywhere(word));
}

/// How else a word may stand inside stored json. An escape hides its letter's case from `ILIKE`, so each
/// case has a spelling of its own.
fn json_spellings(word: &str) -> Vec<String> {
    let mut spellings = Vec::new();
    for cased in [word.to_owned(), word.to_lowercase(), word.to_uppercase()] {
        let escaped = json_escaped(&cased);
        if escaped != cased && !spellings.contains(&escaped) {
            spellings.push(escaped);
        }
    }
    spellings
}

/// The word as Python's `json.dumps` writes it: quotes and backslashes escaped, and what is outside ASCII
/// as its UTF-16 units.
fn json_escaped(word: &str) -> String {
    let mut escaped = String::with_capacity(word.len() * 3);
    for char in word.chars() {
        if matches!(char, '"' | '\\') {
            escaped.push('\\');
        }
        if char.is_ascii() {
            escaped.push(char);
            continue;
        }
        for unit in char.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "\\u{unit:04x}");
        }
    }
    escaped
}
