//! Watches, while the console serves, that nobody waits for it: [`store::lock_watch`].

use std::time::Duration;

use store::lock_watch::{LockWatch, Yielded};

use crate::state::App;

/// Looks this often. Somebody who waits is seen by the second look at the latest.
const EVERY: Duration = Duration::from_millis(500);

/// Looks again and again, until it is dropped.
pub async fn run(app: App) {
    let bounds = app.settings.lock_bounds();
    let mut watch = LockWatch::new(&app.engine, &app.console, bounds);
    let mut looks = tokio::time::interval(EVERY);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut is_away = false;
    loop {
        looks.tick().await;
        match watch.look().await {
            Ok(yielded) => {
                is_away = false;
                if yielded != Yielded::default() {
                    let Yielded {
                        exports,
                        cancelled,
                        terminated,
                    } = yielded;
                    tracing::info!(exports, cancelled, terminated, "gave way to others");
                }
            }
            // Said once, not twice a second: requests say it, too.
            Err(error) if !is_away => {
                is_away = true;
                tracing::warn!(%error, "locks cannot be watched");
            }
            Err(_) => {}
        }
    }
}
