//! Reasons of the Guard for blocking a trade, grouped by the wording of its messages.

/// A group of block reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// `Emergency stop is active …`
    KillSwitch,
    /// `Position size limit exceeded …`
    PositionSize,
    /// `Daily loss limit exceeded …`
    DailyLoss,
    /// `Algorithm exposure limit exceeded …`
    Exposure,
    /// `Dynamic Risk Rule '<name>' violated …`
    NamedRule,
    /// Any other wording.
    Other,
}

impl BlockKind {
    /// How the Guard's messages begin, with the group of each. No beginning is a prefix of another.
    pub const BEGINNINGS: &'static [(&'static str, Self)] = &[
        ("Emergency stop is active", Self::KillSwitch),
        ("kill_switch_active", Self::KillSwitch),
        ("Position size limit exceeded", Self::PositionSize),
        ("Daily loss limit exceeded", Self::DailyLoss),
        ("Algorithm exposure limit exceeded", Self::Exposure),
        ("Dynamic Risk Rule ", Self::NamedRule),
    ];

    /// The group of `reason`, determined by its beginning.
    #[must_use]
    pub fn of(reason: &str) -> Self {
        Self::BEGINNINGS
            .iter()
            .find(|(beginning, _)| reason.starts_with(beginning))
            .map_or(Self::Other, |(_, kind)| *kind)
    }

    /// Label for people: `kill switch`, `position size`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::KillSwitch => "kill switch",
            Self::PositionSize => "position size",
            Self::DailyLoss => "daily loss",
            Self::Exposure => "exposure",
            Self::NamedRule => "named rule",
            Self::Other => "other reason",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_engine_are_classified() {
        for (reason, kind) in [
            (
                "Emergency stop is active - trading is halted",
                BlockKind::KillSwitch,
            ),
            ("Position size limit exceeded: 25%", BlockKind::PositionSize),
            ("Daily loss limit exceeded", BlockKind::DailyLoss),
            (
                "Algorithm exposure limit exceeded [VOLATILE]",
                BlockKind::Exposure,
            ),
            ("Dynamic Risk Rule 'no doge' violated", BlockKind::NamedRule),
            ("", BlockKind::Other),
        ] {
            assert_eq!(BlockKind::of(reason), kind, "{reason}");
        }
    }
}
