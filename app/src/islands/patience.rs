//! How long an island waits for the console.

use std::future::Future;
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::{Either, select};
use leptos::prelude::*;

use crate::api::CallError;

/// Shorter than the live status's polling interval, so that a missing answer is noticed before the next request. An
/// export's island asks more often, and skips its turn while an answer is awaited.
const PATIENCE: Duration = Duration::from_secs(4);

/// The answer of a server function, or an error when none came in time. The request is given up then.
pub async fn within<T>(call: impl Future<Output = Result<T, CallError>>) -> Result<T, CallError> {
    let (timer, out_of_time) = oneshot::channel();
    set_timeout(
        move || {
            // Nobody listens where the answer came before.
            let _ = timer.send(());
        },
        PATIENCE,
    );
    match select(Box::pin(call), out_of_time).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(CallError::no_answer("no answer in time".to_owned())),
    }
}
