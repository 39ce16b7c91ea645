//! Writes CSV as in RFC 4180, with the conventions of PostgreSQL's `COPY … (FORMAT csv)`: NULL is an empty field, an
//! empty string is `""`. Lines end with CRLF.

use std::borrow::Cow;

use crate::invisible::{INVISIBLE, is_invisible};

/// Characters that make a spreadsheet evaluate a text cell as a formula when it begins with one of them: those of
/// OWASP's "CSV Injection", NUL, which some programs skip, and full-width forms that some read as the plain ones.
pub const FORMULA_STARTS: [char; 12] = [
    '=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠',
];

/// White space that is not in [`INVISIBLE`]: first and last of each range.
const SPACES: [(char, char); 7] = [
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
];

/// Characters before a formula that a spreadsheet may trim or not show: first and last of each range.
pub fn trimmed() -> impl Iterator<Item = (char, char)> {
    SPACES.into_iter().chain(INVISIBLE)
}

/// Whether [`trimmed`] has this character.
fn is_trimmed(char: char) -> bool {
    char.is_whitespace() || is_invisible(char)
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Null,
    /// Text that a person may have written; needs the formula guard.
    Text(String),
    /// A number, a time, an id or a fixed word; never guarded.
    Plain(String),
}

/// Whether cells that a spreadsheet would evaluate as formulas get a leading `'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FormulaGuard {
    /// Guard formulas.
    #[default]
    On,
    /// Write cells as stored (`raw=1`).
    Off,
}

/// Whether a spreadsheet may evaluate a text cell: it begins with one of [`FORMULA_STARTS`], possibly after [`trimmed`]
/// characters.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    let decides = |char: &char| FORMULA_STARTS.contains(char) || !is_trimmed(*char);
    let first = text.chars().find(decides);
    first.is_some_and(|char| FORMULA_STARTS.contains(&char))
}

/// The text with a leading `'` if it [`is_formula`].
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// Appends the header line of these columns.
pub fn push_header(out: &mut String, columns: &[&str]) {
    out.push_str(&columns.join(","));
    out.push_str("\r\n");
}

/// Appends one line.
pub fn push_row(out: &mut String, cells: &[Cell], guard: FormulaGuard) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        match cell {
            Cell::Null => {}
            Cell::Text(text) if guard == FormulaGuard::On => push_field(out, &guarded(text)),
            Cell::Text(text) | Cell::Plain(text) => push_field(out, text),
        }
    }
    out.push_str("\r\n");
}

fn push_field(out: &mut String, text: &str) {
    if text.is_empty() || text.contains([',', '"', '\r', '\n']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(cells: &[Cell], guard: FormulaGuard) -> String {
        let mut out = String::new();
        push_row(&mut out, cells, guard);
        out
    }

    #[test]
    fn null_and_empty_differ_and_quotes_are_doubled() {
        let cells = [
            Cell::Null,
            Cell::Text(String::new()),
            Cell::Text("a \"b\", c".to_owned()),
            Cell::Plain("-1.5".to_owned()),
        ];
        assert_eq!(
            line(&cells, FormulaGuard::On),
            ",\"\",\"a \"\"b\"\", c\",-1.5\r\n"
        );
    }

    #[test]
    fn formulas_are_guarded_only_in_text_and_only_if_requested() {
        for start in FORMULA_STARTS {
            let text = format!("{start}1");
            assert_eq!(guarded(&text), format!("'{text}"));
        }
        for text in [
            " =1",
            "\u{a0}\u{feff}＝1",
            "\u{200b}@x",
            "\u{1}\u{85}-1",
            " \t",
        ] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", " ", "\u{feff}", "'=1", " x=1", "ä=1", "\u{308}=1"] {
            assert_eq!(guarded(text), text, "{text:?}");
        }
        let cells = [Cell::Text("=1+1".to_owned()), Cell::Plain("-1".to_owned())];
        assert_eq!(line(&cells, FormulaGuard::On), "'=1+1,-1\r\n");
        assert_eq!(line(&cells, FormulaGuard::Off), "=1+1,-1\r\n");
    }
    #[test]
    fn trimmed_covers_white_space_and_invisible_characters() {
        for char in '\0'..=char::MAX {
            let listed = trimmed().any(|(first, last)| first <= char && char <= last);
            assert_eq!(listed, is_trimmed(char), "{char:?}");
        }
    }
}
