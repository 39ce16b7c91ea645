//! Exports: everything that a query matches, streamed.
//!
//! An export owns its connection, outside the pool, and closes it however it ends: a `COPY` that was
//! dropped half-way poisons a pooled connection (sqlx 0.9.0 answers later queries on it with no rows
//! and no error). One `COPY` is one statement and so one snapshot. How many run, and read: [`slots`].

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

/// What rows are gathered to before they are handed on: `COPY` sends a message a row.
const CHUNK: usize = 96 * 1024;
/// Chunks that wait for a slow reader; then the database waits.
const CHUNKS_AHEAD: usize = 2;
/// A reader that lets a chunk wait for this long is slow: it takes less than 10 MB a second, a third of what PostgreSQL
/// makes with one process.
const SLOW: Duration = Duration::from_millis(5);
/// A reader that takes nothing for this long has gone.
const READER_PATIENCE: Duration = Duration::from_mins(1);
/// An export that has not failed by then has begun.
const FIRST_LINES: Duration = Duration::from_secs(2);

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180.
    Csv(FormulaGuard),
    /// One JSON object a line.
    JsonLines,
}

/// A piece of an export.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Whole lines; the CSV's header is the first of the first piece.
    pub lines: Bytes,
    /// Rows among them; the header is none.
    pub rows: u64,
    /// The last row's line; empty where there is none.
    pub last_row: Bytes,
}

/// What the task that reads a `COPY` tells.
enum Progress {
    /// Whole lines.
    Lines(Chunk),
    /// That was all of it.
    Complete,
}

/// A running export: chunks of whole lines, the CSV's header first. It ended well only when
/// [`Export::next`] said so; an error means that what was read so far is not the whole.
pub struct Export {
    progress: mpsc::Receiver<Result<Progress, StoreError>>,
    /// What came while the beginning was waited for.
    first: Option<Progress>,
    ended: bool,
    stopper: Stopper,
    task: Option<ExportTask>,
}

/// The task that reads an export's rows and owns its connection. Dropping this changes nothing.
pub struct ExportTask {
    task: JoinHandle<Ended>,
    stopper: Stopper,
}

impl ExportTask {
    /// Ends the export from outside, whatever its reader does: its connection is closed, and what was read
    /// so far is not the whole.
    #[must_use]
    pub fn stopper(&self) -> Stopper {
        self.stopper.clone()
    }

    /// Waits until the connection is closed, and tells how the export ended.
    pub async fn ended(self) -> Ended {
        self.task.await.unwrap_or(Ended::Abandoned)
    }
}

impl Export {
    /// Begins the task that `start` makes. What fails before its first lines fails here; an export that
    /// is still searching for them after a moment has begun, and may yet fail in [`Export::next`].
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

    /// The task behind it, once; none where the lines are already there.
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
            // A task that ended without a word did not reach the end.
            None => Some(Err(match self.stopper.reason() {
                Some(reason) => StoreError::ExportStopped(reason),
                None => StoreError::Unavailable(sqlx::Error::WorkerCrashed),
            })),
        }
    }

    /// An export of lines that were made elsewhere, `rows` of them rows.
    pub(crate) fn of_text(text: String, rows: u64) -> Self {
        let (sender, progress) = mpsc::channel(2);
        // Two places are free, so neither can fail.
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
    /// Begins an export of everything that `query` matches; where it has a cursor, of the rows after that one's.
    ///
    /// # Errors
    /// When the database is away, too many exports run, or the statement is refused.
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

    /// Begins an export of the rows of `statement`, each spelled by `spell` as a whole line.
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

/// Begins an export of everything that `query` matches.
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

/// Owns an export's connection. Dropping it closes the connection, and the server, which looks for its
/// client every second, stops.
struct Task {
    place: ExportSlot,
    sender: Sender,
}

type Sender = mpsc::Sender<Result<Progress, StoreError>>;

/// How an export ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every row was handed on.
    Complete,
    /// The reader went away.
    Abandoned,
    /// The reader took nothing for a minute.
    Idle,
    /// The database failed.
    Failed,
    /// It was ended from outside.
    Stopped(StopReason),
}

impl Task {
    async fn run(
        mut self,
        work: impl AsyncFnOnce(&mut Session<'_>, &mut Turn, &Sender) -> Result<Ended, sqlx::Error>,
    ) -> Ended {
        let stopper = self.place.stopper.clone();
        let (mut session, turn) = self.place.parts();
        // Whoever ends it does not wait for its reader: dropping the work and closing the connection frees the table.
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
                // Whoever has gone need not be told.
                let _ = send(&sender, Err(error.into())).await;
                Ended::Failed
            }
        }
    }
}

/// Hands rows on in chunks, each appended by `push` as a whole line. Rows are read in turns with other exports.
async fn pump<T>(
    rows: impl Stream<Item = Result<T, sqlx::Error>>,
    (turn, sender): (&mut Turn, &Sender),
    header: &str,
    mut push: impl FnMut(&mut BytesMut, T) -> Result<(), sqlx::Error>,
) -> Result<Ended, sqlx::Error> {
    let mut rows = std::pin::pin!(rows);
    let mut gathered = Gathered::default();
    gathered.lines.extend_from_slice(header.as_bytes());
    loop {
        // Between chunks, not for every row: asking for the time is no small part of what a row takes.
        if gathered.rows == 0 && turn.is_over() {
            tokio::select! {
                () = turn.take() => {}
                () = sender.closed() => return Ok(Ended::Abandoned),
            }
        }
        // A row that is there already is taken without ceremony; while the database searches, the
        // reader may go away, and what was found so far may not wait for ever.
        let row = if let Some(row) = rows.try_next().now_or_never() {
            row?
        } else {
            tokio::select! {
                row = rows.try_next() => row?,
                () = sender.closed() => return Ok(Ended::Abandoned),
                () = turn.ends() => {
                    if let Err(ended) = gathered.hand_on(turn, sender).await {
                        return Ok(ended);
                    }
                    continue;
                }
            }
        };
        let Some(row) = row else { break };
        gathered.last = gathered.lines.len();
        push(&mut gathered.lines, row)?;
        gathered.rows += 1;
        if gathered.lines.len() >= CHUNK {
            if let Err(ended) = gathered.hand_on(turn, sender).await {
                return Ok(ended);
            }
            turn.pause_for_pages().await;
        }
    }
    let handed_on = gathered.hand_on(turn, sender).await;
    Ok(handed_on.err().unwrap_or(Ended::Complete))
}

/// What has been gathered for the next chunk.
struct Gathered {
    lines: BytesMut,
    rows: u64,
    /// Where the last row's line begins, where there are rows.
    last: usize,
}

impl Default for Gathered {
    fn default() -> Self {
        Self {
            lines: BytesMut::with_capacity(CHUNK + CHUNK / 4),
            rows: 0,
            last: 0,
        }
    }
}

impl Gathered {
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

    /// Hands on what has been gathered, if anything; how the export ended when nobody takes it. While a reader is slow,
    /// others have its turn.
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

/// Appends one row of the `COPY`, whose columns are of these kinds, as a line of the export.
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
            // Stored json may have line breaks between its tokens, and only there.
            for byte in &mut chunk[at..] {
                if matches!(byte, b'\n' | b'\r') {
                    *byte = b' ';
                }
            }
            chunk.extend_from_slice(b"\n");
        }
    }
}
