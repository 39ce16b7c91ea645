//! Ends running exports whose owner has lost the right to read: their session has ended, their role was revoked or their
//! account deactivated. The download is truncated within seconds.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use futures::future::join_all;
use store::console::SessionToken;

use super::progress::Progress;
use crate::state::App;

/// Time between two checks of the rights of running exports.
const EVERY: Duration = Duration::from_secs(2);
/// An export is also ended when its right could not be confirmed for this long.
const UNCONFIRMED: Duration = Duration::from_secs(8);

/// An export and the session on which its right to read depends.
pub struct Lease {
    token: SessionToken,
    progress: Weak<Progress>,
    /// When the right to read was last confirmed.
    confirmed: Instant,
}

impl Lease {
    /// The lease of an export whose right to read was just confirmed.
    pub fn new(token: SessionToken, progress: &Arc<Progress>) -> Self {
        Self {
            token,
            progress: Arc::downgrade(progress),
            confirmed: Instant::now(),
        }
    }

    /// The export, where it has not ended.
    fn running(&self) -> Option<Arc<Progress>> {
        let progress = self.progress.upgrade()?;
        progress.ended_at().is_none().then_some(progress)
    }
}

/// Checks until it is dropped.
pub async fn run(app: App) {
    let mut looks = tokio::time::interval(EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        look(&app).await;
    }
}

/// Checks the rights of all running exports, and ends those without.
async fn look(app: &App) {
    let mut leases = app.exports.take_leases();
    leases.retain(|lease| lease.running().is_some());
    let tokens: Vec<SessionToken> = leases.iter().map(|lease| lease.token).collect();
    let asked = Instant::now();
    let found = join_all(tokens.into_iter().map(|token| {
        let find = app.console.find_session(&app.engine, token, false);
        tokio::time::timeout(EVERY, find)
    }))
    .await;
    for (lease, found) in leases.iter_mut().zip(found) {
        match found {
            Ok(Ok(user)) => {
                if user.is_some_and(|user| user.auditor().is_some()) {
                    lease.confirmed = asked;
                } else {
                    lease.end("The right to read has ended. The file is not whole.");
                }
            }
            Ok(Err(_)) | Err(_) if lease.confirmed.elapsed() >= UNCONFIRMED => lease
                .end("The right to read could not be confirmed any more. The file is not whole."),
            Ok(Err(_)) | Err(_) => {}
        }
    }
    app.exports.put_back_leases(leases);
}

impl Lease {
    fn end(&self, message: &str) {
        if let Some(progress) = self.running() {
            tracing::info!("an export was ended: {message}");
            progress.fail(message);
        }
    }
}
