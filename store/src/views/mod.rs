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

use domain::catalogue::View;

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

/// The source of the rows of `view`.
#[must_use]
pub fn source(view: View) -> Source {
    match sql_view(view) {
        None => Source::Episodes,
        Some(_) if view == findings() => Source::Findings,
        Some(known) => Source::Engine(EngineView(known)),
    }
}

/// The entry of a view whose rows come from SQL.
fn sql_view(view: View) -> Option<&'static SqlView> {
    let known: [&'static SqlView; 4] = [&TRADES, &SIGNALS, &EVENTS, &FINDINGS];
    known.into_iter().find(|known| View(&known.spec) == view)
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
    [trades(), signals(), kill_switch(), findings(), events()]
}

/// Finds a view by its name.
#[must_use]
pub fn find(name: &str) -> Option<View> {
    all().into_iter().find(|view| view.name == name)
}

/// The parameters of a view whose form offers values from the database.
pub(crate) fn options(view: View) -> impl Iterator<Item = (&'static str, Options)> {
    let params = sql_view(view).map(|known| known.spec.params.iter().zip(&known.params));
    params
        .into_iter()
        .flatten()
        .map(|(param, part)| (param.name, part.options))
        .filter(|(_, options)| *options != Options::None)
}
