//! Printing of query strings.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Characters that are percent-encoded: all but RFC 3986's unreserved ones and some that are legible in links.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'!')
    .remove(b':')
    .remove(b'@')
    .remove(b'/')
    .remove(b',');

/// The canonical pairs of a URL's query string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Adds one pair at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The pairs, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[(String, String)] {
        &self.0
    }

    /// With one more pair.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.push(name, value);
        self
    }

    /// Without the pairs with these names.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0.retain(|(name, _)| !names.contains(&name.as_str()));
        self
    }

    /// Without this pair.
    #[must_use]
    pub fn without_pair(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(n, v)| n != name || v != value);
        self
    }

    /// `path`, followed by `?` and the query string unless it is empty.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        if self.0.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{self}")
        }
    }
}

impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("&")?;
            }
            write!(
                f,
                "{}={}",
                utf8_percent_encode(name, ESCAPED),
                utf8_percent_encode(value, ESCAPED)
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Params;
    use super::*;

    #[test]
    fn printed_pairs_decode_to_themselves() {
        let pairs = Pairs::default()
            .with("q", "100% a+b&c=ä")
            .with("details.a b", "x");
        let mut params = Params::parse(&pairs.to_string()).unwrap();
        assert_eq!(params.take_one("q").unwrap().unwrap(), "100% a+b&c=ä");
        assert_eq!(params.take_one("details.a b").unwrap().unwrap(), "x");
    }
}
