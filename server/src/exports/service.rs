//! From asking for an export to its body: the wait in line, the beginning, the rows, the end.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures::Stream;
use store::StoreError;
use store::access::Subject;
use store::engine::{Ended, Export};
use uuid::Uuid;

use super::access_watch::Lease;
use super::board::Board;
use super::line::{BOUNDS, Line};
use super::progress::{End, Progress, Watched};
use super::refusal::Refusal;
use super::words;
use crate::auth::Visitor;
use crate::failure::{Failure, Told};
use crate::layers::HANDLER_TIMEOUT;
use crate::listen::Wire;

/// An export waits in line for so long at the most.
const PATIENCE: Duration = Duration::from_mins(5);
/// What a cut export has handed on leaves the console within this time, or nobody is told where the rest begins.
const FLUSH_PATIENCE: Duration = Duration::from_mins(10);

/// Where exports are asked for.
pub struct Desk {
    line: Arc<Line>,
    board: Board,
    leases: Mutex<Vec<Lease>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self {
            line: Arc::new(Line::new(BOUNDS)),
            board: Board::default(),
            leases: Mutex::default(),
        }
    }
}

/// An export whose turn has come and whose rows are about to be read.
pub struct Begun {
    // Dropped before the export, so that a reader who goes away is known as one.
    watched: Watched,
    export: Export,
    /// The place at which it joined the line; 0 is at once.
    pub place: usize,
}

/// Why a body is broken off.
#[derive(Debug, thiserror::Error)]
pub enum Cut {
    /// The export was ended from outside.
    #[error("the export was cancelled")]
    Cancelled,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// The line in which exports wait.
    #[must_use]
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// The exports that can be followed.
    #[must_use]
    pub const fn board(&self) -> &Board {
        &self.board
    }

    /// Begins to follow an export that `visitor` asks for, under its key where it has one. It ends with their right to
    /// read.
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
        let progress = self.board.put_up(owner, key, progress)?;
        self.leases().push(Lease::new(visitor.token, &progress));
        Ok(progress)
    }

    /// The exports whose right to read is to be looked up; those that are asked for meanwhile are not among them.
    pub(super) fn take_leases(&self) -> Vec<Lease> {
        std::mem::take(&mut *self.leases())
    }

    /// Those that go on.
    pub(super) fn put_back_leases(&self, leases: Vec<Lease>) {
        self.leases().extend(leases);
    }

    fn leases(&self) -> MutexGuard<'_, Vec<Lease>> {
        // No code that holds it panics.
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the export's turn and begins it by `start`.
    ///
    /// # Errors
    /// When it is refused, cancelled, or cannot begin.
    pub async fn begin(
        &self,
        owner: Subject,
        progress: Arc<Progress>,
        start: impl Future<Output = Result<Export, StoreError>>,
    ) -> Result<Begun, Failure> {
        let watched = Watched(progress);
        let begun = self.begin_watched(owner, &watched.0, start).await;
        let (export, place) = begun.inspect_err(|failure| {
            watched.0.fail(&Told::of(failure).message);
        })?;
        Ok(Begun {
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
    ) -> Result<(Export, usize), Failure> {
        let mut ticket = self.line.join(owner)?;
        progress.waits(ticket.number());
        tokio::select! {
            turn = ticket.turn(PATIENCE) => turn?,
            () = progress.ended() => return Err(Refusal::Cancelled.into()),
        }
        progress.begins();
        let started = tokio::select! {
            started = tokio::time::timeout(HANDLER_TIMEOUT, start) => started,
            () = progress.ended() => return Err(Refusal::Cancelled.into()),
        };
        let mut export = started.map_err(|_| Refusal::Slow)??;
        let place = ticket.place();
        // The place is free when the database is, however long the reader takes for what is left.
        if let Some(task) = export.take_task() {
            progress.runs(task.stopper());
            let progress = Arc::clone(progress);
            tokio::spawn(async move {
                let ended = task.ended().await;
                match words::of_end(ended) {
                    Some(why) => progress.cut(why),
                    None if ended == Ended::Complete => {}
                    None => progress.end(End::Failed),
                }
                drop(ticket);
            });
        }
        Ok((export, place))
    }
}

impl Begun {
    /// Its rows, which go out on `wire` where that is known. A failure half-way breaks the body off without its last
    /// chunk, so that a cut file never looks whole.
    pub fn body(self, wire: Option<Wire>) -> impl Stream<Item = Result<Bytes, Cut>> {
        futures::stream::unfold(Some((self, wire)), |running| async move {
            let (mut begun, wire) = running?;
            let progress = &begun.watched.0;
            let error = match begun.export.next().await {
                None => {
                    progress.end(End::Done);
                    return None;
                }
                Some(Ok(chunk)) if progress.hands_on(&chunk) => {
                    return Some((Ok(chunk.lines), Some((begun, wire))));
                }
                Some(Ok(_)) => Cut::Cancelled,
                Some(Err(error)) => cut(progress, error),
            };
            if let Some(wire) = wire {
                leave(progress, &wire).await;
            }
            Some((Err(error), None))
        })
    }
}

fn cut(progress: &Progress, error: StoreError) -> Cut {
    if progress.ended_at().is_some() {
        return Cut::Cancelled;
    }
    tracing::error!(%error, "an export was cut off");
    let why = match &error {
        StoreError::ExportStopped(reason) => words::of_stop(*reason),
        _ => Some(words::DATABASE_FAILED),
    };
    why.map_or_else(|| progress.end(End::Failed), |why| progress.cut(why));
    Cut::Store(error)
}

/// Before a body breaks off: where the rest begins is told by what was handed on, and so all of that leaves the console
/// first. Of an export that nobody is to go on with, nothing more leaves.
async fn leave(progress: &Progress, wire: &Wire) {
    if progress.rest().is_none() {
        wire.tear();
    } else if tokio::time::timeout(FLUSH_PATIENCE, wire.flushed())
        .await
        .is_err()
    {
        progress.rest_is_over();
    }
}
