//! The kill switch's state for every page's header.

use std::sync::Arc;
use std::time::Duration;

use domain::clock;
use domain::live::LiveState;
use store::StoreError;
use store::access::Auditor;
use store::engine::SwitchState;

use crate::state::App;
use crate::swr_cache::Refresh;

/// What was seen of the kill switch.
#[derive(Clone)]
pub struct KillSwitchStatus {
    /// What is declared, what is enforced, and what the last event said.
    pub live: LiveState,
    /// Episodes that are open.
    pub open_episodes: u64,
    /// Microseconds by which the engine's database's clock is ahead of this machine's.
    pub engine_ahead: i64,
}

impl Refresh for KillSwitchStatus {
    const FRESH: Duration = Duration::from_millis(100);
    // The state in a header is never older than this: nobody reads faster.
    const STALE: Duration = Duration::from_millis(250);

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
