//! Errors of query strings.

use std::fmt;

/// An invalid parameter, with a message and the other faults of the query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ParamError {
    /// The parameter's name; `query` if the query string as a whole is invalid.
    pub param: String,
    /// What is wrong and what is expected, for people.
    pub message: String,
    /// Further faults of the query, in its order; these have no others themselves.
    pub others: Vec<ParamError>,
}

impl fmt::Display for ParamError {
    /// `limit: takes a whole number from 1 to 500, not “x”`; several faults one after the other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.param, self.message)?;
        self.others
            .iter()
            .try_for_each(|other| write!(f, "; {other}"))
    }
}

impl ParamError {
    /// An error of the parameter `param`.
    pub fn new(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            param: param.into(),
            message: message.into(),
            others: Vec::new(),
        }
    }

    /// Combines the faults of a query; `None` if there are none.
    #[must_use]
    pub fn of_all(faults: Vec<Self>) -> Option<Self> {
        let mut faults = faults.into_iter();
        let mut first = faults.next()?;
        for mut fault in faults {
            let others = std::mem::take(&mut fault.others);
            first.others.push(fault);
            first.others.extend(others);
        }
        Some(first)
    }

    /// The names of all invalid parameters.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self)
            .chain(&self.others)
            .map(|fault| fault.param.as_str())
    }

    /// An error: `param` does not accept `value`.
    #[must_use]
    pub fn wrong_value(param: &str, value: &str, takes: &str) -> Self {
        Self::new(param, format!("takes {takes}, not “{}”", shortened(value)))
    }
}

/// Shortens a received value to 60 characters for a message.
pub(super) fn shortened(value: &str) -> String {
    match value.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
