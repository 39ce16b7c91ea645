//! Copies a history into an empty database: tables first, rows by one COPY a table side by side, indexes, and last the
//! rows that came late.
//!
//! The history is made on a thread of its own and handed over in pieces, so memory stays the same for any size.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::engine::{Engine, Finished, GroundTruth, History, HistorySpec, Rows, Table};
use crate::error::{Error, Result};
use crate::schema;

/// Bytes that are gathered before they are handed to COPY.
const PIECE: usize = 256 * 1024;
/// Pieces that may wait for each table.
const WAITING: usize = 8;
/// Connections that build indexes side by side.
const INDEX_WORKERS: usize = 3;

type Pieces = Vec<(Table, mpsc::Sender<Vec<u8>>)>;

/// What loading a history gave.
pub struct Loaded {
    /// The engine, which can go on trading where the history ends.
    pub engine: Engine,
    /// What was planted.
    pub ground_truth: GroundTruth,
    /// Rows in all tables.
    pub rows: u64,
}

/// Creates the engine's schema in the empty database at `url` and fills it with the history of `spec`.
///
/// # Errors
/// When the database refuses.
pub async fn history(url: &str, spec: HistorySpec) -> Result<Loaded> {
    let options: PgConnectOptions = url.parse()?;
    let mut connection = options.connect().await?;
    schema::create_tables(&mut connection).await?;

    let mut copies = JoinSet::new();
    let mut pieces = Pieces::new();
    for table in Table::ALL {
        let (sender, receiver) = mpsc::channel(WAITING);
        pieces.push((table, sender));
        copies.spawn(copy(options.clone(), table, receiver));
    }
    let (finished, result) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // Nobody waits any more when a COPY failed first: its error is the one to report.
        let _ = finished.send(produce(spec, &pieces));
    });
    let mut rows = 0;
    while let Some(copied) = copies.join_next().await {
        rows += copied.map_err(|error| Error::History(error.to_string()))??;
    }
    let Finished {
        engine,
        ground_truth,
        late,
    } = result
        .await
        .ok()
        .flatten()
        .ok_or_else(|| Error::History("a table was closed too early".to_owned()))?;

    build_indexes(&options).await?;
    for foreign_key in schema::foreign_keys() {
        connection.execute(foreign_key).await?;
    }
    rows += copy_late(late, &mut connection).await?;
    connection.execute("ANALYZE").await?;
    connection.close().await?;
    Ok(Loaded {
        engine,
        ground_truth,
        rows,
    })
}

/// Makes the history and hands its rows over; `None` when a table does not take them any more.
fn produce(spec: HistorySpec, pieces: &Pieces) -> Option<Finished> {
    let mut history = History::new(spec);
    let mut rows = Rows::default();
    while history.advance(&mut rows) {
        for (table, sender) in pieces {
            if rows.waiting(*table) >= PIECE {
                sender.blocking_send(rows.take(*table)).ok()?;
            }
        }
    }
    let finished = history.finish(&mut rows);
    for (table, sender) in pieces {
        sender.blocking_send(rows.take(*table)).ok()?;
    }
    Some(finished)
}

/// Makes the history of `spec` without a database: `take` gets every piece of every table, as COPY would, and the rows
/// that are committed late as the last ones.
pub fn without_database(spec: HistorySpec, mut take: impl FnMut(Table, &[u8])) -> GroundTruth {
    let mut history = History::new(spec);
    let mut rows = Rows::default();
    let mut hand_over = |rows: &mut Rows| {
        for table in Table::ALL {
            take(table, &rows.take(table));
        }
    };
    while history.advance(&mut rows) {
        hand_over(&mut rows);
    }
    let mut finished = history.finish(&mut rows);
    hand_over(&mut rows);
    hand_over(&mut finished.late);
    finished.ground_truth
}

/// Inserts the rows that come late, in one transaction. Returns how many.
async fn copy_late(mut late: Rows, connection: &mut PgConnection) -> Result<u64> {
    let mut transaction = connection.begin().await?;
    let mut rows = 0;
    for table in Table::ALL {
        if late.waiting(table) > 0 {
            rows += late.count(table);
            copy_into(table, late.take(table), &mut transaction).await?;
        }
    }
    transaction.commit().await?;
    Ok(rows)
}

/// Inserts `rows` into `table`, in the transaction that is under way.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn copy_into(
    table: Table,
    rows: Vec<u8>,
    transaction: &mut PgConnection,
) -> Result<()> {
    let statement = format!("COPY {} ({}) FROM STDIN", table.name(), table.columns());
    let mut copy = transaction.copy_in_raw(&statement).await?;
    copy.send(rows).await?;
    copy.finish().await?;
    Ok(())
}

/// Copies the pieces into `table`. It is truncated in the same transaction: so PostgreSQL writes no log for the rows and
/// can freeze them at once.
async fn copy(
    options: PgConnectOptions,
    table: Table,
    mut pieces: mpsc::Receiver<Vec<u8>>,
) -> Result<u64> {
    let mut connection = options.connect().await?;
    let mut transaction = connection.begin().await?;
    let (name, columns) = (table.name(), table.columns());
    transaction
        .execute(AssertSqlSafe(format!("TRUNCATE {name}")))
        .await?;
    let statement = format!("COPY {name} ({columns}) FROM STDIN WITH (FREEZE)");
    let mut copy = transaction.copy_in_raw(&statement).await?;
    while let Some(piece) = pieces.recv().await {
        copy.send(piece).await?;
    }
    let rows = copy.finish().await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(rows)
}

async fn build_indexes(options: &PgConnectOptions) -> Result<()> {
    let queue = Arc::new(Mutex::new(
        schema::independent_statements().collect::<VecDeque<_>>(),
    ));
    let mut workers = JoinSet::new();
    for _ in 0..INDEX_WORKERS {
        let (options, queue) = (options.clone(), Arc::clone(&queue));
        workers.spawn(async move {
            let mut connection = options.connect().await?;
            // The workers are the parallelism; PostgreSQL's own would want more shared memory than a container may have.
            connection
                .execute("SET max_parallel_maintenance_workers = 0")
                .await?;
            while let Some(statement) = next(&queue) {
                connection.execute(statement).await?;
            }
            connection.close().await
        });
    }
    while let Some(worked) = workers.join_next().await {
        worked.map_err(|error| Error::History(error.to_string()))??;
    }
    Ok(())
}

fn next(queue: &Mutex<VecDeque<&'static str>>) -> Option<&'static str> {
    queue.lock().ok()?.pop_front()
}

/// Drops `database` if it is there, whoever is connected to it, and creates it empty.
///
/// # Errors
/// When the server refuses.
pub async fn recreate_database(server: &mut PgConnection, database: &str) -> Result<()> {
    server
        .execute(AssertSqlSafe(format!(
            "DROP DATABASE IF EXISTS {database} WITH (FORCE)"
        )))
        .await?;
    server
        .execute(AssertSqlSafe(format!("CREATE DATABASE {database}")))
        .await?;
    Ok(())
}
