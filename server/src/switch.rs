//! The kill switch's state for every page's header.

use std::time::Duration;

use domain::live::LiveState;
use store::StoreError;
use store::access::Auditor;

use crate::kept::{Freshness, Kept};
use crate::state::App;

/// What was seen is good for this long on pages that are about something else.
const FRESH: Duration = Duration::from_millis(100);
/// And for this long while there is another look: a header is never older, which is less than it takes to read.
const STALE: Duration = Duration::from_millis(250);

/// What was seen of the kill switch.
#[derive(Clone)]
pub struct Switch {
    /// What is declared, what is enforced, and what the last event said.
    pub live: LiveState,
    /// Episodes that are open.
    pub open_episodes: u64,
}

/// The last look.
pub struct SwitchCache(Kept<Switch>);

impl Default for SwitchCache {
    fn default() -> Self {
        Self(Kept::new(FRESH, STALE))
    }
}

impl SwitchCache {
    /// The kill switch's state.
    ///
    /// # Errors
    /// When a database is away.
    pub async fn look(
        &self,
        app: &App,
        auditor: &Auditor,
        when: Freshness,
    ) -> Result<Switch, StoreError> {
        let look = || {
            let (app, auditor) = (app.clone(), *auditor);
            async move {
                let (redis, switch) =
                    tokio::join!(app.redis.state(), app.engine.switch_state(&auditor));
                let switch = switch?;
                Ok(Switch {
                    open_episodes: switch.history.open().count() as u64,
                    live: LiveState::new(switch.declared, redis, &switch.history),
                })
            }
        };
        self.0.get(when, look).await
    }
}
