//! Exports: everything that a query matches, streamed.
//!
//! An export owns its connection, outside the pool, and closes it however it ends: a `COPY` that was
//! dropped half-way poisons a pooled connection (sqlx 0.9.0 answers later queries on it with no rows
//! and no error). One `COPY` is one statement and so one snapshot.

use bytes::{Bytes, BytesMut};
use domain::csv::FormulaGuard;
use domain::filter::{ListQuery, Window};
use futures::TryStreamExt as _;
use sqlx::{Connection as _, PgConnection};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::EngineDb;
use super::list::{ListView, copy_sql};
use crate::StoreError;
use crate::access::Auditor;

/// What rows are gathered to before they are handed on: `COPY` sends a message a row.
const CHUNK: usize = 48 * 1024;
/// Chunks that wait for a slow reader; then the database waits.
const CHUNKS_AHEAD: usize = 2;
/// A reader that takes nothing for this long has gone.
const READER_PATIENCE: Duration = Duration::from_mins(1);
/// Connecting takes at most this long.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// The form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180.
    Csv(FormulaGuard),
    /// One JSON object a line.
    JsonLines,
}

/// A running export: chunks of whole lines, the CSV's header first. It ended well only when
/// [`Export::next`] said so; an error means that what was read so far is not the whole.
pub struct Export {
    chunks: mpsc::Receiver<Result<Bytes, StoreError>>,
    ended: bool,
}

impl Export {
    /// The next chunk; `None` after the last.
    ///
    /// # Errors
    /// When the database failed half-way.
    pub async fn next(&mut self) -> Option<Result<Bytes, StoreError>> {
        if self.ended {
            return None;
        }
        match self.chunks.recv().await {
            // The last chunk is empty: a task that ended without it did not reach the end.
            Some(Ok(chunk)) if chunk.is_empty() => {
                self.ended = true;
                None
            }
            Some(Ok(chunk)) => Some(Ok(chunk)),
            Some(Err(error)) => {
                self.ended = true;
                Some(Err(error))
            }
            None => {
                self.ended = true;
                Some(Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed)))
            }
        }
    }

    /// An export of lines that were made elsewhere.
    pub(crate) fn of_text(text: String) -> Self {
        let (sender, chunks) = mpsc::channel(2);
        // Two places are free, so neither can fail.
        if !text.is_empty() {
            let _ = sender.try_send(Ok(Bytes::from(text)));
        }
        let _ = sender.try_send(Ok(Bytes::new()));
        Self {
            chunks,
            ended: false,
        }
    }
}

impl EngineDb {
    /// Begins an export of everything that `query` matches. The page's position does not apply.
    ///
    /// # Errors
    /// When the database is away, too many exports run, or the statement is refused: all that can be
    /// known before the first row.
    pub async fn export<V: ListView>(
        &self,
        _: &Auditor,
        query: &ListQuery<V>,
        window: Window,
        format: ExportFormat,
    ) -> Result<Export, StoreError> {
        let permit = self.export_permit()?;
        let statement = copy_sql(query, window, format);
        let connect = PgConnection::connect_with(&self.export_options);
        let connection = tokio::time::timeout(CONNECT_TIMEOUT, connect)
            .await
            .map_err(|_| StoreError::Unavailable(sqlx::Error::PoolTimedOut))??;
        let header = match format {
            ExportFormat::Csv(_) => {
                let mut line = String::new();
                domain::csv::push_header(&mut line, domain::columns::of(V::VIEW));
                line
            }
            ExportFormat::JsonLines => String::new(),
        };
        let (sender, mut chunks) = mpsc::channel(CHUNKS_AHEAD);
        let task = CopyTask {
            connection,
            sender,
            format,
            _permit: permit,
        };
        tokio::spawn(task.run(statement, header));
        // The first message tells whether the statement was accepted; only then is there an export.
        match chunks.recv().await {
            Some(Ok(_)) => Ok(Export {
                chunks,
                ended: false,
            }),
            Some(Err(error)) => Err(error),
            None => Err(StoreError::Unavailable(sqlx::Error::WorkerCrashed)),
        }
    }

    /// A place among the exports that may run at once.
    pub(super) fn export_permit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        self.exports
            .clone()
            .try_acquire_owned()
            .map_err(|_| StoreError::ExportsBusy)
    }
}

/// Reads a `COPY` and hands its rows on in chunks. Dropping it closes the connection, and the server,
/// which looks for its client every second, stops.
struct CopyTask {
    connection: PgConnection,
    sender: mpsc::Sender<Result<Bytes, StoreError>>,
    format: ExportFormat,
    _permit: OwnedSemaphorePermit,
}

impl CopyTask {
    async fn run(mut self, statement: String, header: String) {
        match self.copy(&statement, &header).await {
            Ok(true) => {
                self.send(Ok(Bytes::new())).await;
                // Only a connection whose COPY came to its end may say good-bye politely.
                let _ = self.connection.close().await;
            }
            Ok(false) => {}
            Err(error) => {
                self.send(Err(error.into())).await;
            }
        }
    }

    /// Copies to the end, and says whether it got there: the reader may have gone before.
    async fn copy(&mut self, statement: &str, header: &str) -> Result<bool, sqlx::Error> {
        let mut rows = self.connection.copy_out_raw(statement).await?;
        let mut chunk = BytesMut::with_capacity(CHUNK + CHUNK / 4);
        // The statement was accepted.
        if !send(&self.sender, Ok(Bytes::new())).await {
            return Ok(false);
        }
        chunk.extend_from_slice(header.as_bytes());
        while let Some(row) = rows.try_next().await? {
            push_line(&mut chunk, &row, self.format);
            if chunk.len() >= CHUNK {
                let full =
                    std::mem::replace(&mut chunk, BytesMut::with_capacity(CHUNK + CHUNK / 4));
                if !send(&self.sender, Ok(full.freeze())).await {
                    return Ok(false);
                }
            }
        }
        drop(rows);
        Ok(chunk.is_empty() || send(&self.sender, Ok(chunk.freeze())).await)
    }

    async fn send(&self, chunk: Result<Bytes, StoreError>) -> bool {
        send(&self.sender, chunk).await
    }
}

async fn send(
    sender: &mpsc::Sender<Result<Bytes, StoreError>>,
    chunk: Result<Bytes, StoreError>,
) -> bool {
    sender.send_timeout(chunk, READER_PATIENCE).await.is_ok()
}

/// Appends one row of the `COPY` as a line of the export.
fn push_line(chunk: &mut BytesMut, row: &[u8], format: ExportFormat) {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    match format {
        ExportFormat::Csv(_) => {
            chunk.extend_from_slice(row);
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
