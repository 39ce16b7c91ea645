//! The ground truth of a history: what was generated on purpose, for tests and people.

use std::fmt;

use uuid::Uuid;

use super::findings::{self, ExpectedFinding, Subject, Unjudged};
use super::hostile::Hostile;
use super::time::Instant;
use super::timeline::Actor;

/// What was generated on purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroundTruth {
    /// Decisions by agents, without generated anomalies.
    pub decisions: u64,
    /// Orders that stay `submitted`.
    pub stuck_orders: Vec<Uuid>,
    /// Executed decisions whose order does not exist.
    pub missing_orders: Vec<Uuid>,
    /// Orders that the exchange refused.
    pub failed_orders: u64,
    /// Orders cancelled before any fill.
    pub cancelled_orders: u64,
    /// Orders filled in part.
    pub partial_orders: u64,
    /// Hostile rows, with the id of each.
    pub hostile: Vec<(Hostile, Uuid)>,
    /// Kill-switch episodes, in the order of their activations.
    pub episodes: Vec<ExpectedEpisode>,
    /// Clears of a mechanism that is not active, in order.
    pub strays: Vec<Uuid>,
    /// Expected findings, except those that depend on Redis.
    pub findings: Vec<ExpectedFinding>,
    pub(super) unjudged: Unjudged,
}

/// How trading is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// Enforced by the Guard, through Redis.
    EmergencyStop,
    /// The admin page's toggle: declared, not enforced.
    Toggle,
}

/// A kill-switch episode: from an activation to the next clear of the same mechanism.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedEpisode {
    /// How trading is stopped.
    pub mechanism: Mechanism,
    /// The activating event; of an emergency stop's two, the first.
    pub id: Uuid,
    /// When it is activated.
    pub activated_at: Instant,
    /// Who activates it.
    pub activated_by: Actor,
    /// Actors who repeat the activation.
    pub pulled_again_by: Vec<Actor>,
    /// When it is cleared; `None` while it is open.
    pub cleared_at: Option<Instant>,
    /// Who clears it; `None` while it is open.
    pub cleared_by: Option<Actor>,
}

impl ExpectedEpisode {
    /// Whether it has leaks by design: a toggle does not stop trading.
    #[must_use]
    pub fn leaks(&self) -> bool {
        self.mechanism == Mechanism::Toggle
    }

    /// Whether `actor` had a part in it.
    #[must_use]
    pub fn involves(&self, actor: Actor) -> bool {
        self.activated_by == actor
            || self.cleared_by == Some(actor)
            || self.pulled_again_by.contains(&actor)
    }

    /// Whether it overlaps with `other`; an open episode has no end.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_before_the_end_of = |later: &Self, earlier: &Self| {
            earlier
                .cleared_at
                .is_none_or(|end| later.activated_at < end)
        };
        begins_before_the_end_of(self, other) && begins_before_the_end_of(other, self)
    }
}

impl GroundTruth {
    /// Records an activation: it begins an episode, or repeats that of the open one.
    pub(super) fn activate(&mut self, mechanism: Mechanism, by: Actor, id: Uuid, at: Instant) {
        match self.open(mechanism) {
            Some(episode) => {
                episode.pulled_again_by.push(by);
                self.find(findings::STOP_TWICE, Subject::Event(id));
            }
            None => self.episodes.push(ExpectedEpisode {
                mechanism,
                id,
                activated_at: at,
                activated_by: by,
                pulled_again_by: Vec::new(),
                cleared_at: None,
                cleared_by: None,
            }),
        }
    }

    /// Records a clear: it ends the open episode, or is unmatched.
    pub(super) fn clear(&mut self, mechanism: Mechanism, by: Actor, id: Uuid, at: Instant) {
        if let Some(episode) = self.open(mechanism) {
            episode.cleared_at = Some(at);
            episode.cleared_by = Some(by);
        } else {
            self.strays.push(id);
            self.find(findings::CLEAR_WITHOUT_STOP, Subject::Event(id));
        }
    }

    fn open(&mut self, mechanism: Mechanism) -> Option<&mut ExpectedEpisode> {
        self.episodes
            .iter_mut()
            .rev()
            .find(|episode| episode.mechanism == mechanism)
            .filter(|episode| episode.cleared_at.is_none())
    }
}

impl fmt::Display for GroundTruth {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let toggles = self.episodes.iter().filter(|episode| episode.leaks());
        write!(
            formatter,
            "{} decisions; planted: {} orders stuck, {} missing, {} failed, {} cancelled, {} partial, {} hostile rows, \
             {} kill-switch episodes ({} toggles), {} stray clears; {} findings",
            self.decisions,
            self.stuck_orders.len(),
            self.missing_orders.len(),
            self.failed_orders,
            self.cancelled_orders,
            self.partial_orders,
            self.hostile.len(),
            self.episodes.len(),
            toggles.count(),
            self.strays.len(),
            self.findings.len()
        )
    }
}
