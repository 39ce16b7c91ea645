//! A load under way, whose result many callers share.

use std::future::{Future, pending};
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use store::StoreError;

/// A load under way, or queued behind one. It runs whether it is awaited or not.
pub type Flight<V> = Shared<BoxFuture<'static, Result<V, LoadError>>>;

/// Why a load brought no value.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LoadError {
    /// The database failed.
    #[error(transparent)]
    Failed(Arc<StoreError>),
    /// The load panicked.
    #[error("the load panicked")]
    Panicked,
}

/// Runs `load` in a task of its own.
pub(super) fn spawn<V>(
    load: impl Future<Output = Result<V, LoadError>> + Send + 'static,
) -> Flight<V>
where
    V: Clone + Send + Sync + 'static,
{
    let task = tokio::spawn(load);
    let result = async {
        match task.await {
            Ok(result) => result,
            Err(ended) if ended.is_panic() => Err(LoadError::Panicked),
            // The task is only cancelled when the runtime shuts down.
            Err(_) => pending().await,
        }
    };
    result.boxed().shared()
}
