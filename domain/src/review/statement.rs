//! What a reviewer types, and what of it can be signed.

use super::Verdict;
use crate::filter::ParamEnum;
use crate::form::{FieldError, tidy, wrong_text};

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

impl Draft {
    /// Reads the fields. Line breaks are one character, white space around a text is none.
    ///
    /// # Errors
    /// Every field that cannot be taken.
    pub fn check(&self) -> Result<Statement, Vec<FieldError>> {
        let mut errors = Vec::new();
        let verdict = Verdict::VALUES
            .iter()
            .find(|(_, word)| *word == self.verdict)
            .map(|(verdict, _)| *verdict);
        if verdict.is_none() {
            let message = format!("takes {}", Verdict::EXPECTED);
            errors.push(FieldError::new("verdict", message));
        }
        let [cause, action, note] = [&self.cause, &self.action, &self.note].map(|text| tidy(text));
        for (field, text, takes) in [
            ("cause", &cause, 0..=LONGEST_LINE),
            ("action", &action, 0..=LONGEST_LINE),
            ("note", &note, SHORTEST_NOTE..=LONGEST_NOTE),
        ] {
            errors.extend(wrong_text(field, text, takes));
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
