//! Kill-switch episodes: from a mechanism's activation to its next clear, derived from the ordered stream of the
//! engine's kill-switch events.
//!
//! The engine writes every activation of the emergency stop as two rows, about ten milliseconds apart: one with
//! `status` and `triggered_by`, one with `timestamp` and `source`. They count as one activation. The toggle writes one
//! row for each change. The two mechanisms are independent: the Guard enforces the emergency stop, the toggle is only
//! declared.

use uuid::Uuid;

use crate::event::{Event, actor_label};
use crate::filter::Actor;
use crate::json::Tree;
use crate::time::Timestamp;

/// The types of kill-switch events.
pub const EVENT_TYPES: [&str; 3] = [
    "EMERGENCY_STOP_ACTIVATED",
    "EMERGENCY_STOP_CLEARED",
    "kill_switch_toggle",
];

/// Maximum microseconds between the two rows of an activation. The engine takes about 10 ms; a busy machine may take
/// longer.
pub const DOUBLED_WITHIN: i64 = 5_000_000;

/// How trading was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// Redis key `omc:emergency_stop`: enforced by the Guard.
    EmergencyStop,
    /// The admin page's setting: declared, not enforced.
    Toggle,
}

/// Meaning of a kill-switch event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The mechanism was switched on.
    Activate(ActivationRow),
    /// The mechanism was switched off.
    Clear,
    /// A toggle whose `active` is neither `true` nor `false`.
    Unreadable,
}

/// Kind of an activation's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivationRow {
    /// The emergency stop's row with `status` and `triggered_by`.
    Trigger,
    /// The emergency stop's row with `source`, which mirrors Redis.
    Mirror,
    /// The toggle's only row.
    Single,
}

/// A kill-switch event with its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillSwitchEvent {
    /// The raw event.
    pub event: Event,
    /// The mechanism.
    pub mechanism: Mechanism,
    /// Its meaning.
    pub signal: Signal,
    /// `triggered_by` of the details, if present.
    pub triggered_by: Option<String>,
}

impl KillSwitchEvent {
    /// Interprets a raw event; `None` if it is not a kill-switch event.
    #[must_use]
    pub fn read(event: Event) -> Option<Self> {
        let details = Tree::read(event.details.as_deref().unwrap_or_default());
        let (mechanism, signal) = match event.event_type.as_str() {
            "EMERGENCY_STOP_ACTIVATED" => {
                let row = if details.member("source").is_some() {
                    ActivationRow::Mirror
                } else {
                    ActivationRow::Trigger
                };
                (Mechanism::EmergencyStop, Signal::Activate(row))
            }
            "EMERGENCY_STOP_CLEARED" => (Mechanism::EmergencyStop, Signal::Clear),
            "kill_switch_toggle" => (Mechanism::Toggle, toggle_signal(&details)),
            _ => return None,
        };
        let triggered_by = match details.member("triggered_by") {
            Some(Tree::String(by)) => Some(by.clone()),
            _ => None,
        };
        Some(Self {
            event,
            mechanism,
            signal,
            triggered_by,
        })
    }

    /// Label of the actor: the e-mail, else the id, else `triggered_by`, else `system`.
    #[must_use]
    pub fn actor(&self) -> String {
        match (
            &self.event.user_email,
            self.event.user_id,
            &self.triggered_by,
        ) {
            (None, None, Some(by)) => by.clone(),
            (email, id, _) => actor_label(email.as_deref(), id),
        }
    }

    /// The actor's account: that of the row, else the one whose id is in `triggered_by`.
    #[must_use]
    pub fn account(&self) -> Option<Uuid> {
        let named = || Uuid::try_parse(self.triggered_by.as_deref()?).ok();
        self.event.user_id.or_else(named)
    }

    fn is(&self, wanted: &Actor) -> bool {
        match wanted {
            Actor::System => self.event.user_id.is_none(),
            Actor::Id(id) => self.account() == Some(*id),
            Actor::Email(email) => self
                .event
                .user_email
                .as_ref()
                .is_some_and(|known| known.to_lowercase() == email.to_lowercase()),
        }
    }
}

/// The meaning of a toggle's details. Only the member `active` must be readable, so that an unreadable value elsewhere
/// in the document does not hide a stop.
#[must_use]
pub fn toggle_signal(details: &Tree) -> Signal {
    match details.member("active") {
        Some(Tree::Bare(word)) if word == "true" => Signal::Activate(ActivationRow::Single),
        Some(Tree::Bare(word)) if word == "false" => Signal::Clear,
        _ => Signal::Unreadable,
    }
}

/// An episode: from an activation to the next clear of the same mechanism.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// How trading was stopped.
    pub mechanism: Mechanism,
    /// The row or two rows of the activation. The id of the first is the episode's id.
    pub activation: Vec<KillSwitchEvent>,
    /// Activations while it was already active.
    pub repeats: Vec<KillSwitchEvent>,
    /// The clear; `None` while it is open.
    pub clear: Option<KillSwitchEvent>,
}

impl Episode {
    fn begin(event: KillSwitchEvent) -> Self {
        Self {
            mechanism: event.mechanism,
            activation: vec![event],
            repeats: Vec::new(),
            clear: None,
        }
    }

    /// The first row of the activation.
    #[must_use]
    pub fn first(&self) -> &KillSwitchEvent {
        &self.activation[0]
    }

    /// When it was activated.
    #[must_use]
    pub fn activated_at(&self) -> Timestamp {
        self.first().event.timestamp
    }

    /// The clearing row; none while it is open.
    #[must_use]
    pub const fn cleared(&self) -> Option<&KillSwitchEvent> {
        self.clear.as_ref()
    }

    /// When it was cleared; none while it is open.
    #[must_use]
    pub fn cleared_at(&self) -> Option<Timestamp> {
        self.cleared().map(|clear| clear.event.timestamp)
    }

    /// Microseconds from activation to clear; none while it is open.
    #[must_use]
    pub fn duration_micros(&self) -> Option<i64> {
        Some(self.cleared_at()?.micros_since(self.activated_at()))
    }

    /// All of its events, in order.
    pub fn events(&self) -> impl Iterator<Item = &KillSwitchEvent> {
        self.activation
            .iter()
            .chain(&self.repeats)
            .chain(&self.clear)
    }

    /// Whether `wanted` activated or cleared it.
    #[must_use]
    pub fn involves(&self, wanted: &Actor) -> bool {
        self.first().is(wanted) || self.cleared().is_some_and(|clear| clear.is(wanted))
    }

    /// Whether it overlaps with `other`; an open episode has no end.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let end = |episode: &Self| episode.cleared_at().unwrap_or(Timestamp::INFINITY);
        self.activated_at() < end(other) && other.activated_at() < end(self)
    }

    /// The text that `q` searches: actors and raw details.
    #[must_use]
    pub fn searched_text(&self) -> String {
        let mut text = String::new();
        for event in self.events() {
            text.push_str(&event.actor());
            text.push('\n');
            text.push_str(event.event.details.as_deref().unwrap_or_default());
            text.push('\n');
        }
        text
    }

    /// Whether `event` is the second row of this episode's activation.
    fn is_doubled_by(&self, event: &KillSwitchEvent) -> bool {
        let first = self.first();
        let complementary = matches!(
            (first.signal, event.signal),
            (
                Signal::Activate(ActivationRow::Trigger),
                Signal::Activate(ActivationRow::Mirror)
            ) | (
                Signal::Activate(ActivationRow::Mirror),
                Signal::Activate(ActivationRow::Trigger)
            )
        );
        complementary
            && self.activation.len() == 1
            && event.event.timestamp.micros_since(first.event.timestamp) <= DOUBLED_WITHIN
    }
}

impl Episode {
    /// When it was activated. Lists of episodes are ordered by it.
    #[must_use]
    pub fn timestamp(&self) -> Timestamp {
        self.activated_at()
    }

    /// The id of its activating event.
    #[must_use]
    pub fn key(&self) -> Uuid {
        self.first().event.id
    }
}

/// Numbers of what happened inside an episode, in [activated, cleared).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Rejected attempts; the two rows of a kill-switch rejection count once.
    pub rejections: u64,
    /// `TRADE_APPROVED` events.
    pub leaked_approvals: u64,
    /// Orders created.
    pub leaked_orders: u64,
}

impl Effect {
    /// Whether there are leaks.
    #[must_use]
    pub const fn leaked(&self) -> bool {
        self.leaked_approvals > 0 || self.leaked_orders > 0
    }
}

/// The episodes of a stream of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Episodes, ordered by activation.
    pub episodes: Vec<Episode>,
    /// Clears without an activation and unreadable toggles, in the order of the stream.
    pub strays: Vec<KillSwitchEvent>,
    /// The last event that switches a mechanism on or off.
    pub last: Option<KillSwitchEvent>,
}

impl History {
    /// The episode with this id.
    #[must_use]
    pub fn find(&self, id: Uuid) -> Option<&Episode> {
        self.episodes.iter().find(|episode| episode.key() == id)
    }

    /// All events, unmatched ones last.
    pub fn events(&self) -> impl Iterator<Item = &KillSwitchEvent> {
        self.episodes
            .iter()
            .flat_map(Episode::events)
            .chain(&self.strays)
    }

    /// Episodes that are not cleared, in the order of their activations.
    pub fn open(&self) -> impl Iterator<Item = &Episode> {
        self.episodes
            .iter()
            .filter(|episode| episode.cleared().is_none())
    }
}

/// Derives the episodes of a stream that is ordered by time and id. Every event is in exactly one episode or unmatched.
#[must_use]
pub fn derive(stream: impl IntoIterator<Item = KillSwitchEvent>) -> History {
    let mut history = History::default();
    // Index in `history.episodes` of each mechanism's open episode.
    let (mut emergency, mut toggle) = (None, None);
    for event in stream {
        if event.signal != Signal::Unreadable {
            history.last = Some(event.clone());
        }
        let open: &mut Option<usize> = match event.mechanism {
            Mechanism::EmergencyStop => &mut emergency,
            Mechanism::Toggle => &mut toggle,
        };
        match (event.signal, *open) {
            (Signal::Activate(_), Some(at)) => {
                let episode = &mut history.episodes[at];
                if episode.is_doubled_by(&event) {
                    episode.activation.push(event);
                } else {
                    episode.repeats.push(event);
                }
            }
            (Signal::Activate(_), None) => {
                *open = Some(history.episodes.len());
                history.episodes.push(Episode::begin(event));
            }
            (Signal::Clear, Some(at)) => {
                history.episodes[at].clear = Some(event);
                *open = None;
            }
            (Signal::Clear, None) | (Signal::Unreadable, _) => history.strays.push(event),
        }
    }
    history
}
