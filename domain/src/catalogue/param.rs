//! URL parameters of a view, and the values that they accept.

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::filter::actor::Actor;
use crate::filter::choice::ParamEnum;

/// Prefix of parameters that name a path in JSON.
pub const DETAILS_PREFIX: &str = "details.";

/// A URL parameter of a view.
#[derive(Debug)]
pub struct Param {
    /// Name in URLs: `min_confidence`; for [`Takes::Details`] `details.PATH`.
    pub name: &'static str,
    /// Label in the form: `Confidence`.
    pub label: &'static str,
    /// Position in the form, from 1.
    pub form_place: u8,
    /// Description for the API; the accepted values are described separately.
    pub description: &'static str,
    /// The values that it accepts.
    pub takes: Takes,
}

/// The values that a parameter accepts. All but [`Takes::Bound`] may be repeated, and accept `!` for "not".
#[derive(Debug)]
pub enum Takes {
    /// Any text, compared with the stored value.
    Text,
    /// As [`Takes::Text`], with the values that the engine is known to write, which the form offers.
    Stored(&'static [&'static str]),
    /// One of a fixed set of words.
    Word {
        /// All of them.
        words: Vec<&'static str>,
        /// The words as the end of a sentence: `executed, blocked or pending`.
        expected: &'static str,
    },
    /// A user's id or e-mail, or `system`.
    Actor,
    /// A UUID.
    Id,
    /// One end of a range of numbers, inclusive.
    Bound {
        /// Which end.
        end: End,
        /// Which numbers.
        number: Number,
        /// The parameter of the other end.
        other: &'static str,
    },
    /// A text at a path in JSON; the path is the end of the parameter's name.
    Details,
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The minimum.
    Min,
    /// The maximum.
    Max,
}

/// Numbers that a bound accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// 0 to 1.
    Share,
    /// Any decimal, exact.
    Decimal,
}

impl Number {
    /// What it accepts, for an error message.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Share => "a number from 0 to 1",
            Self::Decimal => "a decimal number, for example 12.50",
        }
    }

    /// The number in its canonical form.
    fn canonical(self, text: &str) -> Option<String> {
        match self {
            Self::Share => {
                let number: f64 = text.parse().ok()?;
                // -0.0 and 0.0 are the same bound.
                (0.0..=1.0)
                    .contains(&number)
                    .then(|| number.abs().to_string())
            }
            Self::Decimal => {
                let number = Decimal::from_str_exact(text).ok()?;
                Some(number.normalize().to_string())
            }
        }
    }

    /// Whether `min` is above `max`; both are canonical.
    #[must_use]
    pub fn is_above(self, min: &str, max: &str) -> bool {
        match self {
            Self::Share => min.parse::<f64>().ok() > max.parse::<f64>().ok(),
            Self::Decimal => {
                let decimal = |text: &str| Decimal::from_str_exact(text).ok();
                decimal(min) > decimal(max)
            }
        }
    }
}

impl Takes {
    /// The words of an enumeration.
    #[must_use]
    pub fn word<T: ParamEnum>() -> Self {
        Self::Word {
            words: T::VALUES.iter().map(|(_, word)| *word).collect(),
            expected: T::EXPECTED,
        }
    }

    /// What it accepts, as the end of a sentence: `BUY, SELL or HOLD`.
    #[must_use]
    pub const fn expected(&self) -> &'static str {
        match self {
            Self::Text | Self::Stored(_) | Self::Details => {
                "a text that is not empty; a ! at its beginning means not, \\! the letter"
            }
            Self::Word { expected, .. } => expected,
            Self::Actor => "a user id, an e-mail or system",
            Self::Id => "a UUID",
            Self::Bound { number, .. } => number.expected(),
        }
    }

    /// A value in its canonical form; `None` if it is not accepted.
    #[must_use]
    pub fn canonical(&self, text: &str) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        match self {
            Self::Text | Self::Stored(_) | Self::Details => Some(text.to_owned()),
            Self::Word { words, .. } => words.contains(&text).then(|| text.to_owned()),
            Self::Actor => Actor::parse(text).map(|actor| actor.print()),
            Self::Id => Uuid::try_parse(text).ok().map(|id| id.to_string()),
            Self::Bound { number, .. } => number.canonical(text),
        }
    }

    /// The words that the form offers independently of the data.
    #[must_use]
    pub fn words(&self) -> &[&'static str] {
        match self {
            Self::Stored(words) => words,
            Self::Word { words, .. } => words,
            _ => &[],
        }
    }

    /// Whether it accepts values other than [`Takes::words`].
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self, Self::Word { .. })
    }
}

impl Param {
    /// A parameter; see the fields.
    #[must_use]
    pub const fn new(
        name: &'static str,
        label: &'static str,
        form_place: u8,
        description: &'static str,
        takes: Takes,
    ) -> Self {
        Self {
            name,
            label,
            form_place,
            description,
            takes,
        }
    }

    /// Whether `name` in a URL belongs to this parameter.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        match self.takes {
            Takes::Details => name.starts_with(DETAILS_PREFIX),
            _ => name == self.name,
        }
    }
}
