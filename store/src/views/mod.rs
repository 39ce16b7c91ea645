//! The catalogue of list views, with the SQL behind their parameters and columns.
//!
//! Each view has a file with its entry: words, parameters, columns, table, histogram. URL parser and printer, `WHERE`,
//! exports, API, OpenAPI document, form, chips, column menu, facets and command line are derived from it.

mod condition;
mod entry;
mod events;
mod findings;
mod kill_switch;
mod signals;
#[cfg(test)]
mod tests;
mod trades;

use domain::catalogue::{View, ViewSpec};

pub(crate) use condition::TimeRange;
pub(crate) use entry::{Branch, BranchKey, FacetSql, NameSource, Options, SqlView};
pub(crate) use events::EVENTS;
pub(crate) use findings::FINDINGS;
pub(crate) use kill_switch::KILL_SWITCH;
pub(crate) use signals::{COLLECTOR_FROM, JsonExtraction, SIGNALS, coin_key, executor_from};
pub(crate) use trades::TRADES;

/// A view whose rows come from a statement over the engine's tables.
#[derive(Clone, Copy)]
pub struct EngineView(pub(crate) &'static SqlView);

impl EngineView {
    /// The view.
    #[must_use]
    pub fn view(self) -> View {
        View(&self.0.spec)
    }
}

/// Source of a view's rows.
#[derive(Clone, Copy)]
pub enum Source {
    /// A statement over the engine's tables.
    Engine(EngineView),
    /// The console's own table of findings.
    Findings,
    /// Derived in memory from kill-switch events.
    Episodes,
}

/// A view, and where its rows come from.
#[derive(Clone, Copy)]
enum Entry {
    Engine(&'static SqlView),
    Findings(&'static SqlView),
    Episodes(&'static ViewSpec),
}

/// The one list of views, in the order of the navigation.
fn entries() -> [Entry; 5] {
    [
        Entry::Engine(&TRADES),
        Entry::Engine(&SIGNALS),
        Entry::Episodes(&KILL_SWITCH),
        Entry::Findings(&FINDINGS),
        Entry::Engine(&EVENTS),
    ]
}

impl Entry {
    fn view(self) -> View {
        match self {
            Self::Engine(sql) | Self::Findings(sql) => View(&sql.spec),
            Self::Episodes(spec) => View(spec),
        }
    }

    fn sql(self) -> Option<&'static SqlView> {
        match self {
            Self::Engine(sql) | Self::Findings(sql) => Some(sql),
            Self::Episodes(_) => None,
        }
    }
}

fn entry(view: View) -> Option<Entry> {
    entries().into_iter().find(|entry| entry.view() == view)
}

/// The source of the rows of `view`.
#[must_use]
pub fn source(view: View) -> Source {
    match entry(view) {
        Some(Entry::Engine(sql)) => Source::Engine(EngineView(sql)),
        Some(Entry::Findings(_)) => Source::Findings,
        // Views are made in this file alone, from the entries.
        Some(Entry::Episodes(_)) | None => Source::Episodes,
    }
}

/// The entries of the views whose rows come from SQL.
#[cfg(test)]
fn sql_views() -> impl Iterator<Item = &'static SqlView> {
    entries().into_iter().filter_map(Entry::sql)
}

/// Trade decisions.
#[must_use]
pub fn trades() -> View {
    View(&TRADES.spec)
}

/// Algorithm signals.
#[must_use]
pub fn signals() -> View {
    View(&SIGNALS.spec)
}

/// Kill-switch episodes.
#[must_use]
pub fn kill_switch() -> View {
    View(&KILL_SWITCH)
}

/// Findings.
#[must_use]
pub fn findings() -> View {
    View(&FINDINGS.spec)
}

/// Every row of `audit_log`.
#[must_use]
pub fn events() -> View {
    View(&EVENTS.spec)
}

/// Every view, in the order of the navigation.
#[must_use]
pub fn all() -> [View; 5] {
    entries().map(Entry::view)
}

/// Finds a view by its name.
#[must_use]
pub fn find(name: &str) -> Option<View> {
    all().into_iter().find(|view| view.name == name)
}

/// The parameters of a view whose form offers values from the database.
pub(crate) fn options(view: View) -> impl Iterator<Item = (&'static str, Options)> {
    let sql = entry(view).and_then(Entry::sql);
    let params = sql.map(|sql| sql.spec.params.iter().zip(&sql.params));
    params
        .into_iter()
        .flatten()
        .map(|(param, part)| (param.name, part.options))
        .filter(|(_, options)| *options != Options::None)
}
