//! What people type into forms, and what of it cannot be taken.

use std::ops::RangeInclusive;

/// A field that cannot be taken: which one, and what it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The form field's name.
    pub field: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldError {
    /// An error of this field.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field,
            message: message.into(),
        }
    }
}

/// A text as it is kept: browsers send line breaks as CR LF, and white space around it is none of it.
#[must_use]
pub fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// What is wrong with a text of so many characters, as [`tidy`] leaves it.
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
