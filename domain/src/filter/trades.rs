//! Values of the parameters of `/trades`.

use super::choice::ParamEnum;
use crate::block::BlockKind;

/// Outcome of a decision. A row that was blocked and executed all the same has both outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// An order was submitted.
    Executed,
    /// It has a block reason.
    Blocked,
    /// Neither, and not a HOLD.
    Pending,
}

impl ParamEnum for OutcomeKind {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Executed, "executed"),
        (Self::Blocked, "blocked"),
        (Self::Pending, "pending"),
    ];
    const EXPECTED: &'static str = "executed, blocked or pending";
}

impl ParamEnum for BlockKind {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::KillSwitch, "kill_switch"),
        (Self::PositionSize, "position_size"),
        (Self::DailyLoss, "daily_loss"),
        (Self::Exposure, "exposure"),
        (Self::NamedRule, "named_rule"),
        (Self::Other, "other"),
    ];
    const EXPECTED: &'static str =
        "kill_switch, position_size, daily_loss, exposure, named_rule or other";
}
