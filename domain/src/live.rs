//! The live state of the kill switch, from three sources: the setting in the database, Redis, and the last event.

use uuid::Uuid;

use crate::episode::{Episode, History, Mechanism, Signal};
use crate::time::Timestamp;

/// State according to Redis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedisState {
    /// No Redis is configured.
    NotConfigured,
    /// Redis is configured but did not answer in time.
    NotReachable,
    /// Redis answered.
    Known {
        /// `omc:emergency_stop` is `true`: the Guard rejects every trade.
        emergency_stop: bool,
        /// `omc:market_status` is `volatile`: the Guard's limits are halved.
        volatile: bool,
        /// `omc:initial_equity`, as stored: the base of the hard stop.
        initial_equity: Option<String>,
    },
}

/// The last event that switches either mechanism on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastEvent {
    /// Its id.
    pub id: Uuid,
    /// Its mechanism.
    pub mechanism: Mechanism,
    /// Whether it switches on, which stops trading.
    pub stops: bool,
    /// When it was written.
    pub at: Timestamp,
}

/// The live state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveState {
    /// Field `active` of `system_setting.kill_switch`; `None` when there is no such row or it cannot be parsed.
    pub declared: Option<bool>,
    /// State in Redis, which the Guard enforces.
    pub redis: RedisState,
    /// The last kill-switch event, if any.
    pub last: Option<LastEvent>,
    /// Since when the emergency stop has been on, according to the event log.
    pub stopped_since: Option<Timestamp>,
    /// Since when either mechanism has been on, according to the event log.
    pub open_since: Option<Timestamp>,
}

/// Summary of the live state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// No stop is declared or enforced.
    Trading,
    /// A stop is enforced by the Guard.
    Stopped,
    /// A stop is declared in the database but not enforced: trades are still approved.
    DeclaredNotEnforced,
    /// Redis gave no answer; only `declared` is known.
    Unknown,
}

/// Whether the three sources agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// All known sources agree.
    Agree,
    /// They disagree.
    Disagree,
    /// Redis or the setting is unknown.
    Unknown,
}

impl LiveState {
    /// The live state from its sources.
    #[must_use]
    pub fn new(declared: Option<bool>, redis: RedisState, history: &History) -> Self {
        let last = history.last.as_ref().map(|event| LastEvent {
            id: event.event.id,
            mechanism: event.mechanism,
            stops: matches!(event.signal, Signal::Activate(_)),
            at: event.event.timestamp,
        });
        let stopped = history
            .open()
            .find(|episode| episode.mechanism == Mechanism::EmergencyStop);
        Self {
            declared,
            redis,
            last,
            stopped_since: stopped.map(Episode::activated_at),
            open_since: history.open().map(Episode::activated_at).min(),
        }
    }

    /// Whether Redis enforces a stop; `None` when unknown.
    #[must_use]
    pub const fn enforced(&self) -> Option<bool> {
        match &self.redis {
            RedisState::Known { emergency_stop, .. } => Some(*emergency_stop),
            RedisState::NotConfigured | RedisState::NotReachable => None,
        }
    }

    /// The state in one word.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        match (self.enforced(), self.declared) {
            (Some(true), _) => Verdict::Stopped,
            (Some(false), Some(true)) => Verdict::DeclaredNotEnforced,
            (Some(false), _) => Verdict::Trading,
            (None, _) => Verdict::Unknown,
        }
    }

    /// Since when the summary has been true, if the event log tells.
    #[must_use]
    pub const fn since(&self) -> Option<Timestamp> {
        match self.verdict() {
            Verdict::Stopped => self.stopped_since,
            Verdict::DeclaredNotEnforced => self.open_since,
            Verdict::Trading | Verdict::Unknown => None,
        }
    }

    /// Whether the sources agree. A log without such events contradicts neither of the others.
    #[must_use]
    pub fn agreement(&self) -> Agreement {
        let (Some(declared), Some(enforced)) = (self.declared, self.enforced()) else {
            return Agreement::Unknown;
        };
        let last = self.last.is_none_or(|last| last.stops == declared);
        if declared == enforced && last {
            Agreement::Agree
        } else {
            Agreement::Disagree
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::episode::{KillSwitchEvent, derive};
    use crate::event::Event;

    fn event(id: u128, event_type: &str, details: &str) -> KillSwitchEvent {
        KillSwitchEvent::read(Event {
            id: Uuid::from_u128(id),
            timestamp: Timestamp::from_postgres_micros(i64::try_from(id).unwrap()),
            event_type: event_type.to_owned(),
            severity: "critical".to_owned(),
            user_id: None,
            user_email: None,
            details: Some(details.to_owned()),
        })
        .unwrap()
    }

    fn redis(emergency_stop: bool) -> RedisState {
        RedisState::Known {
            emergency_stop,
            volatile: false,
            initial_equity: None,
        }
    }

    #[test]
    fn agreement_of_the_three_sources() {
        let toggled = derive([event(1, "kill_switch_toggle", r#"{"active": true}"#)]);
        let state = |declared, redis, history| LiveState::new(declared, redis, history);
        let declared = state(Some(true), redis(false), &toggled);
        assert_eq!(declared.verdict(), Verdict::DeclaredNotEnforced);
        assert_eq!(declared.agreement(), Agreement::Disagree);
        assert_eq!(declared.since(), Some(Timestamp::from_postgres_micros(1)));
        let stopped = derive([event(2, "EMERGENCY_STOP_ACTIVATED", "{}")]);
        assert_eq!(
            state(Some(true), redis(true), &stopped).agreement(),
            Agreement::Agree
        );
        // Setting and Redis agree, the log disagrees.
        assert_eq!(
            state(Some(false), redis(false), &stopped).agreement(),
            Agreement::Disagree
        );
        let quiet = History::default();
        assert_eq!(
            state(Some(false), redis(false), &quiet).agreement(),
            Agreement::Agree
        );
        let away = state(Some(false), RedisState::NotReachable, &quiet);
        assert_eq!(
            (away.agreement(), away.verdict()),
            (Agreement::Unknown, Verdict::Unknown)
        );
    }

    #[test]
    fn last_event_is_the_latest_readable_one_of_either_mechanism() {
        let history = derive([
            event(1, "EMERGENCY_STOP_ACTIVATED", "{}"),
            event(2, "EMERGENCY_STOP_CLEARED", "{}"),
            event(3, "EMERGENCY_STOP_CLEARED", "{}"),
            event(4, "kill_switch_toggle", r#"{"active": "maybe"}"#),
        ]);
        let last = LiveState::new(None, redis(false), &history).last.unwrap();
        assert_eq!((last.id, last.stops), (Uuid::from_u128(3), false));
    }
}
