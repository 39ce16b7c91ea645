//! Saved views: a person's own names for queries of a list.

use chrono_tz::Tz;
use uuid::Uuid;

use crate::catalogue::View;
use crate::filter::ListQuery;
use crate::form::{FieldError, wrong_text};
use crate::query::{Pairs, ParamError, Params};
use crate::time::Timestamp;

/// Most characters of a name.
pub const LONGEST_NAME: usize = 80;
/// Most views that one person saves.
pub const MOST_VIEWS: i64 = 200;

/// A query of a list under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Its id, which its link names.
    pub id: Uuid,
    /// The list.
    pub view: View,
    /// What its owner calls it.
    pub name: String,
    /// What it shows.
    pub query: SavedQuery,
    /// When it was saved.
    pub saved_at: Timestamp,
}

impl SavedView {
    /// The link that opens it, for everybody who may read.
    #[must_use]
    pub fn link(&self) -> String {
        format!("/views/{}", self.id)
    }
}

/// The query string of a list, as the list itself prints it: a span that ends now still does, and no page of
/// it is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedQuery(String);

impl SavedQuery {
    /// What is saved of a list's query.
    #[must_use]
    pub fn of(query: &ListQuery) -> Self {
        Self(query.pairs().without(&["after"]).to_string())
    }

    /// Reads a raw query string of the list `view`. Days that name no zone are days of `zone`, which is saved with
    /// them: the view shows the same rows to everybody.
    ///
    /// # Errors
    /// When it is none that the list takes; names the parameters at fault.
    pub fn parse(view: View, raw: &str, zone: Tz) -> Result<Self, ParamError> {
        ListQuery::parse(view, raw).map(|query| Self::of(&query.with_zone(zone)))
    }

    /// As it was stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The list with this query.
    #[must_use]
    pub fn link(&self, view: View) -> String {
        if self.0.is_empty() {
            format!("/{view}")
        } else {
            format!("/{view}?{}", self.0)
        }
    }

    /// Its pairs, for people to read.
    #[must_use]
    pub fn pairs(&self) -> Pairs {
        Params::parse(&self.0)
            .map(Params::into_pairs)
            .unwrap_or_default()
    }
}

/// Reads a name as it was typed: white space is one space, and none around it.
///
/// # Errors
/// When it has not 1 to [`LONGEST_NAME`] characters, or holds what cannot be stored.
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
    fn a_name_is_one_line_of_some_characters() {
        assert_eq!(read_name("  Blocked \r\n BTC ").unwrap(), "Blocked BTC");
        assert_eq!(read_name(&"ä".repeat(80)).unwrap().chars().count(), 80);
        for wrong in ["", " \n ", &"ä".repeat(81), "a\0b"] {
            assert_eq!(read_name(wrong).unwrap_err().field, "name");
        }
    }
}
