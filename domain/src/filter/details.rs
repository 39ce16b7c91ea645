//! Paths in an event's JSON: the end of a parameter `details.PATH`.

use crate::catalogue::DETAILS_PREFIX as PREFIX;

/// Maximum number of paths in one filter.
pub const MAX_PATHS: usize = 16;

/// Keys from the outside in: `signal.coin_type`. A number also selects an element of an array. A dot or backslash in a
/// key is escaped with `\`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsPath(Vec<String>);

impl DetailsPath {
    /// A path with these keys.
    #[must_use]
    pub fn new(keys: Vec<String>) -> Self {
        Self(keys)
    }

    /// The keys, from the outside in.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// Parses a path from a URL, without the prefix; `None` if it or a key is empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut keys = vec![String::new()];
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '.' => keys.push(String::new()),
                '\\' => keys.last_mut()?.push(chars.next()?),
                char => keys.last_mut()?.push(char),
            }
        }
        keys.iter().all(|key| !key.is_empty()).then_some(Self(keys))
    }

    /// Parses a parameter's full name, see [`DetailsPath::param`].
    #[must_use]
    pub fn of_param(name: &str) -> Option<Self> {
        Self::parse(name.strip_prefix(PREFIX)?)
    }

    /// The parameter's name: `details.signal.coin_type`.
    #[must_use]
    pub fn param(&self) -> String {
        let keys: Vec<String> = self
            .0
            .iter()
            .map(|key| key.replace('\\', "\\\\").replace('.', "\\."))
            .collect();
        format!("{PREFIX}{}", keys.join("."))
    }
}
