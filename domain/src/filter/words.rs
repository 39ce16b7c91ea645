//! `q`: words that must all occur.

use crate::query::{Pairs, ParamError, Params};

/// Most words of a search.
pub const MAX_WORDS: usize = 16;

/// Words that must all occur somewhere in a row's searched text, whatever their case. `%` and `_`
/// mean themselves.
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

    /// Whether all words occur in `text`, for lists that are filtered in memory.
    #[must_use]
    pub fn occur_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.0
            .iter()
            .all(|word| text.contains(&word.to_lowercase()))
    }
}
