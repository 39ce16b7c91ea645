//! Watches the record while the console serves: roles, rights, triggers and constraints, once a minute.

use app::model::RecordNotice;
use store::console::{CHECK_EVERY, RecordState};

use crate::state::App;

/// Checks again and again, until it is dropped.
pub async fn watch(app: App) {
    let mut protected = app.console.record_state().may_record();
    loop {
        tokio::time::sleep(CHECK_EVERY).await;
        match app.console.check_record().await {
            Ok(state) if state.may_record() => {
                if !protected {
                    tracing::info!("the record is protected again, and written to");
                }
                protected = true;
            }
            Ok(state) => {
                tracing::error!(
                    breaches = state.lines(),
                    "the record is not protected: nothing is written to it"
                );
                protected = false;
            }
            // What was found last stands; readiness tells that the database is away.
            Err(error) => tracing::warn!(%error, "the record could not be checked"),
        }
    }
}

/// What every page says about the record, if anything.
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

/// For `/readyz`: what is wrong, by name; nothing when the record is protected.
#[must_use]
pub fn reasons(app: &App) -> Vec<String> {
    let state = app.console.record_state();
    state
        .breaches
        .into_iter()
        .map(|breach| breach.what)
        .collect()
}
