//! What a reviewer types, and what of it can be signed.

use super::Verdict;
use crate::filter::Choice;

/// Fewest characters of a note.
pub const SHORTEST_NOTE: usize = 10;
/// Most characters of a note.
pub const LONGEST_NOTE: usize = 5_000;
/// Most characters of the cause, and of what was done.
pub const LONGEST_LINE: usize = 500;

/// A review as it was typed: kept, so that a form that is refused loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The verdict's word.
    pub verdict: String,
    /// Why it happened.
    pub cause: String,
    /// What was done.
    pub action: String,
    /// Markdown.
    pub note: String,
}

/// A review that can be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What they make of it.
    pub verdict: Verdict,
    /// Why it happened; may be empty.
    pub cause: String,
    /// What was done; may be empty.
    pub action: String,
    /// Markdown, [`SHORTEST_NOTE`] to [`LONGEST_NOTE`] characters.
    pub note: String,
}

/// A field that cannot be taken: which one, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The form field's name.
    pub field: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Draft {
    /// Reads the fields. Line breaks are one character, white space around a text is none.
    ///
    /// # Errors
    /// Every field that cannot be taken.
    pub fn check(&self) -> Result<Statement, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mut wrong = |field, message: String| errors.push(FieldError { field, message });
        let verdict = Verdict::WORDS
            .iter()
            .find(|(_, word)| *word == self.verdict)
            .map(|(verdict, _)| *verdict);
        if verdict.is_none() {
            wrong("verdict", format!("takes {}", Verdict::SENTENCE));
        }
        let [cause, action, note] = [&self.cause, &self.action, &self.note].map(|text| tidy(text));
        for (field, text) in [("cause", &cause), ("action", &action)] {
            let length = text.chars().count();
            if length > LONGEST_LINE {
                let message = format!("takes at most {LONGEST_LINE} characters; this has {length}");
                wrong(field, message);
            }
        }
        let length = note.chars().count();
        if !(SHORTEST_NOTE..=LONGEST_NOTE).contains(&length) {
            let message =
                format!("takes {SHORTEST_NOTE} to {LONGEST_NOTE} characters; this has {length}");
            wrong("note", message);
        }
        for (field, text) in [("cause", &cause), ("action", &action), ("note", &note)] {
            if text.contains('\0') {
                wrong(
                    field,
                    "holds a NUL character, which cannot be stored".to_owned(),
                );
            }
        }
        match verdict {
            Some(verdict) if errors.is_empty() => Ok(Statement {
                verdict,
                cause,
                action,
                note,
            }),
            _ => Err(errors),
        }
    }
}

/// Browsers send line breaks as CR LF.
fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}
