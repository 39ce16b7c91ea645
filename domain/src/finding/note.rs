//! What people write about findings.

use std::ops::RangeInclusive;

use crate::account::Subject as Account;
use crate::filter::ParamEnum;
use crate::form::{FieldError, tidy, wrong_text};
use crate::time::Timestamp;

/// What somebody makes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Known, and being seen to.
    Acknowledged,
    /// There is a reason for it.
    Explained,
}

impl Answer {
    /// As people read it: `Acknowledged`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Acknowledged => "Acknowledged",
            Self::Explained => "Explained",
        }
    }
}

/// What somebody wrote about a finding. Notes are added, never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The first is 1.
    pub number: u32,
    /// What they make of it.
    pub answer: Answer,
    /// Why, in plain text.
    pub text: String,
    /// Who.
    pub author: Account,
    /// Their e-mail when they wrote it.
    pub author_email: String,
    /// When.
    pub at: Timestamp,
    /// The finding's summary as they saw it.
    pub about: String,
}

impl ParamEnum for Answer {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Acknowledged, "acknowledged"),
        (Self::Explained, "explained"),
    ];
    const EXPECTED: &'static str = "acknowledged or explained";
}

/// Fewest and most characters of a note's text.
pub const NOTE_LENGTH: RangeInclusive<usize> = 10..=5_000;

/// A note as it was typed: kept, so that a form that is refused loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteDraft {
    /// The answer's word.
    pub answer: String,
    /// Plain text.
    pub note: String,
}

/// A note that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What its author makes of the finding.
    pub answer: Answer,
    /// Why, [`NOTE_LENGTH`] characters.
    pub text: String,
}

impl NoteDraft {
    /// Reads the fields. Line breaks are one character, white space around a text is none.
    ///
    /// # Errors
    /// Every field that cannot be taken.
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
    fn a_note_has_an_answer_and_says_why() {
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
