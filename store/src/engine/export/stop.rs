//! Stopping an export from outside.

use std::sync::{Arc, OnceLock};

use tokio::sync::Notify;

/// Why an export was stopped before its last row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// Another session, such as a migration of the engine, waited for a lock that the export held.
    EngineWaits,
    /// It delayed the replay of the replica that it read from.
    ReplayWaits,
    /// Its snapshot would have held back vacuum for too long.
    SnapshotTooOld,
    /// Its user cancelled it or lost the right to read.
    Cancelled,
}

/// Stops one export. The first reason is kept.
#[derive(Clone, Debug, Default)]
pub struct Stopper(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    reason: OnceLock<StopReason>,
    told: Notify,
}

impl Stopper {
    /// Stops the export: its connection is closed at once, whatever its reader does. The first reason is kept.
    pub fn stop(&self, reason: StopReason) {
        // Fails when there is a reason already; the first one is kept.
        let _ = self.0.reason.set(reason);
        self.0.told.notify_waiters();
    }

    /// Why it was stopped, if it was.
    #[must_use]
    pub fn reason(&self) -> Option<StopReason> {
        self.0.reason.get().copied()
    }

    /// Waits until it is stopped.
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
    async fn waiters_get_the_first_reason() {
        let stopper = Stopper::default();
        let mut waits = Box::pin(stopper.stopped());
        assert_eq!(waits.as_mut().now_or_never(), None);
        stopper.stop(StopReason::EngineWaits);
        stopper.stop(StopReason::Cancelled);
        assert_eq!(waits.await, StopReason::EngineWaits);
        assert_eq!(stopper.stopped().await, StopReason::EngineWaits);
    }
}
