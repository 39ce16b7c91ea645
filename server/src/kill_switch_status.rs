//! The kill switch's state for every page's header.

use std::sync::Arc;
use std::time::Duration;

use domain::clock;
use domain::live::LiveState;
use store::StoreError;
use store::access::Auditor;
use store::engine::SwitchState;

use crate::state::App;
use crate::swr_cache::{AgeFrom, Freshness, SwrPolicy};

/// A header never shows a state that is older than 250 ms.
pub const POLICY: SwrPolicy<KillSwitchStatus> = SwrPolicy {
    name: "kill switch status",
    fresh: |_| Duration::from_millis(100),
    stale: Duration::from_millis(250),
    age_from: AgeFrom::LoadBegan,
    load_share: 50,
    capacity: 1,
};

/// The kill switch's state.
#[derive(Clone)]
pub struct KillSwitchStatus {
    /// What is declared, what is enforced, and what the last event said.
    pub live: LiveState,
    /// Episodes that are open.
    pub open_episodes: u64,
    /// Microseconds by which the engine's database's clock is ahead of this machine's.
    pub engine_ahead: i64,
}

impl App {
    /// The kill switch's state, as it is `when`.
    ///
    /// # Errors
    /// When the engine's database is unavailable or times out.
    pub async fn kill_switch_status(
        &self,
        auditor: &Auditor,
        when: Freshness,
    ) -> Result<KillSwitchStatus, StoreError> {
        let load = || KillSwitchStatus::load(self.clone(), *auditor);
        self.kill_switch.get(&(), when, load).await
    }
}

impl KillSwitchStatus {
    async fn load(app: App, auditor: Auditor) -> Result<Self, StoreError> {
        let (redis, switch) = tokio::join!(app.redis.state(), app.engine.switch_state(&auditor));
        let switch = match switch {
            // Pages that do not read these tables are shown without it.
            Err(StoreError::SchemaChanged(_)) => SwitchState {
                declared: None,
                now: clock::now(),
                history: Arc::default(),
            },
            switch => switch?,
        };
        Ok(Self {
            engine_ahead: switch.now.micros_since(clock::now()),
            open_episodes: switch.history.open().count() as u64,
            live: LiveState::new(switch.declared, redis, &switch.history),
        })
    }
}
