//! The sign for "not" before a parameter's value, and how a text is written that begins with it.

/// How many backslashes stand before the first `!`, where nothing else does.
fn backslashes_before_sign(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches('\\');
    rest.starts_with('!').then_some(text.len() - rest.len())
}

/// A text as a URL has it.
///
/// A value is its text, letter by letter. Only a `!` at its beginning is a sign, and only a text that begins
/// with `!`, or with backslashes and then `!`, is written with one `\` more before it: `!x` as `\!x`, `\!x` as
/// `\\!x`; `\x27` stays `\x27`.
#[must_use]
pub fn escaped(text: &str) -> String {
    match backslashes_before_sign(text) {
        Some(_) => format!("\\{text}"),
        None => text.to_owned(),
    }
}

/// A URL's value taken apart: whether it begins with the sign for "not", and its text. The reverse of
/// [`escaped`], with a `!` before it or without.
#[must_use]
pub fn unescaped(value: &str) -> (bool, &str) {
    let (is_not, rest) = match value.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, value),
    };
    match backslashes_before_sign(rest) {
        Some(1..) => (is_not, &rest[1..]),
        _ => (is_not, rest),
    }
}
