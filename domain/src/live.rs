//! The kill switch's live state: what the database declares and what Redis enforces now.

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

/// The live state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveState {
    /// `system_setting.kill_switch`: `active`; none when there is no such row or it cannot be read.
    pub declared: Option<bool>,
    /// What the Guard enforces.
    pub redis: RedisState,
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

impl LiveState {
    /// The state in one word.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (&self.redis, self.declared) {
            (
                RedisState::Known {
                    emergency_stop: true,
                    ..
                },
                _,
            ) => Verdict::Stopped,
            (RedisState::Known { .. }, Some(true)) => Verdict::DeclaredNotEnforced,
            (RedisState::Known { .. }, _) => Verdict::Trading,
            _ => Verdict::Unknown,
        }
    }
}
