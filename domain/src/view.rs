//! The list views, by name.

use std::fmt;
use std::str::FromStr;

/// A list view: its page, its exports and its API share this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Trade decisions (`trade_audit` with its order).
    Trades,
    /// Algorithm signals of the executor and of the collectors.
    Signals,
    /// Every `audit_log` event.
    Events,
    /// Kill-switch episodes.
    KillSwitch,
    /// What does not add up.
    Findings,
}

impl View {
    /// All of them, in the order of the navigation.
    pub const ALL: [Self; 5] = [
        Self::Trades,
        Self::Signals,
        Self::KillSwitch,
        Self::Findings,
        Self::Events,
    ];

    /// As in the URL: `trades`, `signals`, `events`, `kill-switch`, `findings`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trades => "trades",
            Self::Signals => "signals",
            Self::Events => "events",
            Self::KillSwitch => "kill-switch",
            Self::Findings => "findings",
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no view.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a view is trades, signals, events, kill-switch or findings")]
pub struct UnknownView;

impl FromStr for View {
    type Err = UnknownView;

    fn from_str(text: &str) -> Result<Self, UnknownView> {
        Self::ALL
            .into_iter()
            .find(|view| view.name() == text)
            .ok_or(UnknownView)
    }
}
