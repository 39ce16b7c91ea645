//! Counts of the overview page.

/// Numbers of rows in a span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayNumbers {
    /// Trade decisions.
    pub decisions: u64,
    /// Of them executed.
    pub executed: u64,
    /// Of them blocked.
    pub blocked: u64,
    /// Signals of executors and collectors.
    pub signals: u64,
    /// Rejected attempts; the two rows of a kill-switch rejection count once.
    pub rejections: u64,
    /// `audit_log` events.
    pub events: u64,
}
