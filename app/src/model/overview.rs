//! The overview.

use domain::catalogue::{ListRow, View};
use domain::day::DayNumbers;
use domain::episode::History;

/// The overview.
#[derive(Clone, Debug)]
pub struct OverviewPage {
    /// Decisions of the last 24 hours, by outcome.
    pub last_day: DayNumbers,
    /// The list of events.
    pub events: View,
    /// The newest events.
    pub newest_events: Vec<ListRow>,
    /// Every kill-switch episode, to tell the open ones and the last.
    pub history: History,
}
