//! Strict parsing of query strings: every parameter must be taken, or it is an error.
//!
//! An ignored filter would export wrong rows, so nothing is ignored or guessed.

mod error;
mod pairs;

use percent_encoding::percent_decode_str;

pub use error::ParamError;
use error::shortened;
pub use pairs::Pairs;

/// Maximum length of a query string in bytes.
pub const MAX_LENGTH: usize = 16 * 1024;
/// Maximum number of values of a parameter.
pub const MAX_VALUES: usize = 100;
/// Maximum length of a value in characters.
pub const MAX_VALUE_CHARS: usize = 500;

/// Name and value pairs in order, each to be taken once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    pairs: Vec<(String, String)>,
    /// Names in order of first occurrence, the order in which faults are reported.
    order: Vec<String>,
    faults: Vec<ParamError>,
}

impl Params {
    /// Parses a raw query string (without the `?`).
    ///
    /// # Errors
    /// When it is too long, a value is too long or repeated too often, a percent sign is not followed
    /// by two hexadecimal digits, or the decoded text is not UTF-8 or holds a NUL.
    pub fn parse(raw: &str) -> Result<Self, ParamError> {
        let mut params = Self::read(raw);
        params.faults().map_or(Ok(params), Err)
    }

    /// As [`Params::parse`], but keeps valid pairs. Invalid pairs are left out, and [`Params::finish`] reports them.
    #[must_use]
    pub fn read(raw: &str) -> Self {
        let mut params = Self::default();
        if raw.len() > MAX_LENGTH {
            params.blame(ParamError::new(
                "query",
                format!("the query string is longer than {MAX_LENGTH} bytes"),
            ));
            return params;
        }
        for piece in raw.split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let read = decode("query", name).and_then(|name| {
                let value = decode(&name, value)?;
                params.push(name, value)
            });
            if let Err(fault) = read {
                params.blame(fault);
            }
        }
        params
    }

    /// From decoded pairs (of a command line's `--param=value`).
    ///
    /// # Errors
    /// As [`Params::parse`] for the values themselves.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ParamError> {
        let mut params = Self::default();
        for (name, value) in pairs {
            if let Err(fault) = params.push(name, value) {
                params.blame(fault);
            }
        }
        params.faults().map_or(Ok(params), Err)
    }

    /// Records a fault for [`Params::finish`], once per parameter and message.
    pub fn blame(&mut self, fault: ParamError) {
        if !self.order.contains(&fault.param) {
            self.order.push(fault.param.clone());
        }
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Runs `take`. On an error, returns the default and records the fault for [`Params::finish`], so that all faults
    /// are reported and valid parts are kept.
    pub fn or_default<T: Default>(
        &mut self,
        take: impl FnOnce(&mut Self) -> Result<T, ParamError>,
    ) -> T {
        take(self).unwrap_or_else(|fault| {
            self.blame(fault);
            T::default()
        })
    }

    /// The faults so far, combined, in the order of the query string.
    fn faults(&mut self) -> Option<ParamError> {
        let mut faults = std::mem::take(&mut self.faults);
        let place = |fault: &ParamError| self.order.iter().position(|name| *name == fault.param);
        faults.sort_by_key(|fault| place(fault).unwrap_or(usize::MAX));
        ParamError::of_all(faults)
    }

    fn push(&mut self, name: String, value: String) -> Result<(), ParamError> {
        if value.chars().count() > MAX_VALUE_CHARS {
            return Err(ParamError::new(
                shortened(&name),
                format!("a value has at most {MAX_VALUE_CHARS} characters"),
            ));
        }
        if value.contains('\0') || name.contains('\0') {
            return Err(ParamError::new(
                shortened(&name).replace('\0', "�"),
                "holds a NUL character, which no stored text can",
            ));
        }
        let repeats = self
            .pairs
            .iter()
            .filter(|(known, _)| *known == name)
            .count();
        if repeats >= MAX_VALUES {
            return Err(ParamError::new(
                shortened(&name),
                format!("is repeated more than {MAX_VALUES} times"),
            ));
        }
        if !self.order.contains(&name) {
            self.order.push(name.clone());
        }
        self.pairs.push((name, value));
        Ok(())
    }

    /// Adds a pair that was not in the query string.
    pub fn insert(&mut self, name: &str, value: String) {
        self.order.push(name.to_owned());
        self.pairs.push((name.to_owned(), value));
    }

    /// Whether there is a pair with this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.pairs.iter().any(|(known, _)| known == name)
    }

    /// Removes the pairs with these names.
    pub fn discard(&mut self, names: &[&str]) {
        self.pairs
            .retain(|(name, _)| !names.contains(&name.as_str()));
    }

    /// Removes all occurrences of this pair.
    pub fn discard_pair(&mut self, name: &str, value: &str) {
        self.pairs.retain(|(n, v)| n != name || v != value);
    }

    /// Removes pairs without a value, as browsers send empty fields. Returns whether there were any.
    pub fn drop_empty(&mut self) -> bool {
        let before = self.pairs.len();
        self.pairs.retain(|(_, value)| !value.is_empty());
        self.pairs.len() < before
    }

    /// Takes the only value of `name`.
    ///
    /// # Errors
    /// When it is given twice, or without a value.
    pub fn take_one(&mut self, name: &str) -> Result<Option<String>, ParamError> {
        let mut values = self.take_all(name)?;
        if values.len() > 1 {
            return Err(ParamError::new(name, "is given more than once"));
        }
        Ok(values.pop())
    }

    /// Takes every value of `name`, in order.
    ///
    /// # Errors
    /// When one of them is empty.
    pub fn take_all(&mut self, name: &str) -> Result<Vec<String>, ParamError> {
        let taken = self.take_where(|known| known == name)?;
        Ok(taken.into_iter().map(|(_, value)| value).collect())
    }

    /// Takes every pair whose name begins with `prefix`, in order, with the prefix removed.
    ///
    /// # Errors
    /// When one of them has no value.
    pub fn take_prefixed(&mut self, prefix: &str) -> Result<Vec<(String, String)>, ParamError> {
        let taken = self.take_where(|known| known.starts_with(prefix))?;
        Ok(taken
            .into_iter()
            .map(|(name, value)| (name[prefix.len()..].to_owned(), value))
            .collect())
    }

    fn take_where(
        &mut self,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, String)>, ParamError> {
        let (taken, left) = std::mem::take(&mut self.pairs)
            .into_iter()
            .partition(|(name, _)| wanted(name));
        self.pairs = left;
        let taken: Vec<(String, String)> = taken;
        match taken.iter().find(|(_, value)| value.is_empty()) {
            Some((name, _)) => Err(ParamError::new(name, "has no value")),
            None => Ok(taken),
        }
    }

    /// The remaining pairs, in order.
    #[must_use]
    pub fn into_pairs(self) -> Pairs {
        Pairs::new(self.pairs)
    }

    /// Ends parsing.
    ///
    /// # Errors
    /// When there were faults or a parameter was not taken. The message lists the parameters in `takes`. All faults are
    /// reported.
    pub fn finish(mut self, takes: &[&str]) -> Result<(), ParamError> {
        let takes = if takes.is_empty() {
            "none".to_owned()
        } else {
            takes.join(", ")
        };
        for (name, _) in std::mem::take(&mut self.pairs) {
            let message = format!("unknown parameter; this address takes {takes}");
            self.blame(ParamError::new(shortened(&name), message));
        }
        self.faults().map_or(Ok(()), Err)
    }
}

fn decode(param: &str, text: &str) -> Result<String, ParamError> {
    let text = text.replace('+', " ");
    let well_formed = text
        .split('%')
        .skip(1)
        .all(|escape| escape.len() >= 2 && escape.bytes().take(2).all(|b| b.is_ascii_hexdigit()));
    if !well_formed {
        return Err(ParamError::new(
            shortened(param),
            "a % is not followed by two hexadecimal digits",
        ));
    }
    percent_decode_str(&text)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| ParamError::new(shortened(param), "is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(raw: &str) -> ParamError {
        Params::parse(raw).unwrap_err()
    }

    #[test]
    fn undecodable_parameters_are_named() {
        assert_eq!(error("asset=%zz").param, "asset");
        assert_eq!(error("asset=%ff").to_string(), "asset: is not UTF-8");
        assert_eq!(error("asset=%00").param, "asset");
        assert_eq!(error(&"q=a&".repeat(101)).param, "q");
        assert_eq!(error(&"x".repeat(MAX_LENGTH + 1)).param, "query");
        assert_eq!(error(&format!("q={}", "x".repeat(501))).param, "q");
    }

    #[test]
    fn unknown_parameters_are_errors() {
        let mut params = Params::parse("asset=BTC&asest=ETH").unwrap();
        assert_eq!(params.take_all("asset").unwrap(), ["BTC"]);
        let error = params.finish(&["asset"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "asest: unknown parameter; this address takes asset"
        );
    }

    #[test]
    fn empty_and_double_values_are_errors() {
        let mut params = Params::parse("a=&b=1&b=2").unwrap();
        assert_eq!(params.clone().take_one("a").unwrap_err().param, "a");
        assert_eq!(params.take_one("b").unwrap_err().param, "b");
        let mut cleaned = Params::parse("a=&b=1").unwrap();
        assert!(cleaned.drop_empty());
        assert_eq!(cleaned.take_one("a").unwrap(), None);
    }

    #[test]
    fn faults_are_reported_in_the_order_of_the_query() {
        let mut params = Params::read("bogus=1&a=%zz&b=2&c=3");
        assert_eq!(params.take_one("b").unwrap().as_deref(), Some("2"));
        let c = params.or_default(|params| {
            params.take_one("c")?;
            Err::<Option<u8>, _>(ParamError::wrong_value("c", "3", "nothing"))
        });
        assert_eq!(c, None);
        let error = params.finish(&["a", "b", "c"]).unwrap_err();
        assert_eq!(error.params().collect::<Vec<_>>(), ["bogus", "a", "c"]);
        assert_eq!(
            error.to_string(),
            "bogus: unknown parameter; this address takes a, b, c; a: a % is not followed by two \
             hexadecimal digits; c: takes nothing, not “3”"
        );
    }
}
