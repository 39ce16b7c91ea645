//! The kill switch's live state: what the database declares, what Redis enforces now, and what the last
//! event said.

use uuid::Uuid;

use crate::episode::{Episode, History, Mechanism, Signal};
use crate::time::Timestamp;

/// What Redis says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedisState {
    /// No Redis is configured.
    NotConfigured,
    /// It is configured but did not answer in time.
    NotReachable,
    /// It answered.
    Known {
        /// `omc:emergency_stop` is `true`: the Guard rejects every trade.
        emergency_stop: bool,
        /// `omc:market_status` is `volatile`: the Guard's limits are halved.
        volatile: bool,
        /// `omc:initial_equity`, as stored: the base of the hard stop.
        initial_equity: Option<String>,
    },
}

/// The last kill-switch event that says on or off, of either mechanism.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastEvent {
    /// Its id.
    pub id: Uuid,
    /// Of which mechanism.
    pub mechanism: Mechanism,
    /// Whether it says that trading stops.
    pub stops: bool,
    /// When it was written.
    pub at: Timestamp,
}

/// The live state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveState {
    /// `system_setting.kill_switch`: `active`; none when there is no such row or it cannot be read.
    pub declared: Option<bool>,
    /// What the Guard enforces.
    pub redis: RedisState,
    /// What the event log says last; none when it has no such event.
    pub last: Option<LastEvent>,
    /// Since when the emergency stop has been on, by the event log.
    pub stopped_since: Option<Timestamp>,
    /// Since when either mechanism has been on, by the event log.
    pub open_since: Option<Timestamp>,
}

/// The live state in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing is declared, nothing enforced.
    Trading,
    /// Enforced by the Guard.
    Stopped,
    /// Declared in the database, not enforced: trades go on being approved.
    DeclaredNotEnforced,
    /// Redis did not tell; `declared` is all there is.
    Unknown,
}

/// Whether the three sources say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// All that speak, speak alike.
    Agree,
    /// They do not.
    Disagree,
    /// Redis or the setting says nothing.
    Unknown,
}

impl LiveState {
    /// The state that the sources make.
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

    /// What Redis enforces; none when it does not tell.
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

    /// Since when that has been so, where the event log tells.
    #[must_use]
    pub const fn since(&self) -> Option<Timestamp> {
        match self.verdict() {
            Verdict::Stopped => self.stopped_since,
            Verdict::DeclaredNotEnforced => self.open_since,
            Verdict::Trading | Verdict::Unknown => None,
        }
    }

    /// Whether the sources agree. A log without any such event says nothing against the others.
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
    fn three_sources_agree_or_do_not() {
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
        // Setting and Redis agree, the log says otherwise.
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
    fn the_last_event_is_of_either_mechanism_and_must_be_readable() {
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
