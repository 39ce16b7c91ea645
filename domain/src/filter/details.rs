//! Paths into an event's json: the end of a parameter `details.PATH`.

use crate::catalogue::DETAILS_PREFIX as PREFIX;

/// Most paths that one filter may name.
pub const MAX_PATHS: usize = 16;

/// Keys from the outside in: `signal.coin_type`. A number also picks an array's element; a dot or a
/// backslash inside a key is written with a `\` before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsPath(Vec<String>);

impl DetailsPath {
    /// From the keys themselves.
    #[must_use]
    pub fn new(keys: Vec<String>) -> Self {
        Self(keys)
    }

    /// The keys, from the outside in.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// Reads a path as the URL has it, without the prefix; `None` where it or a key is empty.
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

    /// Reads a parameter's whole name, see [`DetailsPath::param`].
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
