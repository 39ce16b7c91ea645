//! Validation of form fields.

use std::ops::RangeInclusive;

/// An invalid field, with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The form field's name.
    pub field: &'static str,
    /// What is wrong and what is expected.
    pub message: String,
}

impl FieldError {
    /// An error of field `field`.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

/// Normalises a text: CR LF, as browsers send it, becomes LF, and surrounding white space is removed.
#[must_use]
pub fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Errors of a text, as [`tidy`] returns it: a number of characters out of range, or a NUL character.
#[must_use]
pub fn wrong_text(
    field: &'static str,
    text: &str,
    takes: RangeInclusive<usize>,
) -> Vec<FieldError> {
    let length = text.chars().count();
    let wrong_length = (!takes.contains(&length)).then(|| {
        let (least, most) = (takes.start(), takes.end());
        let takes = if *least == 0 {
            format!("at most {most}")
        } else {
            format!("{least} to {most}")
        };
        FieldError::new(
            field,
            format!("takes {takes} characters; this has {length}"),
        )
    });
    let nul = text
        .contains('\0')
        .then(|| FieldError::new(field, "holds a NUL character, which cannot be stored"));
    wrong_length.into_iter().chain(nul).collect()
}
