//! Parameter `cols`: which columns a list's table shows, and in which order. It does not affect rows, counts or
//! exports.

use crate::catalogue::View;
use crate::query::{ParamError, Params};

/// The first column of every table. It links to the row and cannot be hidden.
const TIME: &str = "time";

/// Distinct columns of a view, in the order in which they follow the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(Vec<&'static str>);

impl Columns {
    /// The columns that `view` shows by default, in order.
    #[must_use]
    pub fn default_for(view: View) -> Self {
        let table = view.0.table.iter();
        Self(
            table
                .filter(|column| column.default)
                .map(|column| column.name)
                .collect(),
        )
    }

    /// All columns of `view`: the default ones, then the others.
    #[must_use]
    pub fn all(view: View) -> Self {
        Self(view.0.table.iter().map(|column| column.name).collect())
    }

    /// Takes `cols`: names separated by commas, possibly in several parameters, as a form's checkboxes are sent.
    ///
    /// # Errors
    /// When a name is not one of the view's columns or is given twice. The message lists the columns.
    pub fn take(params: &mut Params, view: View) -> Result<Option<Self>, ParamError> {
        let values = params.take_all("cols")?;
        let names: Vec<&str> = values.iter().flat_map(|value| value.split(',')).collect();
        if names.is_empty() {
            return Ok(None);
        }
        Self::of_names(&names, view).map(Some)
    }

    fn of_names(names: &[&str], view: View) -> Result<Self, ParamError> {
        let Self(all) = Self::all(view);
        let mut chosen = Vec::new();
        for (at, name) in names.iter().enumerate() {
            let known = all.iter().find(|column| *column == name);
            if names[..at].contains(name) || (known.is_none() && *name != TIME) {
                let takes = format!("{TIME}, {}, each once", all.join(", "));
                return Err(ParamError::wrong_value("cols", name, &takes));
            }
            chosen.extend(known);
        }
        Ok(Self(chosen))
    }

    /// Parses the text of [`Columns::to_cookie`].
    #[must_use]
    pub fn from_cookie(text: &str, view: View) -> Option<Self> {
        let names: Vec<&str> = text.split('.').collect();
        Self::of_names(&names, view).ok()
    }

    /// The names separated by dots, for cookies, whose values cannot have commas.
    #[must_use]
    pub fn to_cookie(&self) -> String {
        self.joined(".")
    }

    /// The value of `cols`.
    #[must_use]
    pub fn print(&self) -> String {
        self.joined(",")
    }

    fn joined(&self, between: &str) -> String {
        if self.0.is_empty() {
            TIME.to_owned()
        } else {
            self.0.join(between)
        }
    }

    /// Their names, in order.
    #[must_use]
    pub fn names(&self) -> &[&'static str] {
        &self.0
    }

    /// Moves `name` one position towards the time; `None` if it is first or not shown.
    #[must_use]
    pub fn with_earlier(&self, name: &str) -> Option<Self> {
        let at = self.0.iter().position(|column| *column == name)?;
        let mut moved = self.clone();
        moved.0.swap(at.checked_sub(1)?, at);
        Some(moved)
    }
}

/// A user's saved columns, by view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SavedColumns(Vec<(View, Columns)>);

impl SavedColumns {
    /// Reads the saved text of each view with `find`, as [`Columns::to_cookie`] prints it. Invalid texts are ignored.
    #[must_use]
    pub fn read<'a>(views: &[View], find: impl Fn(View) -> Option<&'a str>) -> Self {
        let saved = views
            .iter()
            .filter_map(|view| Some((*view, Columns::from_cookie(find(*view)?, *view)?)));
        Self(saved.collect())
    }

    /// The saved columns of `view`, if any.
    #[must_use]
    pub fn of(&self, view: View) -> Option<&Columns> {
        let mut kept = self.0.iter();
        kept.find(|(of, _)| *of == view).map(|(_, columns)| columns)
    }
}
