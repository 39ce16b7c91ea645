//! Algorithm signals: the executor's (`ALGORITHM_SIGNAL` events) and the collectors' (table `signal`),
//! as one list. A value that the details do not hold, or hold in another type, is what is there.

use uuid::Uuid;

use crate::filter::SignalOutcomeKind;
use crate::rejection::REJECTED;
use crate::time::Timestamp;

/// Where a signal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Table `signal`, written by data collectors.
    Collector,
    /// An `ALGORITHM_SIGNAL` event of the algorithm executor.
    Executor,
}

impl Origin {
    /// As in the URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collector => "collector",
            Self::Executor => "executor",
        }
    }
}

/// A signal's id: the event's uuid or the collector row's number. Signals of the same moment are
/// ordered collectors first, then by number or by uuid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalId {
    /// `signal.id`
    Collector(i32),
    /// `audit_log.id`
    Executor(Uuid),
}

impl SignalId {
    /// Where a signal of this id comes from.
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
    /// Reads what it prints as; `None` for what is no signal's id.
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
    /// Its id, which tells its origin.
    pub id: SignalId,
    /// When it was written.
    pub timestamp: Timestamp,
    /// The executor's algorithm, as the details spell it.
    pub algorithm_id: Option<String>,
    /// That algorithm's name, where it exists.
    pub algorithm_name: Option<String>,
    /// Coin.
    pub coin: Option<String>,
    /// `buy`, `sell`, `neutral`, or what is there.
    pub action: Option<String>,
    /// Quantity, as the details spell it.
    pub quantity: Option<String>,
    /// Confidence or strength, as stored.
    pub confidence: Option<String>,
    /// Price in the executor's market snapshot, as the details spell it.
    pub price: Option<String>,
    /// The collector's name.
    pub source: Option<String>,
    /// The json column's text, exactly as stored.
    pub details: Option<String>,
    /// What became of it; a collector's signal is never traded on, and has no outcome.
    pub outcome: Option<SignalOutcome>,
}

/// What became of an executor's signal: the furthest that it got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalOutcome {
    /// The Guard gave no verdict on it in time.
    Nothing,
    /// The Guard gave one.
    Verdict {
        /// The event that says so.
        event: Uuid,
        /// What it was, and what came of it.
        verdict: Verdict,
    },
}

/// The Guard's verdict on a signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was rejected, for this reason in the Guard's words.
    Rejected(Option<String>),
    /// It was approved, and no order came of it.
    Approved,
    /// It was approved, and an order of this status came of it: `submitted`, `filled`, or what the engine
    /// wrote.
    Ordered(String),
}

impl SignalOutcome {
    /// Of the verdict's event with its type and reason, and the status of the order that followed it.
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

    /// Which of the filter's words it is.
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
    fn ids_tell_their_origin() {
        assert_eq!(SignalId::parse("42").unwrap().origin(), Origin::Collector);
        let uuid = "5cc13e81-f0d5-42de-a352-e8a1565429ca";
        assert_eq!(SignalId::parse(uuid).unwrap().origin(), Origin::Executor);
        assert_eq!(SignalId::parse("4.2"), None);
    }

    #[test]
    fn a_fill_in_part_is_a_fill_and_any_other_status_an_order() {
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
