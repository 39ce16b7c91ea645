//! Exports: all rows of a query, streamed.
//!
//! An export owns a connection outside the pool and closes it at its end. A pooled connection would be unusable after a
//! dropped `COPY`: sqlx 0.9.0 answers later queries on it with no rows and no error. One `COPY` is one statement and so
//! one snapshot. [`slots`] limits how many exports run and read at once.

mod guard;
mod record;
mod slots;
mod stop;
mod times;

use bytes::{Bytes, BytesMut};
use domain::catalogue::Kind;
use domain::csv::FormulaGuard;
use domain::filter::{ListQuery, Window};
use futures::{FutureExt as _, Stream, TryStreamExt as _};
use sqlx::postgres::PgRow;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::SendTimeoutError;
use tokio::task::JoinHandle;

pub use slots::{ExportSlot, ExportSlots};
pub use stop::{StopReason, Stopper};

use self::record::push_record;
use self::slots::Turn;
use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;
use crate::db::{Isolation, Session};
use crate::sql::Sql;
use crate::views::{EngineView, SqlView};

/// Bytes of rows that are collected into a chunk; `COPY` sends a message per row.
const CHUNK: usize = 96 * 1024;
/// Chunks that are buffered for a slow reader; then reading pauses.
const CHUNKS_AHEAD: usize = 2;
/// A reader that takes longer than this for a chunk is slow: less than 10 MB/s, a third of what one PostgreSQL process
/// produces.
const SLOW: Duration = Duration::from_millis(5);
/// An export ends when its reader takes nothing for this long.
const READER_PATIENCE: Duration = Duration::from_mins(1);
/// An export that has not failed within this time counts as started.
const FIRST_LINES: Duration = Duration::from_secs(2);

/// Format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// CSV, RFC 4180.
    Csv(FormulaGuard),
    /// One JSON object per line.
    JsonLines,
}

/// A chunk of an export.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Complete lines. The first chunk of a CSV begins with the header.
    pub lines: Bytes,
    /// Number of rows in it, without the header.
    pub rows: u64,
    /// Line of the last row; empty if there are no rows.
    pub last_row: Bytes,
}

/// Messages of the task that reads the rows.
enum Progress {
    /// A chunk.
    Lines(Chunk),
    /// The export is complete.
    Complete,
}

/// A running export. It is complete only when [`Export::next`] returns `None`; after an error, the chunks so far are
/// incomplete.
pub struct Export {
    progress: mpsc::Receiver<Result<Progress, StoreError>>,
    /// The message that arrived while waiting for the start.
    first: Option<Progress>,
    ended: bool,
    stopper: Stopper,
    task: Option<ExportTask>,
}

/// Handle of the task that reads an export's rows and owns its connection. Dropping it does not stop the task.
pub struct ExportTask {
    task: JoinHandle<Ended>,
    stopper: Stopper,
}

impl ExportTask {
    /// A handle that stops the export from outside. Stopping closes its connection; what was read so far is incomplete
    /// then.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Waits until the connection is closed and returns how the export ended.
    pub async fn ended(self) -> Ended {
        self.task.await.unwrap_or(Ended::Abandoned)
    }
}

impl Export {
    /// Spawns the task that `start` creates. Returns errors that occur before the first rows. If no rows arrive within
    /// [`FIRST_LINES`], the export counts as started and may still fail in [`Export::next`].
    async fn begin<F: Future<Output = Ended> + Send + 'static>(
        place: ExportSlot,
        start: impl FnOnce(Task) -> F,
    ) -> Result<Self, StoreError> {
        let stopper = place.stopper.clone();
        let (sender, mut progress) = mpsc::channel(CHUNKS_AHEAD);
        let task = tokio::spawn(start(Task { place, sender }));
        let first = match tokio::time::timeout(FIRST_LINES, progress.recv()).await {
            Ok(Some(first)) => Some(first?),
            Ok(None) => {
                return Err(match stopper.reason() {
                    Some(reason) => StoreError::ExportStopped(reason),
                    None => StoreError::Unavailable(sqlx::Error::WorkerCrashed),
                });
            }
            Err(_) => None,
        };
        Ok(Self {
            progress,
            first,
            ended: false,
            stopper: stopper.clone(),
            task: Some(ExportTask { task, stopper }),
        })
    }

    /// Takes the handle of the task; `None` for an export from memory, or when it was taken before.
    pub const fn take_task(&mut self) -> Option<ExportTask> {
        self.task.take()
    }

    /// The next chunk; `None` after the last.
    ///
    /// # Errors
    /// When the database failed half-way, or the task was stopped.
    pub async fn next(&mut self) -> Option<Result<Chunk, StoreError>> {
        if self.ended {
            return None;
        }
        let progress = match self.first.take() {
            Some(first) => Some(Ok(first)),
            None => self.progress.recv().await,
        };
        if let Some(Ok(Progress::Lines(chunk))) = progress {
            return Some(Ok(chunk));
        }
        self.ended = true;
        match progress {
            Some(Ok(_)) => None,
            Some(Err(error)) => Some(Err(error)),
            // A task that ended without a final message did not complete.
            None => Some(Err(match self.stopper.reason() {
                Some(reason) => StoreError::ExportStopped(reason),
                None => StoreError::Unavailable(sqlx::Error::WorkerCrashed),
            })),
        }
    }

    /// An export of `text`, which has `rows` rows.
    pub(crate) fn of_text(text: String, rows: u64) -> Self {
        let (sender, progress) = mpsc::channel(2);
        // The channel has two free places, so neither send can fail.
        if !text.is_empty() {
            let lines = Bytes::from(text);
            let last_row = Bytes::new();
            let chunk = Chunk {
                lines,
                rows,
                last_row,
            };
            let _ = sender.try_send(Ok(Progress::Lines(chunk)));
        }
        let _ = sender.try_send(Ok(Progress::Complete));
        Self {
            progress,
            first: None,
            ended: false,
            stopper: Stopper::default(),
            task: None,
        }
    }
}

impl EngineDb {
    /// Starts an export of all rows that `query` matches; if it has a cursor, of the rows after it.
    ///
    /// # Errors
    /// When the database is unreachable, too many exports run, or the statement is refused.
    pub(super) async fn export_view(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
        format: ExportFormat,
    ) -> Result<Export, StoreError> {
        let place = self.exports.take(Isolation::Statement).await?;
        export_list(place, view.0, query, window, format).await
    }

    /// Starts an export of the rows of `statement`. `spell` formats each row as a complete line.
    ///
    /// # Errors
    /// As [`EngineDb::export`].
    pub(super) async fn export_rows(
        &self,
        statement: Sql,
        header: String,
        mut spell: impl FnMut(&PgRow) -> Result<String, sqlx::Error> + Send + 'static,
    ) -> Result<Export, StoreError> {
        let place = self.exports.take(Isolation::Statement).await?;
        Export::begin(place, |task| {
            task.run(async move |session, turn, sender| {
                let rows = statement.query().fetch(session);
                let push = |chunk: &mut BytesMut, row: PgRow| {
                    chunk.extend_from_slice(spell(&row)?.as_bytes());
                    Ok(())
                };
                pump(rows, (turn, sender), &header, push).await
            })
        })
        .await
    }
}

/// Starts an export of all rows that `query` matches.
///
/// # Errors
/// As [`EngineDb::export`].
pub async fn export_list(
    place: ExportSlot,
    view: &'static SqlView,
    query: &ListQuery,
    window: Window,
    format: ExportFormat,
) -> Result<Export, StoreError> {
    let header = match format {
        ExportFormat::Csv(_) => {
            let mut line = String::new();
            let names: Vec<&str> = view.spec.column_names().collect();
            domain::csv::push_header(&mut line, &names);
            line
        }
        ExportFormat::JsonLines => String::new(),
    };
    let statement = view.copy_sql(query, window, format).to_string();
    let kinds: Vec<Kind> = view.spec.exported().map(|column| column.kind).collect();
    Export::begin(place, |task| {
        task.run(async move |session, turn, sender| {
            let rows = tokio::select! {
                rows = session.connection().copy_out_raw(&statement) => rows?,
                () = sender.closed() => return Ok(Ended::Abandoned),
            };
            let push = |chunk: &mut BytesMut, row: Bytes| {
                push_line(chunk, &row, format, &kinds);
                Ok(())
            };
            pump(rows, (turn, sender), &header, push).await
        })
    })
    .await
}

/// The task of an export; owns its connection. Dropping it closes the connection. The server checks for its client
/// every second and cancels the statement.
struct Task {
    place: ExportSlot,
    sender: Sender,
}

type Sender = mpsc::Sender<Result<Progress, StoreError>>;

/// How an export ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The reader took every row.
    Complete,
    /// The reader went away.
    Abandoned,
    /// The reader took nothing for one minute.
    Idle,
    /// The database failed.
    Failed,
    /// It was stopped from outside.
    Stopped(StopReason),
}

impl Task {
    async fn run(
        mut self,
        work: impl AsyncFnOnce(&mut Session<'_>, &mut Turn, &Sender) -> Result<Ended, sqlx::Error>,
    ) -> Ended {
        let stopper = self.place.stopper.clone();
        let (mut session, turn) = self.place.parts();
        // Stopping does not wait for the reader: dropping the work and closing the connection releases the table's
        // locks.
        let ended = tokio::select! {
            biased;
            reason = stopper.stopped() => Ok(Ended::Stopped(reason)),
            ended = work(&mut session, turn, &self.sender) => ended,
        };
        drop(session);
        let Self { place, sender } = self;
        match ended {
            Ok(Ended::Complete) => {
                place.close().await;
                let told = send(&sender, Ok(Progress::Complete)).await;
                told.err().unwrap_or(Ended::Complete)
            }
            Ok(ended) => ended,
            Err(error) => {
                drop(place);
                // The send fails when the reader is gone.
                let _ = send(&sender, Err(error.into())).await;
                Ended::Failed
            }
        }
    }
}

/// Sends rows in chunks; `push` appends each row as a complete line. Exports read in turns.
async fn pump<T>(
    rows: impl Stream<Item = Result<T, sqlx::Error>>,
    (turn, sender): (&mut Turn, &Sender),
    header: &str,
    mut push: impl FnMut(&mut BytesMut, T) -> Result<(), sqlx::Error>,
) -> Result<Ended, sqlx::Error> {
    let mut rows = std::pin::pin!(rows);
    let mut buffer = ChunkBuffer::default();
    buffer.lines.extend_from_slice(header.as_bytes());
    loop {
        // Checked once per chunk: reading the clock for every row would be expensive.
        if buffer.rows == 0 && turn.is_over() {
            tokio::select! {
                () = turn.take() => {}
                () = sender.closed() => return Ok(Ended::Abandoned),
            }
        }
        // A row that has arrived is taken without polling the other futures. While the database searches, the reader
        // may disconnect, and rows found so far are sent when the turn ends.
        let row = if let Some(row) = rows.try_next().now_or_never() {
            row?
        } else {
            tokio::select! {
                row = rows.try_next() => row?,
                () = sender.closed() => return Ok(Ended::Abandoned),
                () = turn.ends() => {
                    if let Err(ended) = buffer.hand_on(turn, sender).await {
                        return Ok(ended);
                    }
                    continue;
                }
            }
        };
        let Some(row) = row else { break };
        buffer.last = buffer.lines.len();
        push(&mut buffer.lines, row)?;
        buffer.rows += 1;
        if buffer.lines.len() >= CHUNK {
            if let Err(ended) = buffer.hand_on(turn, sender).await {
                return Ok(ended);
            }
            turn.pause_for_pages().await;
        }
    }
    let handed_on = buffer.hand_on(turn, sender).await;
    Ok(handed_on.err().unwrap_or(Ended::Complete))
}

/// The next chunk.
struct ChunkBuffer {
    lines: BytesMut,
    rows: u64,
    /// Offset of the last row's line, if there are rows.
    last: usize,
}

impl Default for ChunkBuffer {
    fn default() -> Self {
        Self {
            lines: BytesMut::with_capacity(CHUNK + CHUNK / 4),
            rows: 0,
            last: 0,
        }
    }
}

impl ChunkBuffer {
    fn take(&mut self) -> Chunk {
        let Self { lines, rows, last } = std::mem::take(self);
        let lines = lines.freeze();
        let last_row = if rows > 0 {
            lines.slice(last..)
        } else {
            Bytes::new()
        };
        Chunk {
            lines,
            rows,
            last_row,
        }
    }

    /// Sends the chunk unless it is empty. Returns how the export ended if nobody takes it. Gives the turn to other
    /// exports while the reader is slow.
    async fn hand_on(&mut self, turn: &mut Turn, sender: &Sender) -> Result<(), Ended> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let mut taken = std::pin::pin!(send(sender, Ok(Progress::Lines(self.take()))));
        if let Ok(taken) = tokio::time::timeout(SLOW, &mut taken).await {
            return taken;
        }
        turn.give_up();
        taken.await
    }
}

async fn send(sender: &Sender, progress: Result<Progress, StoreError>) -> Result<(), Ended> {
    let sent = sender.send_timeout(progress, READER_PATIENCE).await;
    sent.map_err(|error| match error {
        SendTimeoutError::Timeout(_) => Ended::Idle,
        SendTimeoutError::Closed(_) => Ended::Abandoned,
    })
}

/// Appends one row of the `COPY`, whose columns have these kinds, as a line of the export.
fn push_line(chunk: &mut BytesMut, row: &[u8], format: ExportFormat, kinds: &[Kind]) {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    match format {
        ExportFormat::Csv(guard) => {
            push_record(chunk, row, kinds, guard);
            chunk.extend_from_slice(b"\r\n");
        }
        ExportFormat::JsonLines => {
            let line = row
                .strip_prefix(b"\x01")
                .and_then(|quoted| quoted.strip_suffix(b"\x01"))
                .unwrap_or(row);
            let at = chunk.len();
            chunk.extend_from_slice(line);
            // JSON has unescaped line breaks only between tokens.
            for byte in &mut chunk[at..] {
                if matches!(byte, b'\n' | b'\r') {
                    *byte = b' ';
                }
            }
            chunk.extend_from_slice(b"\n");
        }
    }
}
