//! Looks for findings while the console serves. Of several copies one looks, the others wait for its turn
//! to end.

use std::time::{Duration, Instant};

use store::findings::{FindingScanner, ScanOutcome};

use crate::state::App;

/// After everything was looked at, the next look begins so much later.
const PAUSE: Duration = Duration::from_secs(2);
/// After a failure, or while somebody else looks, the next try comes so much later.
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// Looks again and again, until it is dropped.
pub async fn run(app: App) {
    let mut scanner = FindingScanner::new(app.engine.clone(), app.console.clone());
    let mut failed = false;
    loop {
        let begun = Instant::now();
        let redis = app.redis.state().await;
        let pause = match scanner.scan(&redis).await {
            Ok(ScanOutcome::Done) => PAUSE,
            // A long history is looked at with pauses, so that pages are served meanwhile.
            Ok(ScanOutcome::More(_)) => begun.elapsed(),
            Ok(ScanOutcome::NotOurTurn) => LONG_PAUSE,
            Err(error) => {
                // A database that is away is told once, not every few seconds.
                if !failed {
                    tracing::warn!(%error, "findings could not be looked for");
                }
                failed = true;
                tokio::time::sleep(LONG_PAUSE).await;
                continue;
            }
        };
        if failed {
            tracing::info!("findings are looked for again");
        }
        failed = false;
        tokio::time::sleep(pause).await;
    }
}
