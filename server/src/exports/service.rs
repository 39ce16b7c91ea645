//! An export from its request to the end of its body: the wait in the queue, the beginning, the rows, the end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use store::StoreError;
use store::access::Subject;
use store::engine::{Ended, Export};
use uuid::Uuid;

use super::access_watch::Lease;
use super::messages;
use super::progress::{CancelOnDrop, End, Progress};
use super::queue::{ExportQueue, LIMITS};
use super::refusal::Refusal;
use super::registry::ExportRegistry;
use crate::auth::Visitor;
use crate::error::{AppError, ErrorResponse};
use crate::layers::HANDLER_TIMEOUT;
use crate::listen::ConnectionHandle;

/// An export waits in the queue for at most this long.
const QUEUE_PATIENCE: Duration = Duration::from_mins(5);
/// After an export failed, the chunks that were handed on have this long to leave the console. Afterwards its owner is not
/// offered the rest.
const FLUSH_PATIENCE: Duration = Duration::from_mins(10);

/// The exports of a console: queue, registry and the rights that they depend on.
pub struct ExportService {
    queue: Arc<ExportQueue>,
    registry: ExportRegistry,
    leases: Mutex<Vec<Lease>>,
}

impl Default for ExportService {
    fn default() -> Self {
        Self {
            queue: Arc::new(ExportQueue::new(LIMITS)),
            registry: ExportRegistry::default(),
            leases: Mutex::default(),
        }
    }
}

/// An export that may run and whose rows are about to be read.
pub struct RunningExport {
    // Dropped before the export, so that a reader who goes away is known as one.
    watched: CancelOnDrop,
    export: Export,
    /// The place at which it joined the queue; 0 ran at once.
    pub place: usize,
}

/// Why a body ends without its last chunk.
#[derive(Debug, thiserror::Error)]
pub enum ExportAborted {
    /// The export was ended from outside.
    #[error("the export was cancelled")]
    Cancelled,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportService {
    /// The queue in which exports wait.
    #[must_use]
    pub fn queue(&self) -> &ExportQueue {
        &self.queue
    }

    /// The exports that can be followed.
    #[must_use]
    pub const fn registry(&self) -> &ExportRegistry {
        &self.registry
    }

    /// Registers an export that `visitor` asks for, under its key where it has one. It is ended when they lose the right
    /// to read.
    ///
    /// # Errors
    /// When the key is in use.
    pub fn follow(
        &self,
        visitor: &Visitor,
        key: Option<Uuid>,
        progress: Progress,
    ) -> Result<Arc<Progress>, Refusal> {
        let owner = visitor.user.subject();
        let progress = self.registry.register(owner, key, progress)?;
        self.leases().push(Lease::new(visitor.token, &progress));
        Ok(progress)
    }

    /// Takes the leases of all exports, to look up the rights to read. Exports that begin meanwhile are not among them.
    pub(super) fn take_leases(&self) -> Vec<Lease> {
        std::mem::take(&mut *self.leases())
    }

    /// Puts back the leases of exports that go on.
    pub(super) fn put_back_leases(&self, leases: Vec<Lease>) {
        self.leases().extend(leases);
    }

    fn leases(&self) -> MutexGuard<'_, Vec<Lease>> {
        // No code panics while it holds the lock.
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the export may run and begins it by `start`.
    ///
    /// # Errors
    /// When it is refused, cancelled, or cannot begin.
    pub async fn begin(
        &self,
        owner: Subject,
        progress: Arc<Progress>,
        start: impl Future<Output = Result<Export, StoreError>>,
    ) -> Result<RunningExport, AppError> {
        let watched = CancelOnDrop(progress);
        let begun = self.begin_watched(owner, &watched.0, start).await;
        let (export, place) = begun.inspect_err(|failure| {
            watched.0.fail(&ErrorResponse::of(failure).message);
        })?;
        Ok(RunningExport {
            watched,
            export,
            place,
        })
    }

    async fn begin_watched(
        &self,
        owner: Subject,
        progress: &Arc<Progress>,
        start: impl Future<Output = Result<Export, StoreError>>,
    ) -> Result<(Export, usize), AppError> {
        let mut slot = self.queue.join(owner)?;
        progress.set_queued(slot.number());
        tokio::select! {
            started = slot.started(QUEUE_PATIENCE) => started?,
            () = progress.ended() => return Err(Refusal::Cancelled.into()),
        }
        progress.set_started();
        let started = tokio::select! {
            started = tokio::time::timeout(HANDLER_TIMEOUT, start) => started,
            () = progress.ended() => return Err(Refusal::Cancelled.into()),
        };
        let mut export = started.map_err(|_| Refusal::Slow)??;
        let place = slot.place();
        // The slot is freed when the connection is, however long the reader takes for what is left.
        if let Some(task) = export.take_task() {
            progress.set_running(task.stopper());
            let progress = Arc::clone(progress);
            tokio::spawn(async move {
                let ended = task.ended().await;
                match messages::of_end(ended) {
                    Some(why) => progress.abort(why),
                    None if ended == Ended::Complete => {}
                    None => progress.finish(End::Failed),
                }
                drop(slot);
            });
        }
        Ok((export, place))
    }
}

impl RunningExport {
    /// Its rows, which are sent on the connection of `handle` where that is known. A failure ends the body without its
    /// last chunk, so that a truncated file never looks complete.
    pub fn body(
        self,
        handle: Option<ConnectionHandle>,
    ) -> impl Stream<Item = Result<Bytes, ExportAborted>> {
        futures::stream::unfold(Some((self, handle)), |running| async move {
            let (mut begun, handle) = running?;
            let progress = &begun.watched.0;
            let error = match begun.export.next().await {
                None => {
                    progress.finish(End::Done);
                    return None;
                }
                Some(Ok(chunk)) if progress.record_chunk(&chunk) => {
                    return Some((Ok(chunk.lines), Some((begun, handle))));
                }
                Some(Ok(_)) => ExportAborted::Cancelled,
                Some(Err(error)) => abort_reason(progress, error),
            };
            if let Some(handle) = handle {
                flush_or_abort(progress, &handle).await;
            }
            Some((Err(error), None))
        })
    }
}

fn abort_reason(progress: &Progress, error: StoreError) -> ExportAborted {
    if progress.ended_at().is_some() {
        return ExportAborted::Cancelled;
    }
    tracing::error!(%error, "an export failed after its first rows");
    let why = match &error {
        StoreError::ExportStopped(reason) => messages::of_stop(*reason),
        _ => Some(messages::DATABASE_FAILED),
    };
    why.map_or_else(|| progress.finish(End::Failed), |why| progress.abort(why));
    ExportAborted::Store(error)
}

/// Before a body is broken off: where there is a rest to offer, it begins after the last row that was handed on, so all
/// chunks are flushed first. Where there is none, nothing more is sent.
async fn flush_or_abort(progress: &Progress, handle: &ConnectionHandle) {
    if progress.rest().is_none() {
        handle.abort_on_close();
    } else if tokio::time::timeout(FLUSH_PATIENCE, handle.flushed())
        .await
        .is_err()
    {
        progress.discard_rest();
    }
}
