//! Algorithm signals: the executor's (`ALGORITHM_SIGNAL` events) and the collectors' (table `signal`), as one list.
//! Fields are as the details have them, and may be missing or of another type.

use uuid::Uuid;

use crate::filter::SignalOutcomeKind;
use crate::rejection::REJECTED;
use crate::time::Timestamp;

/// Origin of a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Table `signal`, written by data collectors.
    Collector,
    /// An `ALGORITHM_SIGNAL` event of the algorithm executor.
    Executor,
}

impl Origin {
    /// Its word in URLs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collector => "collector",
            Self::Executor => "executor",
        }
    }
}

/// A signal's id: the event's UUID or the collector row's number. Signals with the same time are ordered collectors
/// first, then by number or UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalId {
    /// `signal.id`
    Collector(i32),
    /// `audit_log.id`
    Executor(Uuid),
}

impl SignalId {
    /// The origin of a signal with this id.
    #[must_use]
    pub const fn origin(self) -> Origin {
        match self {
            Self::Collector(_) => Origin::Collector,
            Self::Executor(_) => Origin::Executor,
        }
    }
}

impl std::fmt::Display for SignalId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Collector(id) => id.fmt(f),
            Self::Executor(id) => id.fmt(f),
        }
    }
}

impl SignalId {
    /// Parses a printed id; `None` if it is not a signal's id.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.parse() {
            Ok(number) => Some(Self::Collector(number)),
            Err(_) => Uuid::try_parse(text).ok().map(Self::Executor),
        }
    }
}

/// One signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Its id, which determines its origin.
    pub id: SignalId,
    /// When it was written.
    pub timestamp: Timestamp,
    /// The algorithm's id, as in the executor's details.
    pub algorithm_id: Option<String>,
    /// The algorithm's name, if it exists.
    pub algorithm_name: Option<String>,
    /// Coin.
    pub coin: Option<String>,
    /// `buy`, `sell`, `neutral`, or any other stored text.
    pub action: Option<String>,
    /// Quantity, as in the details.
    pub quantity: Option<String>,
    /// Confidence or strength, as stored.
    pub confidence: Option<String>,
    /// Price in the executor's market snapshot, as in the details.
    pub price: Option<String>,
    /// The collector's name.
    pub source: Option<String>,
    /// The json column's text, exactly as stored.
    pub details: Option<String>,
    /// Its outcome; `None` for collectors' signals, which are never traded on.
    pub outcome: Option<SignalOutcome>,
}

/// How far an executor's signal got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalOutcome {
    /// The Guard gave no verdict within [`crate::link::LINK_WITHIN`].
    Nothing,
    /// The Guard gave a verdict.
    Verdict {
        /// The verdict's event.
        event: Uuid,
        /// The verdict and what followed.
        verdict: Verdict,
    },
}

/// The Guard's verdict on a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Rejected, with the Guard's reason.
    Rejected(Option<String>),
    /// Approved, and no order followed.
    Approved,
    /// Approved, and an order with this status followed: `submitted`, `filled`, or what the engine wrote.
    Ordered(String),
}

impl SignalOutcome {
    /// The outcome from the verdict's event with its type and reason, and the status of the order that followed it.
    #[must_use]
    pub fn of(
        event: Option<Uuid>,
        event_type: Option<&str>,
        reason: Option<String>,
        order_status: Option<String>,
    ) -> Self {
        let Some(event) = event else {
            return Self::Nothing;
        };
        let verdict = if event_type == Some(REJECTED) {
            Verdict::Rejected(reason)
        } else {
            order_status.map_or(Verdict::Approved, Verdict::Ordered)
        };
        Self::Verdict { event, verdict }
    }

    /// Its value of the filter `outcome`.
    #[must_use]
    pub fn kind(&self) -> SignalOutcomeKind {
        let Self::Verdict { verdict, .. } = self else {
            return SignalOutcomeKind::Nothing;
        };
        match verdict {
            Verdict::Rejected(_) => SignalOutcomeKind::Rejected,
            Verdict::Approved => SignalOutcomeKind::Approved,
            Verdict::Ordered(status) if matches!(status.as_str(), "filled" | "partial") => {
                SignalOutcomeKind::Filled
            }
            Verdict::Ordered(_) => SignalOutcomeKind::Order,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_determine_their_origin() {
        assert_eq!(SignalId::parse("42").unwrap().origin(), Origin::Collector);
        let uuid = "5cc13e81-f0d5-42de-a352-e8a1565429ca";
        assert_eq!(SignalId::parse(uuid).unwrap().origin(), Origin::Executor);
        assert_eq!(SignalId::parse("4.2"), None);
    }

    #[test]
    fn partial_fills_count_as_filled_and_other_statuses_as_order() {
        let of = |verdict| SignalOutcome::Verdict {
            event: Uuid::nil(),
            verdict,
        };
        for (outcome, kind) in [
            (SignalOutcome::Nothing, SignalOutcomeKind::Nothing),
            (of(Verdict::Rejected(None)), SignalOutcomeKind::Rejected),
            (of(Verdict::Approved), SignalOutcomeKind::Approved),
            (
                of(Verdict::Ordered("submitted".to_owned())),
                SignalOutcomeKind::Order,
            ),
            (
                of(Verdict::Ordered("Filled".to_owned())),
                SignalOutcomeKind::Order,
            ),
            (
                of(Verdict::Ordered("partial".to_owned())),
                SignalOutcomeKind::Filled,
            ),
            (
                of(Verdict::Ordered("filled".to_owned())),
                SignalOutcomeKind::Filled,
            ),
        ] {
            assert_eq!(outcome.kind(), kind, "{outcome:?}");
        }
    }
}
