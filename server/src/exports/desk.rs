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

/// An export waits in line for so long at the most.
const PATIENCE: Duration = Duration::from_mins(5);

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
    pub fn follow(&self, visitor: &Visitor, key: Option<Uuid>) -> Result<Arc<Progress>, Refusal> {
        let owner = visitor.user.subject();
        let progress =
            key.map_or_else(|| Ok(Arc::default()), |key| self.board.put_up(owner, key))?;
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
                match task.ended().await {
                    Ended::Complete => {}
                    Ended::Abandoned => progress.end(End::Failed),
                    Ended::Stopped(reason) => progress.fail(words::of_stop(reason)),
                }
                drop(ticket);
            });
        }
        Ok((export, place))
    }
}

impl Begun {
    /// Its rows. A failure half-way breaks the body off without its last chunk, so that a cut file never
    /// looks whole.
    pub fn body(self) -> impl Stream<Item = Result<Bytes, Cut>> {
        futures::stream::unfold(Some(self), |begun| async move {
            let mut begun = begun?;
            let progress = &begun.watched.0;
            match begun.export.next().await {
                None => {
                    progress.end(End::Done);
                    None
                }
                Some(Ok(chunk)) if progress.hands_on(chunk.rows, chunk.lines.len() as u64) => {
                    Some((Ok(chunk.lines), Some(begun)))
                }
                Some(Ok(_)) => Some((Err(Cut::Cancelled), None)),
                Some(Err(error)) => Some((Err(cut(progress, error)), None)),
            }
        })
    }
}

fn cut(progress: &Progress, error: StoreError) -> Cut {
    if progress.ended_at().is_some() {
        return Cut::Cancelled;
    }
    tracing::error!(%error, "an export was cut off");
    progress.fail(match &error {
        StoreError::ExportStopped(reason) => words::of_stop(*reason),
        _ => words::DATABASE_FAILED,
    });
    Cut::Store(error)
}
