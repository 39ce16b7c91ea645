//! Scans for findings while the console serves. Of several copies of the console one scans; the others wait until it
//! stops.

use std::time::{Duration, Instant};

use store::findings::{FindingScanner, ScanOutcome};

use crate::state::App;

/// Pause after a scan that has reached the newest rows.
const PAUSE: Duration = Duration::from_secs(2);
/// Pause after a failure, or while another copy scans.
const LONG_PAUSE: Duration = Duration::from_secs(5);

/// Scans until it is dropped.
pub async fn run(app: App) {
    let mut scanner = FindingScanner::new(app.engine.clone(), app.console.clone());
    let mut failed = false;
    loop {
        let begun = Instant::now();
        let redis = app.redis.state().await;
        let pause = match scanner.scan(&redis).await {
            Ok(ScanOutcome::Done) => PAUSE,
            // A long history is scanned for half of the time, so that pages are served meanwhile.
            Ok(ScanOutcome::More(_)) => begun.elapsed(),
            Ok(ScanOutcome::NotOurTurn) => LONG_PAUSE,
            Err(error) => {
                // A database that is unavailable is logged once, not every few seconds.
                if !failed {
                    tracing::warn!(%error, "the scan for findings failed");
                }
                failed = true;
                tokio::time::sleep(LONG_PAUSE).await;
                continue;
            }
        };
        if failed {
            tracing::info!("the scan for findings works again");
        }
        failed = false;
        tokio::time::sleep(pause).await;
    }
}
