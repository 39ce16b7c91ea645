//! Runs [`store::lock_watch`], which ends what blocks others, while the console serves.

use std::time::Duration;

use store::lock_watch::{LockWatch, Yielded};

use crate::state::App;

/// Time between two checks.
const EVERY: Duration = Duration::from_millis(500);

/// Checks until it is dropped.
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
                    tracing::info!(exports, cancelled, terminated, "ended what blocked others");
                }
            }
            // Logged once, not twice a second.
            Err(error) if !is_away => {
                is_away = true;
                tracing::warn!(%error, "locks cannot be checked");
            }
            Err(_) => {}
        }
    }
}
