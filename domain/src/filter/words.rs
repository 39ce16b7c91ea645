//! Parameter `q`: search words that must all occur.

use unicode_normalization::UnicodeNormalization as _;

use crate::query::{Pairs, ParamError, Params};

/// Maximum number of search words.
pub const MAX_WORDS: usize = 16;

/// Words that must all occur in a row's searched text, ignoring case. `%` and `_` are literal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// Takes parameter `q`.
    ///
    /// # Errors
    /// When it has more than [`MAX_WORDS`] words, or none.
    pub fn take(params: &mut Params) -> Result<Self, ParamError> {
        let Some(text) = params.take_one("q")? else {
            return Ok(Self::default());
        };
        let words: Vec<String> = text.split_whitespace().map(ToOwned::to_owned).collect();
        if words.is_empty() {
            return Err(ParamError::new("q", "holds no word"));
        }
        if words.len() > MAX_WORDS {
            return Err(ParamError::new(
                "q",
                format!("takes at most {MAX_WORDS} words"),
            ));
        }
        Ok(Self(words))
    }

    /// The words.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Prints the pair that [`Words::take`] reads.
    pub fn print(&self, out: &mut Pairs) {
        if !self.0.is_empty() {
            out.push("q", self.0.join(" "));
        }
    }

    /// Whether all words occur in `text`. For lists that are filtered in memory. ASCII words are searched in the text
    /// as it is; for others, both are compared in normalization form C.
    #[must_use]
    pub fn match_text(&self, text: &str) -> bool {
        let composed = |text: &str| text.nfc().collect::<String>().to_lowercase();
        let as_stored = text.to_lowercase();
        self.0.iter().all(|word| {
            if word.is_ascii() {
                as_stored.contains(&word.to_lowercase())
            } else {
                composed(text).contains(&composed(word))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_match_in_any_unicode_form() {
        let occurs = |word: &str, text: &str| Words(vec![word.to_owned()]).match_text(text);
        for (word, text) in [
            ("zürich", "in ZU\u{308}RICH"),
            ("zu\u{308}rich", "in Zürich"),
            ("zu", "zu\u{308}"),
            ("u\u{323}\u{308}", "u\u{308}\u{323}"),
        ] {
            assert!(occurs(word, text), "{word} in {text}");
        }
        assert!(!occurs("zurich", "zürich"));
        assert!(!occurs("zurich", "zu\u{308}rich"));
    }
}
