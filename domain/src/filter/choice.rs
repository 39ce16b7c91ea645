//! Enumerations of fixed words.

/// An enumeration whose values have words in URLs and elsewhere.
pub trait ParamEnum: Copy + PartialEq + 'static {
    /// Every value with its word.
    const VALUES: &'static [(Self, &'static str)];
    /// The words as the end of a sentence: `executed, blocked or pending`.
    const EXPECTED: &'static str;

    /// The word of this value.
    fn as_str(self) -> &'static str {
        Self::VALUES
            .iter()
            .find(|(value, _)| *value == self)
            .map_or("", |(_, word)| word)
    }

    /// The value with this word.
    fn parse_word(word: &str) -> Option<Self> {
        Self::VALUES
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(value, _)| *value)
    }
}
