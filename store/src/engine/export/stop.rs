//! Ending an export from outside.

use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

/// Why an export was ended before its last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Somebody, such as a migration of the engine, waited for a lock that the export held.
    EngineWaits,
    /// It held up the replay of the replica that it read.
    ReplayWaits,
    /// Its snapshot would have kept vacuum from its work for too long.
    SnapshotTooOld,
    /// Whoever asked for it ended it, or may not read any more.
    Cancelled,
}

/// Ends one export, once.
#[derive(Clone, Debug, Default)]
pub struct Stopper(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    reason: OnceLock<StopReason>,
    told: Notify,
}

impl Stopper {
    /// Ends the export: its connection is closed at once, whatever its reader does. The first reason counts.
    pub fn stop(&self, reason: StopReason) {
        // A second reason changes nothing.
        let _ = self.0.reason.set(reason);
        self.0.told.notify_waiters();
    }

    /// Why it was ended, where it was.
    #[must_use]
    pub fn reason(&self) -> Option<StopReason> {
        self.0.reason.get().copied()
    }

    /// Waits until it is ended.
    pub async fn stopped(&self) -> StopReason {
        loop {
            let told = self.0.told.notified();
            if let Some(reason) = self.reason() {
                return reason;
            }
            told.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn whoever_waits_is_told_the_first_reason() {
        let stopper = Stopper::default();
        let mut waits = Box::pin(stopper.stopped());
        assert_eq!(waits.as_mut().now_or_never(), None);
        stopper.stop(StopReason::EngineWaits);
        stopper.stop(StopReason::Cancelled);
        assert_eq!(waits.await, StopReason::EngineWaits);
        assert_eq!(stopper.stopped().await, StopReason::EngineWaits);
    }
}
