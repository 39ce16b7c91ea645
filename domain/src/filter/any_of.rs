//! Repeated parameters: any of the plain values, none of those with a `!`.

use crate::query::{Pairs, ParamError, Params};

/// A value that a parameter can take.
pub trait FilterValue: Clone + PartialEq + Sized {
    /// What the parameter takes, for an error's message: `BUY, SELL or HOLD`.
    const EXPECTED: &'static str;
    /// Reads one value.
    fn parse(text: &str) -> Option<Self>;
    /// Prints it as [`FilterValue::parse`] reads it.
    fn print(&self) -> String;
}

/// Any text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(pub String);

impl FilterValue for Text {
    const EXPECTED: &'static str =
        "a text that is not empty; a ! at its beginning means not, \\! the letter";

    fn parse(text: &str) -> Option<Self> {
        Some(Self(text.to_owned()))
    }

    fn print(&self) -> String {
        self.0.clone()
    }
}

/// One of a few words. [`FilterValue`] comes with it.
pub trait ParamEnum: Copy + PartialEq + 'static {
    /// Every value with its word.
    const VALUES: &'static [(Self, &'static str)];
    /// The words as a sentence's end: `BUY, SELL or HOLD`.
    const EXPECTED: &'static str;

    /// The word of this value.
    fn as_str(self) -> &'static str {
        Self::VALUES
            .iter()
            .find(|(value, _)| *value == self)
            .map_or("", |(_, word)| word)
    }
}

impl<T: ParamEnum> FilterValue for T {
    const EXPECTED: &'static str = T::EXPECTED;

    fn parse(text: &str) -> Option<Self> {
        Self::VALUES
            .iter()
            .find(|(_, word)| *word == text)
            .map(|(value, _)| *value)
    }

    fn print(&self) -> String {
        self.as_str().to_owned()
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
    /// Takes every value of `name`, each as [`unescaped`] reads it. A value that is not what the parameter takes
    /// is a fault of `params`, and the others stay.
    pub fn take(params: &mut Params, name: &str) -> Self {
        let values = params.or_default(|params| params.take_all(name));
        let (taken, faults) = Self::read(name, values);
        for fault in faults {
            params.blame(fault);
        }
        taken
    }

    /// As [`AnyOf::take`], of values already taken.
    ///
    /// # Errors
    /// When some of them are not what the parameter takes.
    pub fn from_values(
        name: &str,
        values: impl IntoIterator<Item = String>,
    ) -> Result<Self, ParamError> {
        let (taken, faults) = Self::read(name, values);
        ParamError::of_all(faults).map_or(Ok(taken), Err)
    }

    /// What can be read of `values`, and what is wrong with the others.
    pub(super) fn read(
        name: &str,
        values: impl IntoIterator<Item = String>,
    ) -> (Self, Vec<ParamError>) {
        let (mut taken, mut faults) = (Self::default(), Vec::new());
        for value in values {
            let (is_not, text) = unescaped(&value);
            let parsed = Some(text).filter(|text| !text.is_empty());
            let Some(parsed) = parsed.and_then(T::parse) else {
                faults.push(ParamError::wrong_value(name, &value, T::EXPECTED));
                continue;
            };
            let list = if is_not {
                &mut taken.not
            } else {
                &mut taken.any
            };
            if !list.contains(&parsed) {
                list.push(parsed);
            }
        }
        (taken, faults)
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

/// How many backslashes stand before the first `!`, where nothing else does.
fn backslashes_before_sign(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches('\\');
    rest.starts_with('!').then_some(text.len() - rest.len())
}

/// A text as a URL has it.
///
/// A value is its text, letter by letter. Only a `!` at its beginning is a sign, and only a text that begins
/// with `!`, or with backslashes and then `!`, is written with one `\` more before it: `!x` as `\!x`, `\!x` as
/// `\\!x`; `\x27` stays `\x27`.
#[must_use]
pub fn escaped(text: &str) -> String {
    match backslashes_before_sign(text) {
        Some(_) => format!("\\{text}"),
        None => text.to_owned(),
    }
}

/// A URL's value taken apart: whether it begins with the sign for "not", and its text. The reverse of
/// [`escaped`], with a `!` before it or without.
#[must_use]
pub fn unescaped(value: &str) -> (bool, &str) {
    let (is_not, rest) = match value.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, value),
    };
    match backslashes_before_sign(rest) {
        Some(1..) => (is_not, &rest[1..]),
        _ => (is_not, rest),
    }
}
