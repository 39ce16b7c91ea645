//! What a history has planted, so that a test or a person can look for it.

use std::fmt;

use uuid::Uuid;

use super::findings::{self, ExpectedFinding, Subject, Unjudged};
use super::hostile::Hostile;
use super::time::Instant;
use super::timeline::Actor;

/// What was planted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroundTruth {
    /// Decisions by agents, those that are planted not counted.
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
    /// Events that clear a mechanism which is not active, in order.
    pub strays: Vec<Uuid>,
    /// Whatever does not add up, except what Redis alone can tell.
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
    /// The event that activates it; of an emergency stop's two, the first.
    pub id: Uuid,
    /// When it is activated.
    pub activated_at: Instant,
    /// Who activates it.
    pub activated_by: Actor,
    /// Who activates it again while it is active.
    pub pulled_again_by: Vec<Actor>,
    /// When it is cleared; `None` while it is open.
    pub cleared_at: Option<Instant>,
    /// Who clears it; `None` while it is open.
    pub cleared_by: Option<Actor>,
}

impl ExpectedEpisode {
    /// Whether it leaks by design: a toggle stops nothing, so whatever is traded inside slips through.
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

    /// Whether it shares a moment with `other`; an open end is open.
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
    /// Notes an activation: an episode begins, or the one that is open is pulled again.
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

    /// Notes a clear: it ends the open episode, or is a stray.
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
