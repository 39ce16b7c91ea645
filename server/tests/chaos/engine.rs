//! The engine beside the console: it writes events that are numbered, and others migrate its tables.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The type of the engine's numbered events.
pub const TYPE: &str = "CHAOS";
/// An event every so often.
const EVERY: Duration = Duration::from_millis(15);
/// Ids of numbered events begin with this.
const IDS: u128 = 0xc4a0_5000_0000_4000_8000_0000_0000_0000;

/// The id of the event of this number.
pub fn id_of(number: u64) -> Uuid {
    Uuid::from_u128(IDS + u128::from(number))
}

/// The number of the event of this id; none where it is none of the engine's.
pub fn number_of(id: &str) -> Option<u64> {
    let id = Uuid::try_parse(id).ok()?.as_u128();
    u64::try_from(id.checked_sub(IDS)?).ok()
}

#[derive(Clone)]
pub struct Engine {
    url: String,
    /// The end of the rows that do not change.
    pub quiet: String,
    /// The last event that is surely there, and the last that may be.
    pub committed: Arc<AtomicU64>,
    pub begun: Arc<AtomicU64>,
    /// One migration or lock at a time: what waits for another one of these does not wait for the console.
    tables: Arc<Mutex<u64>>,
}

impl Engine {
    /// An engine whose history is so long that its export does not fit into the buffers on the way.
    pub async fn begin(url: &str) -> Self {
        let mut database = PgConnection::connect(url).await.unwrap();
        database
            .execute(
                "INSERT INTO audit_log (event_type, severity, details, user_id, id, \"timestamp\") \
                 SELECT 'ALGORITHM_SIGNAL', 'info', json_build_object('note', repeat(E'x, \"y\"\\n', 130)), NULL, \
                 gen_random_uuid(), now() - interval '1 hour' - (n / 30) * interval '1 second' \
                 FROM generate_series(1, 8000) AS n",
            )
            .await
            .unwrap();
        let quiet = "SELECT to_char((now() - interval '1 minute') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
        let quiet = sqlx::query_scalar(quiet).fetch_one(&mut database).await;
        Self {
            url: url.to_owned(),
            quiet: quiet.unwrap(),
            committed: Arc::default(),
            begun: Arc::default(),
            tables: Arc::default(),
        }
    }

    /// The value of a query, in peace.
    pub async fn value<T>(&self, sql: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let mut database = PgConnection::connect(&self.url).await.unwrap();
        let value = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
        value.fetch_one(&mut database).await.unwrap()
    }

    /// Writes one event after the other until it is over, whatever becomes of the server.
    pub async fn write(self, over: Arc<AtomicBool>) {
        let mut connection = None;
        while !over.load(Ordering::SeqCst) {
            let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
            self.write_one(&mut connection, number).await;
            self.committed.store(number, Ordering::SeqCst);
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Writes the event of this number, again and again until it is surely there.
    async fn write_one(&self, connection: &mut Option<PgConnection>, number: u64) {
        let insert = "INSERT INTO audit_log (event_type, severity, details, user_id, id, \"timestamp\") \
            VALUES ($1, 'info', json_build_object('number', $2), NULL, $3, clock_timestamp()) ON CONFLICT DO NOTHING";
        loop {
            if connection.is_none() {
                *connection = PgConnection::connect(&self.url).await.ok();
            }
            let Some(open) = connection else {
                tokio::time::sleep(EVERY).await;
                continue;
            };
            let written = sqlx::query(insert)
                .bind(TYPE)
                .bind(i64::try_from(number).unwrap())
                .bind(id_of(number))
                .execute(open)
                .await;
            if written.is_ok() {
                return;
            }
            *connection = None;
        }
    }

    /// Migrates every table of the engine's; how long the slowest statement waited, or nothing where the server went away.
    pub fn migrate(&self) -> JoinHandle<Option<Duration>> {
        let engine = self.clone();
        tokio::spawn(async move {
            let mut round = engine.tables.lock().await;
            *round += 1;
            let (size, column) = (100 + *round, format!("chaos_{round}"));
            let mut database = PgConnection::connect(&engine.url).await.ok()?;
            let mut longest = Duration::ZERO;
            for statement in [
                format!("ALTER TABLE audit_log ALTER severity TYPE varchar({size})"),
                format!("ALTER TABLE audit_log ADD COLUMN {column} text"),
                format!("ALTER TABLE audit_log DROP COLUMN {column}"),
                format!(
                    "ALTER TABLE trade_audit ALTER block_reason TYPE varchar({})",
                    size + 400
                ),
                format!("ALTER TABLE orders ADD COLUMN {column} text"),
                format!("ALTER TABLE orders DROP COLUMN {column}"),
                format!(
                    "ALTER TABLE \"user\" ALTER full_name TYPE varchar({})",
                    size + 200
                ),
                format!(
                    "ALTER TABLE algorithms ALTER name TYPE varchar({})",
                    size + 200
                ),
            ] {
                let begun = Instant::now();
                database.execute(AssertSqlSafe(statement)).await.ok()?;
                longest = longest.max(begun.elapsed());
            }
            Some(longest)
        })
    }

    /// Holds a table for so long; how long it took to get it.
    pub fn hold(&self, table: &'static str, length: Duration) -> JoinHandle<Option<Duration>> {
        let engine = self.clone();
        tokio::spawn(async move {
            let _tables = engine.tables.lock().await;
            let mut database = PgConnection::connect(&engine.url).await.ok()?;
            let begun = Instant::now();
            let lock = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
            database.execute(AssertSqlSafe(lock)).await.ok()?;
            let waited = begun.elapsed();
            tokio::time::sleep(length).await;
            database.execute("COMMIT").await.ok()?;
            Some(waited)
        })
    }
}
