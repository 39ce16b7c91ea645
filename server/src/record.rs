//! Watches the record while the console serves: roles, rights, triggers and constraints, once a minute.

use app::model::RecordNotice;
use store::console::{CHECK_EVERY, RecordState};

use crate::state::App;

/// Checks until it is dropped.
pub async fn watch(app: App) {
    let mut protected = app.console.record_state().may_record();
    loop {
        tokio::time::sleep(CHECK_EVERY).await;
        match app.console.check_record().await {
            Ok(state) if state.may_record() => {
                if !protected {
                    tracing::info!("the record is protected again; writing to it is enabled");
                }
                protected = true;
            }
            Ok(state) => {
                tracing::error!(
                    breaches = state.lines(),
                    "the record is not protected; writing to it is disabled"
                );
                protected = false;
            }
            // The last result stays in force; `/readyz` reports the database.
            Err(error) => tracing::warn!(%error, "the record could not be checked"),
        }
    }
}

/// The notice about the record on every page, if any.
#[must_use]
pub fn notice(state: &RecordState) -> Option<RecordNotice> {
    if !state.may_record() {
        Some(RecordNotice::Unprotected)
    } else if state.tolerated.is_empty() {
        None
    } else {
        Some(RecordNotice::Trial)
    }
}

/// The reasons in `/readyz` why the record is not protected; empty when it is.
#[must_use]
pub fn reasons(app: &App) -> Vec<String> {
    let state = app.console.record_state();
    state
        .breaches
        .into_iter()
        .map(|breach| breach.what)
        .collect()
}
