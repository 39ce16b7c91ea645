//! URL parameters of a view, and which values they take.

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::filter::actor::Actor;
use crate::filter::choice::ParamEnum;

/// The prefix of parameters that name a path inside json.
pub const DETAILS_PREFIX: &str = "details.";

/// A URL parameter of a view.
#[derive(Debug)]
pub struct Param {
    /// Its name in URLs: `min_confidence`; of [`Takes::Details`] `details.PATH`.
    pub name: &'static str,
    /// What the form calls it: `Confidence`.
    pub label: &'static str,
    /// Its place in the form, from 1.
    pub form_place: u8,
    /// What it narrows, for the API's description; what it takes is said beside it.
    pub description: &'static str,
    /// Which values it takes.
    pub takes: Takes,
}

/// The values that a parameter takes. All but [`Takes::Bound`] may be repeated, and take `!` for "not".
#[derive(Debug)]
pub enum Takes {
    /// A text, compared with what is stored.
    Text,
    /// As [`Takes::Text`]; these are the words that the engine is known to write, and the form offers them.
    Stored(&'static [&'static str]),
    /// One of the console's own words.
    Word {
        /// All of them.
        words: Vec<&'static str>,
        /// They as a sentence's end: `executed, blocked or pending`.
        expected: &'static str,
    },
    /// A user's id or e-mail, or `system`.
    Actor,
    /// A UUID.
    Id,
    /// One end of a range of numbers, itself included.
    Bound {
        /// Which end.
        end: End,
        /// Which numbers.
        number: Number,
        /// The parameter of the other end.
        other: &'static str,
    },
    /// A text at a path inside json, which the parameter's name ends with.
    Details,
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The least.
    Min,
    /// The most.
    Max,
}

/// Numbers that a bound takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// 0 to 1.
    Share,
    /// Any decimal, exact.
    Decimal,
}

impl Number {
    /// What it takes, for an error's message.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Share => "a number from 0 to 1",
            Self::Decimal => "a decimal number, for example 12.50",
        }
    }

    /// The number in its canonical spelling.
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
    /// The words of an enumeration of the console's own.
    #[must_use]
    pub fn word<T: ParamEnum>() -> Self {
        Self::Word {
            words: T::VALUES.iter().map(|(_, word)| *word).collect(),
            expected: T::EXPECTED,
        }
    }

    /// What it takes, as a sentence's end: `BUY, SELL or HOLD`.
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

    /// A value in its canonical spelling; `None` for one that it does not take.
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

    /// The words that the form offers whatever the rows hold.
    #[must_use]
    pub fn words(&self) -> &[&'static str] {
        match self {
            Self::Stored(words) => words,
            Self::Word { words, .. } => words,
            _ => &[],
        }
    }

    /// Whether values other than [`Takes::words`] can be asked for.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        !matches!(self, Self::Word { .. })
    }
}

impl Param {
    /// A parameter with each of its parts, see its fields.
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

    /// Whether a URL's `name` is this parameter's.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        match self.takes {
            Takes::Details => name.starts_with(DETAILS_PREFIX),
            _ => name == self.name,
        }
    }
}
