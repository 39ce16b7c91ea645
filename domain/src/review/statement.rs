//! Input of a review form, and its validation.

use super::Verdict;
use crate::filter::ParamEnum;
use crate::form::{FieldError, tidy, wrong_text};

/// Minimum number of characters of a note.
pub const SHORTEST_NOTE: usize = 10;
/// Maximum number of characters of a note.
pub const LONGEST_NOTE: usize = 5_000;
/// Maximum number of characters of the cause and of the action.
pub const LONGEST_LINE: usize = 500;

/// A review as typed. Kept so that a rejected form loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The verdict's word.
    pub verdict: String,
    /// The cause.
    pub cause: String,
    /// The action taken.
    pub action: String,
    /// The note, in Markdown.
    pub note: String,
}

/// A valid review, ready to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The verdict.
    pub verdict: Verdict,
    /// The cause; may be empty.
    pub cause: String,
    /// The action taken; may be empty.
    pub action: String,
    /// The note in Markdown, [`SHORTEST_NOTE`] to [`LONGEST_NOTE`] characters.
    pub note: String,
}

impl Draft {
    /// Validates the fields. CR LF becomes LF, and surrounding white space is removed.
    ///
    /// # Errors
    /// Every invalid field.
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
