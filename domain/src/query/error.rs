//! What is wrong with a query string, for people.

use std::fmt;

/// A parameter that cannot be used: which one, and what it takes; and what else is at fault in the same query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ParamError {
    /// The parameter's name; `query` when the whole query string is at fault.
    pub param: String,
    /// What is wrong and what would be right, for people.
    pub message: String,
    /// The query's further faults, in the order in which they stand in it; none of them has others of its own.
    pub others: Vec<ParamError>,
}

impl fmt::Display for ParamError {
    /// `limit: takes a whole number from 1 to 500, not “x”`; of several faults one after the other.
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

    /// Several faults of one query as one; none where there are none.
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

    /// The names of all parameters that are at fault.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self)
            .chain(&self.others)
            .map(|fault| fault.param.as_str())
    }

    /// `value` is not what `param` takes.
    #[must_use]
    pub fn wrong_value(param: &str, value: &str, takes: &str) -> Self {
        Self::new(param, format!("takes {takes}, not “{}”", shortened(value)))
    }
}

/// At most 60 characters of what somebody sent, for a message.
pub(super) fn shortened(value: &str) -> String {
    match value.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}
