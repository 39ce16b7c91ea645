//! The sign `!` for "not" before a parameter's value, and the escaping of texts that begin with it.

/// The number of backslashes before the first `!`, if nothing else is before it.
fn backslashes_before_sign(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches('\\');
    rest.starts_with('!').then_some(text.len() - rest.len())
}

/// Escapes a text for a URL.
///
/// Only a leading `!` is special. A text that begins with `!`, or with backslashes followed by `!`, gets one more
/// leading backslash: `!x` becomes `\!x`, `\!x` becomes `\\!x`; `\x27` is unchanged.
#[must_use]
pub fn escaped(text: &str) -> String {
    match backslashes_before_sign(text) {
        Some(_) => format!("\\{text}"),
        None => text.to_owned(),
    }
}

/// Splits a URL's value into the negation and the unescaped text: the reverse of [`escaped`] with an optional `!`
/// before it.
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
