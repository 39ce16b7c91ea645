//! Marks invisible characters of stored text, so that control characters cannot make one row look like another. Each is
//! shown as its code point in a box with its name as tooltip; in attributes and SVG text as its code point in brackets.
//! Exports and the API return the characters themselves.
//!
//! Joiners and selectors inside an emoji are not marked: they hide nothing, and without them 👩‍🚀 would become two emoji.
//! Everywhere else they are marked, even in scripts that need them, because values that differ must not look the same.

use std::borrow::Cow;
use std::fmt::Write as _;

use domain::invisible::is_invisible;
use unicode_properties::UnicodeEmoji as _;

use super::html::Html;

const JOINER: char = '\u{200d}';
const SELECTORS: [char; 2] = ['\u{fe0e}', '\u{fe0f}'];

/// Names of the most frequent of them, shown with the code point.
const NAMES: [(char, &str); 22] = [
    ('\0', "null"),
    ('\u{7}', "bell"),
    ('\u{8}', "backspace"),
    ('\u{1b}', "escape"),
    ('\u{7f}', "delete"),
    ('\u{ad}', "soft hyphen"),
    ('\u{61c}', "Arabic letter mark"),
    ('\u{200b}', "zero-width space"),
    ('\u{200c}', "zero-width non-joiner"),
    ('\u{200d}', "zero-width joiner"),
    ('\u{200e}', "left-to-right mark"),
    ('\u{200f}', "right-to-left mark"),
    ('\u{202a}', "left-to-right embedding"),
    ('\u{202b}', "right-to-left embedding"),
    ('\u{202c}', "end of an embedding or override"),
    ('\u{202d}', "left-to-right override"),
    ('\u{202e}', "right-to-left override"),
    ('\u{2060}', "word joiner"),
    ('\u{2066}', "left-to-right isolate"),
    ('\u{2067}', "right-to-left isolate"),
    ('\u{2069}', "end of an isolate"),
    ('\u{feff}', "byte order mark"),
];

/// The description of an invisible character.
fn name(char: char) -> &'static str {
    let known = NAMES.iter().find(|(known, _)| *known == char);
    match (known, char) {
        (Some((_, name)), _) => name,
        (None, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}') => "variation selector",
        (None, '\u{e0000}'..='\u{e007f}') => "tag character",
        (None, char) if char.is_control() => "control character",
        (None, _) => "invisible character",
    }
}

/// Whether nothing in the text can be hidden: one look at every byte.
fn is_plain(text: &str) -> bool {
    let is_odd = |byte: u8| byte >= 0x7f || byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    !text.bytes().fold(false, |any, byte| any | is_odd(byte))
}

/// The first character that must be marked, with its byte offset.
fn find_hidden(text: &str, from: usize) -> Option<(usize, char)> {
    let mut chars = text[from..].char_indices();
    chars
        .find(|(at, char)| {
            is_invisible(*char)
                && !matches!(char, '\t' | '\n' | '\r')
                && !is_in_emoji(
                    &text[..from + at],
                    *char,
                    &text[from + at + char.len_utf8()..],
                )
        })
        .map(|(at, char)| (from + at, char))
}

/// Whether `char`, a joiner or a selector, is a part of an emoji between what stands before and after it.
fn is_in_emoji(before: &str, char: char, after: &str) -> bool {
    let is_picture = |char: char| !char.is_ascii() && char.is_emoji_char();
    let mut before = before.chars().rev();
    if SELECTORS.contains(&char) {
        // `1️⃣` is one, too.
        return before.next().is_some_and(|char| {
            is_picture(char) || char.is_ascii_digit() || matches!(char, '#' | '*')
        });
    }
    let shown = before.find(|char| !SELECTORS.contains(char));
    char == JOINER && shown.is_some_and(is_picture) && after.chars().next().is_some_and(is_picture)
}

/// Appends stored text, with a mark for each character of it that cannot be seen.
pub fn write_visible(html: &mut Html, text: &str) {
    if is_plain(text) {
        html.text(text);
        return;
    }
    let mut shown = 0;
    while let Some((at, char)) = find_hidden(text, shown) {
        let code = u32::from(char);
        html.text(&text[shown..at])
            .raw("<span class=\"hidden-char\" title=\"");
        html.print(format_args!("U+{code:04X}, {}", name(char)))
            .raw("\">");
        html.print(format_args!("U+{code:04X}")).raw("</span>");
        shown = at + char.len_utf8();
    }
    html.text(&text[shown..]);
}

/// Stored text where markup is impossible: attributes, options, titles, SVG text.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut shown = 0;
    while let Some((at, char)) = find_hidden(text, shown) {
        out.push_str(&text[shown..at]);
        // Writing to a String cannot fail.
        let _ = write!(out, "[U+{:04X}]", u32::from(char));
        shown = at + char.len_utf8();
    }
    out.push_str(&text[shown..]);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        let mut html = Html::default();
        write_visible(&mut html, text);
        html.into_string()
    }

    #[test]
    fn what_cannot_be_seen_is_marked() {
        assert_eq!(
            html("a\u{202e}b"),
            "a<span class=\"hidden-char\" title=\"U+202E, right-to-left override\">U+202E</span>b"
        );
        for char in [
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{61c}',
            '\u{2060}',
            '\u{feff}',
            '\u{202a}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{ad}',
            '\u{85}',
            '\u{1b}',
            '\u{7f}',
            '\u{2028}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{e0041}',
            '\u{fff9}',
        ] {
            let marked = html(&format!("x{char}y"));
            assert!(!marked.contains(char), "{char:?}");
            assert_eq!(
                visible(&format!("x{char}y")),
                format!("x[U+{:04X}]y", u32::from(char))
            );
        }
    }

    #[test]
    fn what_can_be_seen_stays() {
        for text in [
            "plain",
            "two\nlines\tand\r",
            "zürich",
            "zu\u{308}rich",
            "中文",
            "עברית",
            "👩\u{200d}🚀",
            "❤\u{fe0f}",
            "🏳\u{fe0f}\u{200d}🌈",
            "👩🏽\u{200d}🚀",
            "1\u{fe0f}\u{20e3}",
            "🇦🇺",
        ] {
            assert_eq!(html(text), text);
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_joiner_outside_of_an_emoji_is_no_part_of_one() {
        for text in [
            "a\u{200d}🚀",
            "🚀\u{200d}a",
            "🚀\u{200d}",
            "\u{200d}🚀",
            "a\u{fe0f}",
            "👩\u{200d}\u{200d}🚀",
        ] {
            assert!(visible(text).contains("[U+"), "{text:?}");
        }
    }

    #[test]
    fn marks_leave_no_markup_of_the_text() {
        assert_eq!(
            html("<b>\u{200b}\"&"),
            "&lt;b&gt;<span class=\"hidden-char\" title=\"U+200B, zero-width space\">U+200B</span>&quot;&amp;"
        );
    }
}
