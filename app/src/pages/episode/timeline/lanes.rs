//! The timeline's lanes, and the appearance of entries in them.

use domain::dossier::{Kind, Span, TimelineEntry};

/// A lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Signals of executors.
    Signals,
    /// Approvals.
    Approved,
    /// Rejections.
    Rejected,
    /// Orders that were made.
    Created,
    /// Orders that were handed to the exchange.
    Submitted,
    /// Orders that were filled.
    Filled,
    /// Orders that failed or were cancelled.
    Ended,
}

impl Lane {
    /// All of them, from the top.
    pub const ALL: [Self; 7] = [
        Self::Signals,
        Self::Approved,
        Self::Rejected,
        Self::Created,
        Self::Submitted,
        Self::Filled,
        Self::Ended,
    ];

    /// The lane of `kind`.
    #[must_use]
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Signal => Self::Signals,
            Kind::Approved => Self::Approved,
            Kind::Rejected => Self::Rejected,
            Kind::Created => Self::Created,
            Kind::Submitted => Self::Submitted,
            Kind::Filled => Self::Filled,
            Kind::Cancelled | Kind::Failed => Self::Ended,
        }
    }

    /// What stands beside it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signals => "Signals",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Created => "Orders created",
            Self::Submitted => "Submitted",
            Self::Filled => "Filled",
            Self::Ended => "Cancelled, failed",
        }
    }

    /// After a number: `12 approved`.
    #[must_use]
    pub const fn noun(self) -> (&'static str, &'static str) {
        match self {
            Self::Signals => ("signal", "signals"),
            Self::Approved => ("approved", "approved"),
            Self::Rejected => ("rejected", "rejected"),
            Self::Created => ("order created", "orders created"),
            Self::Submitted => ("order submitted", "orders submitted"),
            Self::Filled => ("order filled", "orders filled"),
            Self::Ended => ("order cancelled or failed", "orders cancelled or failed"),
        }
    }

    /// Whether an entry of this lane counts as a leak during an episode.
    #[must_use]
    pub const fn leaks(self) -> bool {
        matches!(self, Self::Approved | Self::Created)
    }
}

/// The appearance of an entry: a shape and a colour for each meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A leak.
    Leak,
    /// A leak that was counted before: the second check of a trade.
    SecondLeak,
    /// Rejected.
    Rejection,
    /// A signal.
    Signal,
    /// Anything else.
    Other,
}

impl Look {
    /// How `moment` looks beside an episode that is `inside`.
    #[must_use]
    pub fn of(moment: &TimelineEntry, inside: Span) -> Self {
        let leaks = moment.kind.leaks() && inside.contains(moment.at);
        match moment.kind {
            _ if leaks && moment.is_second => Self::SecondLeak,
            _ if leaks => Self::Leak,
            Kind::Rejected => Self::Rejection,
            Kind::Signal => Self::Signal,
            _ => Self::Other,
        }
    }

    /// The fragment of its shape.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Leak => "#t-leak",
            Self::SecondLeak => "#t-second",
            Self::Rejection => "#t-square",
            Self::Signal | Self::Other => "#t-dot",
        }
    }

    /// The class of its colour.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Leak | Self::SecondLeak => "tm leak",
            Self::Rejection => "tm rejection",
            Self::Signal => "tm signal",
            Self::Other => "tm other",
        }
    }
}
