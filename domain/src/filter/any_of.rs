//! Repeated parameters: any of the plain values, none of those with a `!`.

use crate::query::{Pairs, ParamError, Params};

/// A value that a parameter can take.
pub trait FilterValue: Clone + PartialEq + Sized {
    /// What the parameter takes, for an error's message: `BUY, SELL or HOLD`.
    const TAKES: &'static str;
    /// Reads one value.
    fn parse(text: &str) -> Option<Self>;
    /// Prints it as [`FilterValue::parse`] reads it.
    fn print(&self) -> String;
}

/// Any text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(pub String);

impl FilterValue for Text {
    const TAKES: &'static str = "any text";

    fn parse(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }

    fn print(&self) -> String {
        self.0.clone()
    }
}

/// One of a few words. [`FilterValue`] comes with it.
pub trait Choice: Copy + PartialEq + 'static {
    /// Every value with its word.
    const WORDS: &'static [(Self, &'static str)];
    /// The words as a sentence's end: `BUY, SELL or HOLD`.
    const SENTENCE: &'static str;

    /// The word of this value.
    fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(value, _)| *value == self)
            .map_or("", |(_, word)| word)
    }
}

impl<T: Choice> FilterValue for T {
    const TAKES: &'static str = T::SENTENCE;

    fn parse(text: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, word)| *word == text)
            .map(|(value, _)| *value)
    }

    fn print(&self) -> String {
        self.word().to_owned()
    }
}

/// The values of a parameter that may be repeated: a row passes when it has one of `any` (where there
/// are some) and none of `not`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyOf<T> {
    /// Wanted values; empty means no wish.
    pub any: Vec<T>,
    /// Unwanted values.
    pub not: Vec<T>,
}

impl<T> Default for AnyOf<T> {
    fn default() -> Self {
        Self {
            any: Vec::new(),
            not: Vec::new(),
        }
    }
}

impl<T: FilterValue> AnyOf<T> {
    /// Takes every value of `name`. `!X` means not X; a text that itself begins with `!` or `\` is
    /// written with a `\` before it.
    ///
    /// # Errors
    /// When one of them is not what the parameter takes.
    pub fn take(params: &mut Params, name: &str) -> Result<Self, ParamError> {
        Self::from_values(name, params.take_all(name)?)
    }

    /// As [`AnyOf::take`], of values already taken.
    ///
    /// # Errors
    /// When one of them is not what the parameter takes.
    pub fn from_values(
        name: &str,
        values: impl IntoIterator<Item = String>,
    ) -> Result<Self, ParamError> {
        let mut taken = Self::default();
        for value in values {
            let (list, plain) = match value.strip_prefix('!') {
                Some(rest) => (&mut taken.not, rest),
                None => (&mut taken.any, value.as_str()),
            };
            let text = plain.strip_prefix('\\').unwrap_or(plain);
            if text.is_empty() {
                return Err(ParamError::wrong_value(name, &value, T::TAKES));
            }
            let parsed =
                T::parse(text).ok_or_else(|| ParamError::wrong_value(name, &value, T::TAKES))?;
            if !list.contains(&parsed) {
                list.push(parsed);
            }
        }
        Ok(taken)
    }

    /// Prints the pairs that [`AnyOf::take`] reads.
    pub fn print(&self, name: &str, out: &mut Pairs) {
        for value in &self.any {
            out.push(name, escaped(&value.print()));
        }
        for value in &self.not {
            out.push(name, format!("!{}", escaped(&value.print())));
        }
    }

    /// No wish at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.any.is_empty() && self.not.is_empty()
    }

    /// Whether a value passes, for lists that are filtered in memory.
    pub fn passes(&self, matches: impl Fn(&T) -> bool) -> bool {
        (self.any.is_empty() || self.any.iter().any(&matches)) && !self.not.iter().any(&matches)
    }
}

/// A plain value as a URL has it, so that its own first `!` or `\` is not read as a sign.
#[must_use]
pub fn escaped(text: &str) -> String {
    if text.starts_with(['!', '\\']) {
        format!("\\{text}")
    } else {
        text.to_owned()
    }
}
