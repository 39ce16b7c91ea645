//! Types of the catalogue of list views.
//!
//! A [`ViewSpec`] describes a view: its words, its URL parameters ([`Param`]), the columns of its exports ([`Column`])
//! and of its table ([`TableColumn`]). URL parser and printer, form, chips, column menu, exports, API, OpenAPI document
//! and command line are derived from it. The entries themselves, with the SQL of each parameter and column, are in
//! crate `store`, folder `views`.

mod column;
mod filter;
mod param;
mod row;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

pub use column::{CellFormat, Column, Kind, TableColumn};
pub use filter::{Filter, Given};
pub use param::{DETAILS_PREFIX, End, Number, Param, Takes};
pub use row::{KeyKind, ListRow, RowKey, Value};

/// Texts of a view.
#[derive(Clone, Copy, Debug)]
pub struct ViewWords {
    /// Heading of its page: `Trade decisions`.
    pub title: &'static str,
    /// Its entry in the navigation: `Trades`.
    pub nav: &'static str,
    /// One line below the heading.
    pub about: &'static str,
    /// Noun for one row and for several: `("decision", "decisions")`.
    pub noun: (&'static str, &'static str),
    /// What the search field searches: `Search reasons`.
    pub search: &'static str,
    /// Header of the time column: `Time`.
    pub time: &'static str,
}

/// A list view: its page, exports and API.
#[derive(Debug)]
pub struct ViewSpec {
    /// Its name in URLs, exports and the API: `trades`.
    pub name: &'static str,
    /// Name of a row's schema in the OpenAPI document: `Trade`.
    pub schema: &'static str,
    /// Its texts.
    pub words: ViewWords,
    /// Its URL parameters besides [`crate::filter::list::COMMON`], in the order of the canonical URL and of the form.
    pub params: Vec<Param>,
    /// The columns of its exports and API rows in order, then those that only the table needs.
    pub columns: Vec<Column>,
    /// The columns that its table can show, in the order of the menu, default ones first.
    pub table: Vec<TableColumn>,
    /// The kinds of rows that its histogram stacks, in order; empty without a histogram.
    pub kinds: &'static [&'static str],
    /// Kind of its rows' keys.
    pub key: KeyKind,
    /// Whether an interrupted export can be resumed after its last row.
    pub resumable: bool,
}

impl ViewSpec {
    /// The names of its exported columns, in order.
    pub fn column_names(&self) -> impl Iterator<Item = &'static str> {
        self.exported().map(|column| column.name)
    }

    /// Its exported columns, in order.
    pub fn exported(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.exported)
    }

    /// The index of the column with this name in [`ViewSpec::columns`].
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The parameter with this name.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.is_named(name))
    }

    /// The indexes of the columns that the table columns with these names are rendered from.
    #[must_use]
    pub fn fetched(&self, names: &[&str]) -> Vec<usize> {
        let table = self.table.iter();
        let shown = table.filter(|column| names.contains(&column.name));
        let mut places: Vec<usize> = shown
            .flat_map(|column| column.of.iter().filter_map(|name| self.column(name)))
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// As [`ViewSpec::fetched`], for the table's default columns.
    #[must_use]
    pub fn default_columns(&self) -> Vec<usize> {
        let table = self.table.iter().filter(|column| column.default);
        let names: Vec<&str> = table.map(|column| column.name).collect();
        self.fetched(&names)
    }

    /// The path of its page.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/{}", self.name)
    }
}

/// A handle to a view of the catalogue. Handles are equal if their views have the same name.
#[derive(Clone, Copy)]
pub struct View(pub &'static ViewSpec);

impl Deref for View {
    type Target = ViewSpec;

    fn deref(&self) -> &ViewSpec {
        self.0
    }
}

impl PartialEq for View {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for View {}

impl Hash for View {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "View({})", self.name)
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
