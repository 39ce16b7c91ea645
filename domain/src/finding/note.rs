//! Notes of users about findings.

use std::ops::RangeInclusive;

use crate::account::Subject as Account;
use crate::filter::ParamEnum;
use crate::form::{FieldError, tidy, wrong_text};
use crate::time::Timestamp;

/// An author's assessment of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Known, and being dealt with.
    Acknowledged,
    /// There is a legitimate reason for it.
    Explained,
}

impl Answer {
    /// Label for people: `Acknowledged`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Acknowledged => "Acknowledged",
            Self::Explained => "Explained",
        }
    }
}

/// A note about a finding. Notes are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Number of the note, from 1.
    pub number: u32,
    /// The author's assessment.
    pub answer: Answer,
    /// The explanation, in plain text.
    pub text: String,
    /// The author.
    pub author: Account,
    /// The author's e-mail at that time.
    pub author_email: String,
    /// When it was written.
    pub at: Timestamp,
    /// The finding's summary as the author saw it.
    pub about: String,
}

impl ParamEnum for Answer {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Acknowledged, "acknowledged"),
        (Self::Explained, "explained"),
    ];
    const EXPECTED: &'static str = "acknowledged or explained";
}

/// Permitted number of characters of a note's text.
pub const NOTE_LENGTH: RangeInclusive<usize> = 10..=5_000;

/// A note as typed. Kept so that a rejected form loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteDraft {
    /// The word of the assessment.
    pub answer: String,
    /// Plain text.
    pub note: String,
}

/// A valid note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The author's assessment.
    pub answer: Answer,
    /// The explanation, [`NOTE_LENGTH`] characters.
    pub text: String,
}

impl NoteDraft {
    /// Validates the fields. CR LF becomes LF, and surrounding white space is removed.
    ///
    /// # Errors
    /// Every invalid field.
    pub fn check(&self) -> Result<Remark, Vec<FieldError>> {
        let answer = Answer::VALUES
            .iter()
            .find(|(_, word)| *word == self.answer)
            .map(|(answer, _)| *answer);
        let text = tidy(&self.note);
        let mut errors = Vec::new();
        if answer.is_none() {
            let message = format!("takes {}", Answer::EXPECTED);
            errors.push(FieldError::new("answer", message));
        }
        errors.extend(wrong_text("note", &text, NOTE_LENGTH));
        match answer {
            Some(answer) if errors.is_empty() => Ok(Remark { answer, text }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_needs_an_answer_and_a_text() {
        let check = |answer: &str, note: &str| {
            let draft = NoteDraft {
                answer: answer.to_owned(),
                note: note.to_owned(),
            };
            draft.check()
        };
        let remark = check("explained", "  two\r\nlines, trimmed \n").unwrap();
        assert_eq!(remark.answer, Answer::Explained);
        assert_eq!(remark.text, "two\nlines, trimmed");
        let fields = |errors: Vec<FieldError>| -> Vec<&'static str> {
            errors.iter().map(|error| error.field).collect()
        };
        assert_eq!(fields(check("", "short").unwrap_err()), ["answer", "note"]);
        let nul = check("acknowledged", "a NUL \0 in it").unwrap_err();
        assert_eq!(fields(nul), ["note"]);
        assert!(check("explained", &"🛑".repeat(5_000)).is_ok());
        assert!(check("explained", &"🛑".repeat(5_001)).is_err());
    }
}
