//! CSV as RFC 4180 has it, spelled as PostgreSQL's `COPY … (FORMAT csv)` spells it: NULL is an empty
//! field, an empty string is `""`. Lines end with CRLF.

/// First characters that make a spreadsheet run a text cell as a formula
/// (OWASP, "CSV Injection", and NUL, which some programs skip before looking).
pub const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0'];

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Null,
    /// Text that people wrote or may have written: guarded against formulas.
    Text(String),
    /// A number, a time, an id, a word of the console's own: never touched.
    Plain(String),
}

/// Whether cells that a spreadsheet would run get a leading `'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FormulaGuard {
    /// They do.
    #[default]
    On,
    /// `raw=1`: cells are exactly as stored.
    Off,
}

/// The text as a spreadsheet may safely show it.
#[must_use]
pub fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    if text.starts_with(FORMULA_STARTS) {
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
    fn null_and_empty_differ_and_quotes_double() {
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
    fn formulas_are_guarded_in_text_alone_and_on_demand() {
        for start in FORMULA_STARTS {
            let text = format!("{start}1");
            assert_eq!(guarded(&text), format!("'{text}"));
        }
        let cells = [Cell::Text("=1+1".to_owned()), Cell::Plain("-1".to_owned())];
        assert_eq!(line(&cells, FormulaGuard::On), "'=1+1,-1\r\n");
        assert_eq!(line(&cells, FormulaGuard::Off), "=1+1,-1\r\n");
    }
}
