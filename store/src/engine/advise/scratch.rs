//! A copy of the engine's tables in another database, to try indexes on.

use bytes::BytesMut;
use futures::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Row as _};

use crate::StoreError;
use crate::access::Auditor;
use crate::db::{Isolation, Session, first_host};
use crate::engine::{COUNT_TIMEOUT, EngineDb, PAGE_TIMEOUT};
use crate::sql::{Sql, sql};
use crate::statements::statements;

statements! {
    /// Makes a scan start at the table's beginning even while another scan is running.
    IN_STORED_ORDER = "SET LOCAL synchronize_seqscans = off";

    BY_ONE_PROCESS = "SET LOCAL max_parallel_workers_per_gather = 0";

    /// The readable columns of built-in types; other types may not exist on the other server.
    COLUMNS = "SELECT quote_ident(a.attname) AS name, \
        format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END AS type \
        FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
        WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped \
        AND t.typnamespace = 'pg_catalog'::regnamespace \
        AND has_column_privilege(a.attrelid, a.attnum, 'SELECT') \
        AND (cardinality($2::text[]) = 0 OR a.attname = ANY($2::text[])) ORDER BY a.attnum";

    /// The indexes of a table that use copied columns only.
    INDEXES = "SELECT pg_get_indexdef(x.indexrelid) AS definition \
        FROM pg_catalog.pg_index x WHERE x.indrelid = $1::regclass AND x.indisvalid \
        AND NOT EXISTS (SELECT FROM unnest(x.indkey::smallint[]) k \
        JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k \
        WHERE quote_ident(a.attname) <> ALL($2::text[])) ORDER BY x.indexrelid";

    /// Identity of server and database, which replicas share.
    IDENTITY = "SELECT (SELECT system_identifier::text FROM pg_control_system()) \
        || '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database())";

    TRY_LOCK = "SELECT pg_try_advisory_lock($1)";
}

/// Schema of the copy. It is dropped with the copy.
pub const SCRATCH_SCHEMA: &str = "audit_console_advise";
/// Advisory lock of a measurement.
const LOCK: i64 = 0x0061_6476_6973;
/// Bytes that are collected before they are sent on.
const CHUNK: usize = 64 * 1024;

/// A table to copy.
struct Table {
    name: &'static str,
    /// Column that samples are taken by; `None` for a small table, which is copied completely.
    time: Option<&'static str>,
    /// The only columns to copy; all if empty. Other columns of the user table, such as password hashes, are not
    /// copied.
    only: &'static [&'static str],
}

const TABLES: [Table; 6] = [
    Table {
        name: "trade_audit",
        time: Some("\"timestamp\""),
        only: &[],
    },
    Table {
        name: "audit_log",
        time: Some("\"timestamp\""),
        only: &[],
    },
    Table {
        name: "orders",
        time: Some("created_at"),
        only: &[],
    },
    Table {
        name: "signal",
        time: Some("generated_at"),
        only: &[],
    },
    Table {
        name: "algorithms",
        time: None,
        only: &["id", "name"],
    },
    Table {
        name: "user",
        time: None,
        only: &["id", "email"],
    },
];

/// The copy. After [`Scratch::copy`], [`Scratch::remove`] must be called.
pub struct Scratch {
    options: PgConnectOptions,
    /// Connection without a statement timeout.
    pub(super) builder: PgConnection,
    /// Connection with a page's statement timeout.
    pub(super) pages: PgConnection,
    /// Connection with a count's statement timeout.
    pub(super) counts: PgConnection,
    /// Copied rows by table.
    pub(super) rows: Vec<(&'static str, u64)>,
}

impl Scratch {
    /// Connects to the database at `url`. Writes nothing yet.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when it is the engine's own database or a replica of it, or when another measurement is
    /// running there.
    pub async fn connect(engine: &EngineDb, _: &Auditor, url: &str) -> Result<Self, StoreError> {
        let options = first_host(url)?.options([
            ("search_path", format!("{SCRATCH_SCHEMA},public").as_str()),
            ("jit", "off"),
            // Parallel index builds of a large history need more shared memory than a container may have.
            ("max_parallel_maintenance_workers", "0"),
            ("client_connection_check_interval", "1s"),
        ]);
        // Slow statements are expected here.
        let options = options.disable_statement_logging();
        let mut builder = PgConnection::connect_with(&options).await?;
        let theirs: String = sqlx::query_scalar(IDENTITY)
            .fetch_one(engine.pool())
            .await?;
        let ours: String = sqlx::query_scalar(IDENTITY).fetch_one(&mut builder).await?;
        if theirs == ours {
            return Err(StoreError::Refused(
                "that is the engine's own database, or a replica of it: measure in another one"
                    .to_owned(),
            ));
        }
        let alone: bool = sqlx::query_scalar(TRY_LOCK)
            .bind(LOCK)
            .fetch_one(&mut builder)
            .await?;
        if !alone {
            return Err(StoreError::Refused(
                "somebody else is measuring in that database: wait, or use another one".to_owned(),
            ));
        }
        let limited = async |limit: std::time::Duration| {
            let limit = limit.as_millis().to_string();
            let options = options.clone().options([("statement_timeout", limit)]);
            PgConnection::connect_with(&options).await
        };
        Ok(Self {
            pages: limited(PAGE_TIMEOUT).await?,
            counts: limited(COUNT_TIMEOUT).await?,
            options,
            builder,
            rows: Vec::new(),
        })
    }

    /// Creates the schema and copies the tables of the lists and their indexes from one snapshot, after dropping what
    /// an interrupted run left. Of large tables it copies `percent` (1 to 100) of every 1,000 seconds, so that related
    /// rows are copied together.
    ///
    /// # Errors
    /// When a database is unreachable, or one of the engine's indexes cannot be created in the copy.
    pub async fn copy(
        &mut self,
        engine: &EngineDb,
        percent: u8,
        mut tell: impl FnMut(&str, u64),
    ) -> Result<(), StoreError> {
        run(&mut self.builder, drop_schema()).await?;
        run(&mut self.builder, sql!["CREATE SCHEMA ", SCRATCH_SCHEMA]).await?;
        let mut source = engine.exports.take(Isolation::Snapshot).await?;
        let mut snapshot = source.session();
        // Keep the physical order of rows.
        snapshot.execute(IN_STORED_ORDER).await?;
        snapshot.execute(BY_ONE_PROCESS).await?;
        for table in &TABLES {
            let rows = self.copy_table(&mut snapshot, table, percent).await?;
            tell(table.name, rows);
            self.rows.push((table.name, rows));
        }
        drop(snapshot);
        source.close().await;
        Ok(())
    }

    async fn copy_table(
        &mut self,
        source: &mut Session<'_>,
        table: &Table,
        percent: u8,
    ) -> Result<u64, StoreError> {
        let theirs = sql!["public.\"", table.name, "\""];
        let ours = sql![SCRATCH_SCHEMA, ".\"", table.name, "\""];
        let found = sqlx::query(COLUMNS)
            .bind(theirs.to_string())
            .bind(table.only);
        let (mut names, mut columns) = (Vec::new(), Vec::new());
        for row in found.fetch_all(&mut *source).await? {
            let (name, kind): (String, String) = (row.try_get("name")?, row.try_get("type")?);
            let column = Sql::written_by_postgres(name.clone());
            columns.push(sql![column, " ", Sql::written_by_postgres(kind)]);
            names.push(name);
        }
        let listed = names.iter().cloned().map(Sql::written_by_postgres);
        let (list, columns) = (Sql::joined(", ", listed), Sql::joined(", ", columns));
        let create = sql!["CREATE UNLOGGED TABLE ", &ours, " (", columns, ")"];
        run(&mut self.builder, create).await?;
        let sample = match table.time {
            Some(time) if percent < 100 => Sql::template(
                " WHERE CASE WHEN isfinite({time}) \
                 THEN date_part('epoch', {time})::bigint % 1000 < {share} ELSE true END",
                &[
                    ("time", time.into()),
                    ("share", sql![u32::from(percent) * 10]),
                ],
            ),
            _ => Sql::default(),
        };
        let out = sql![
            "COPY (SELECT ",
            &list,
            " FROM ",
            &theirs,
            sample,
            ") TO STDOUT"
        ];
        let into = sql!["COPY ", &ours, " (", list, ") FROM STDIN"];
        let rows = pipe(source.connection(), &out, &mut self.builder, &into).await?;
        let indexes = sqlx::query(INDEXES).bind(theirs.to_string()).bind(&names);
        for row in indexes.fetch_all(&mut *source).await? {
            let definition: String = row.try_get("definition")?;
            // An index of a partitioned table is `ON ONLY`; the copy is not partitioned.
            let here = definition.replacen(" ON ONLY ", " ON ", 1).replacen(
                " ON public.",
                &format!(" ON {SCRATCH_SCHEMA}."),
                1,
            );
            run(&mut self.builder, Sql::written_by_postgres(here)).await?;
        }
        run(&mut self.builder, sql!["VACUUM (ANALYZE) ", ours]).await?;
        Ok(rows)
    }

    /// Drops the schema with its tables.
    ///
    /// # Errors
    /// When the database is unreachable; the next run drops the schema.
    pub async fn remove(self) -> Result<(), StoreError> {
        let Self {
            options,
            builder,
            pages,
            counts,
            ..
        } = self;
        // A connection may be in the middle of a statement; the server notices within a second that the client is gone.
        drop((builder, pages, counts));
        let mut connection = PgConnection::connect_with(&options).await?;
        run(&mut connection, drop_schema()).await?;
        connection.close().await?;
        Ok(())
    }
}

fn drop_schema() -> Sql {
    sql!["DROP SCHEMA IF EXISTS ", SCRATCH_SCHEMA, " CASCADE"]
}

/// Runs a statement that returns no rows.
pub(super) async fn run(connection: &mut PgConnection, statement: Sql) -> Result<(), sqlx::Error> {
    connection.execute(statement).await.map(|_| ())
}

/// Sends the rows of one `COPY` to another. Returns the number of rows.
async fn pipe(
    source: &mut PgConnection,
    out: &Sql,
    target: &mut PgConnection,
    into: &Sql,
) -> Result<u64, sqlx::Error> {
    let mut rows = source.copy_out_raw(&out.to_string()).await?;
    let mut copy = target.copy_in_raw(&into.to_string()).await?;
    let mut chunk = BytesMut::with_capacity(CHUNK + CHUNK / 4);
    while let Some(row) = rows.try_next().await? {
        chunk.extend_from_slice(&row);
        if chunk.len() >= CHUNK {
            copy.send(chunk.split().freeze()).await?;
        }
    }
    copy.send(chunk.freeze()).await?;
    copy.finish().await
}
