//! Saved views: named queries of lists.

use chrono_tz::Tz;
use uuid::Uuid;

use crate::catalogue::View;
use crate::filter::ListQuery;
use crate::form::{FieldError, wrong_text};
use crate::query::{Pairs, ParamError, Params};
use crate::time::Timestamp;

/// Maximum number of characters of a name.
pub const LONGEST_NAME: usize = 80;
/// Maximum number of views of one owner.
pub const MOST_VIEWS: i64 = 200;

/// A named query of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Its id, used in its link.
    pub id: Uuid,
    /// The list.
    pub view: View,
    /// Its name.
    pub name: String,
    /// The saved query.
    pub query: SavedQuery,
    /// When it was saved.
    pub saved_at: Timestamp,
}

impl SavedView {
    /// The link that opens it for every reader.
    #[must_use]
    pub fn link(&self) -> String {
        format!("/views/{}", self.id)
    }
}

/// The canonical query string of a list, without a page position. Spans that end now are kept as such.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedQuery(String);

impl SavedQuery {
    /// The part of a list's query that is saved.
    #[must_use]
    pub fn of(query: &ListQuery) -> Self {
        Self(query.pairs().without(&["after"]).to_string())
    }

    /// Parses a raw query string of the list `view`. If it has days without a time zone, `zone` is added, so that the
    /// view shows the same rows to everybody.
    ///
    /// # Errors
    /// When it is invalid for the list; names the invalid parameters.
    pub fn parse(view: View, raw: &str, zone: Tz) -> Result<Self, ParamError> {
        ListQuery::parse(view, raw).map(|query| Self::of(&query.with_zone(zone)))
    }

    /// Wraps a stored query.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The query as stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Link to the list with this query.
    #[must_use]
    pub fn link(&self, view: View) -> String {
        if self.0.is_empty() {
            format!("/{view}")
        } else {
            format!("/{view}?{}", self.0)
        }
    }

    /// Its pairs, for display.
    #[must_use]
    pub fn pairs(&self) -> Pairs {
        Params::parse(&self.0)
            .map(Params::into_pairs)
            .unwrap_or_default()
    }
}

/// Normalises and validates a typed name: runs of white space become one space and are trimmed.
///
/// # Errors
/// When it does not have 1 to [`LONGEST_NAME`] characters, or has characters that cannot be stored.
pub fn read_name(typed: &str) -> Result<String, FieldError> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    match wrong_text("name", &name, 1..=LONGEST_NAME)
        .into_iter()
        .next()
    {
        Some(error) => Err(error),
        None => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised_and_limited_in_length() {
        assert_eq!(read_name("  Blocked \r\n BTC ").unwrap(), "Blocked BTC");
        assert_eq!(read_name(&"ä".repeat(80)).unwrap().chars().count(), 80);
        for wrong in ["", " \n ", &"ä".repeat(81), "a\0b"] {
            assert_eq!(read_name(wrong).unwrap_err().field, "name");
        }
    }
}
