//! The pages of single rows: decisions, traces, signals and events.

use domain::event::Event;
use domain::finding::StoredFinding;
use domain::signal::Signal;
use domain::trace::Trace;
use domain::trade::TradeDetail;
use uuid::Uuid;

/// A decision's page.
#[derive(Clone, Debug)]
pub struct TradePage {
    /// All there is to know of it.
    pub detail: TradeDetail,
    /// How it came about and what became of it.
    pub trace: Trace,
    /// What does not add up about its rows.
    pub findings: Vec<StoredFinding>,
}

/// A trace's page, which is an order's, too.
#[derive(Clone, Debug)]
pub struct TracePage {
    /// The trace.
    pub trace: Trace,
    /// What does not add up about its rows.
    pub findings: Vec<StoredFinding>,
}

/// A signal's page.
#[derive(Clone, Debug)]
pub struct SignalPage {
    /// The signal; its details are its raw json.
    pub signal: Signal,
    /// The event behind an executor signal.
    pub event: Option<Event>,
    /// The trade that an executor signal led to.
    pub trace: Option<Trace>,
    /// What does not add up about it.
    pub findings: Vec<StoredFinding>,
}

/// An event's page.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// The event.
    pub event: Event,
    /// The episode that a kill-switch event belongs to.
    pub episode: Option<Uuid>,
    /// The trade that a trade event is a step of.
    pub trace: Option<Trace>,
    /// What does not add up about it.
    pub findings: Vec<StoredFinding>,
}
