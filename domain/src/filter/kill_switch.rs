//! Values of the parameters of `/kill-switch`.

use super::choice::ParamEnum;
use crate::episode::Mechanism;

impl ParamEnum for Mechanism {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::EmergencyStop, "emergency_stop"),
        (Self::Toggle, "toggle"),
    ];
    const EXPECTED: &'static str = "emergency_stop or toggle";
}

/// Whether an episode has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not cleared.
    Open,
    /// Cleared.
    Closed,
}

impl ParamEnum for State {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Open, "open"), (Self::Closed, "closed")];
    const EXPECTED: &'static str = "open or closed";
}

/// Whether an episode has leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaks {
    /// Trades were approved or orders created inside the episode.
    Yes,
    /// No trades were approved and no orders created inside it.
    No,
}

impl ParamEnum for Leaks {
    const VALUES: &'static [(Self, &'static str)] = &[(Self::Yes, "yes"), (Self::No, "no")];
    const EXPECTED: &'static str = "yes or no";
}
