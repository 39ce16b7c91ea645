//! A PostgreSQL database for each test: made once as a template, cloned in milliseconds, dropped when the test ends.
//!
//! The server is the one of `demo services`, found through `TEST_DATABASE_URL`; `cargo xtask test` sets that. A template's
//! name holds a hash of everything that went into it, so a changed migration makes a new one; an advisory lock sees to it
//! that test processes running side by side make each template once. The server's folder is thrown away after the run,
//! and with it whatever a killed test left behind.
#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "support for tests: a test without its database shall fail at once, and say why"
)]

use std::fmt::Write;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

use crate::database::hash_of;
use crate::engine::{GroundTruth, HistorySpec, Instant};
use crate::{load, postgres, schema};

/// Connections of a test's own pool.
const POOL_SIZE: u32 = 5;
/// Key of the advisory lock under which templates are made.
const TEMPLATE_LOCK: i64 = 0x00A0_D17D_B000;
/// The end of the small history: 2026-11-23T00:00:00Z.
const HISTORY_END: Instant = Instant(1_795_392_000_000_000);
/// The role of the tests' server that owns schema `audit_console`. Roles are the cluster's: all tests share them.
pub const OWNER_ROLE: &str = "audit_console_owner";
/// The role of the tests' server that the console serves as.
pub const RUNTIME_ROLE: &str = "audit_console";
/// The password of both.
const ROLE_PASSWORD: &str = "console-test";
/// Decisions in it.
const HISTORY_ROWS: u64 = 2_000;

/// The real engine's rows, table by table, in an order that foreign keys allow.
const SAMPLE: [(&str, &str); 7] = [
    (
        "\"user\"",
        include_str!("../fixtures/engine-sample/user.csv"),
    ),
    (
        "algorithms",
        include_str!("../fixtures/engine-sample/algorithms.csv"),
    ),
    (
        "system_setting",
        include_str!("../fixtures/engine-sample/system_setting.csv"),
    ),
    (
        "positions",
        include_str!("../fixtures/engine-sample/positions.csv"),
    ),
    (
        "orders",
        include_str!("../fixtures/engine-sample/orders.csv"),
    ),
    (
        "trade_audit",
        include_str!("../fixtures/engine-sample/trade_audit.csv"),
    ),
    (
        "audit_log",
        include_str!("../fixtures/engine-sample/audit_log.csv"),
    ),
];

/// What a database holds besides the engine's schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Content {
    Empty,
    Sample,
    History(HistorySpec),
}

/// How to make a [`TestDatabase`].
#[derive(Debug, Clone)]
pub struct TestDatabaseBuilder {
    content: Content,
    also: String,
    server: Option<String>,
}

impl TestDatabaseBuilder {
    /// On another server than that of all tests, by the URL of one of its databases with a superuser's password.
    #[must_use]
    pub fn on(mut self, server: &str) -> Self {
        self.server = Some(server.to_owned());
        self
    }

    /// With the rows of the real engine that are kept in `fixtures/engine-sample`.
    #[must_use]
    pub fn sample(mut self) -> Self {
        self.content = Content::Sample;
        self
    }

    /// With the history of [`small_history`]: 2,000 decisions over 30 days, always the same.
    #[must_use]
    pub fn history(self) -> Self {
        self.history_of(small_history())
    }

    /// With another history.
    #[must_use]
    pub fn history_of(mut self, spec: HistorySpec) -> Self {
        self.content = Content::History(spec);
        self
    }

    /// Runs this SQL, for example the console's migrations, when the template is made. May be called repeatedly.
    #[must_use]
    pub fn also(mut self, sql: &str) -> Self {
        // Writing into a `String` cannot fail.
        let _ = writeln!(self.also, "{sql}\n;");
        self
    }

    /// Clones the database from its template, which the first caller makes.
    pub async fn create(self) -> TestDatabase {
        let server_url = self.server.clone().unwrap_or_else(server_url);
        let template = self.template(&server_url).await;
        let name = format!("test_{}", Uuid::new_v4().simple());
        let mut server = connect(&server_url).await;
        server
            .execute(AssertSqlSafe(format!(
                "CREATE DATABASE {name} TEMPLATE {template}"
            )))
            .await
            .expect("the template can be cloned");
        let url = postgres::database_url(&server_url, &name);
        let pool = PgPoolOptions::new()
            .max_connections(POOL_SIZE)
            .connect(&url)
            .await
            .expect("the test's database can be connected to");
        TestDatabase {
            url,
            pool,
            name,
            server_url,
        }
    }

    /// The name of the template, which exists when this returns.
    async fn template(&self, server_url: &str) -> String {
        let sources = (
            schema::TABLES,
            schema::INDEXES,
            SAMPLE,
            self.content,
            &self.also,
        );
        let template = format!("template_{:016x}", hash_of(&sources));
        let mut server = connect(server_url).await;
        sqlx::query("SELECT pg_advisory_lock($1)")
            .bind(TEMPLATE_LOCK)
            .execute(&mut server)
            .await
            .expect("the lock of the templates can be taken");
        let is_there: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
                .bind(&template)
                .fetch_one(&mut server)
                .await
                .expect("databases can be listed");
        make_roles(&mut server).await;
        if !is_there {
            // Made under another name, so that a run that is killed half-way leaves no half template behind.
            let unfinished = format!("{template}_unfinished");
            load::recreate_database(&mut server, &unfinished)
                .await
                .expect("a template can be created");
            self.fill(&postgres::database_url(server_url, &unfinished))
                .await;
            server
                .execute(AssertSqlSafe(format!(
                    "ALTER DATABASE {unfinished} RENAME TO {template}"
                )))
                .await
                .expect("the template can be named");
        }
        // Closing the session frees the lock.
        server
            .close()
            .await
            .expect("the server's connection can be closed");
        template
    }

    async fn fill(&self, url: &str) {
        if let Content::History(spec) = self.content {
            load::history(url, spec)
                .await
                .expect("the history can be loaded");
        }
        let mut database = connect(url).await;
        if !matches!(self.content, Content::History(_)) {
            schema::create_tables(&mut database)
                .await
                .expect("the engine's tables can be created");
            if self.content == Content::Sample {
                copy_sample(&mut database).await;
            }
            schema::create_indexes(&mut database)
                .await
                .expect("the engine's indexes can be created");
        }
        database
            .execute(AssertSqlSafe(self.also.clone()))
            .await
            .expect("the test's own SQL can be run");
        // A template must have no connection left when it is cloned.
        database
            .close()
            .await
            .expect("the template's connection can be closed");
    }
}

/// A test's own database. It is dropped with this value.
pub struct TestDatabase {
    url: String,
    pool: PgPool,
    name: String,
    server_url: String,
}

impl TestDatabase {
    /// Begins with the engine's empty schema.
    #[must_use]
    pub fn builder() -> TestDatabaseBuilder {
        TestDatabaseBuilder {
            content: Content::Empty,
            also: String::new(),
            server: None,
        }
    }

    /// Its URL, with the superuser and its password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its URL for the role that owns schema `audit_console`.
    #[must_use]
    pub fn owner_url(&self) -> String {
        self.url_as(OWNER_ROLE)
    }

    /// Its URL for the role that the console serves as.
    #[must_use]
    pub fn runtime_url(&self) -> String {
        self.url_as(RUNTIME_ROLE)
    }

    /// Its URL for another role, which has the tests' password.
    #[must_use]
    pub fn url_as(&self, role: &str) -> String {
        let place = self.url.split_once('@').map_or("", |(_, place)| place);
        format!("postgres://{role}:{ROLE_PASSWORD}@{place}")
    }

    /// So many decisions more, of agent `bulk`, one a second back from now and each of a kilobyte: an export of twenty
    /// thousand does not fit into what lies between a server and a reader who takes nothing.
    ///
    /// # Panics
    /// When PostgreSQL does not take them.
    pub async fn add_large_decisions(&self, number: u32) {
        let insert = format!(
            "INSERT INTO trade_audit SELECT 'bulk', 'HOLD', repeat('x', 900), 0.5, 'BTC', 1, false, NULL, NULL, \
             gen_random_uuid(), now() - n * interval '1 second' FROM generate_series(1, {number}) AS n"
        );
        let pool = self.pool();
        pool.execute(AssertSqlSafe(insert)).await.expect("rows");
    }

    /// A pool of connections to it.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // On a thread and runtime of its own: this may run inside a runtime of any kind, or while a test panics.
        let (server_url, name) = (self.server_url.clone(), self.name.clone());
        let dropped = std::thread::spawn(move || drop_database(&server_url, &name)).join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("could not drop {}; it goes with the test server", self.name);
        }
    }
}

fn drop_database(server_url: &str, name: &str) -> Result<(), sqlx::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut server = PgConnection::connect(server_url).await?;
        server
            .execute(AssertSqlSafe(format!(
                "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            )))
            .await?;
        server.close().await
    })
}

/// The history behind [`TestDatabaseBuilder::history`].
#[must_use]
pub const fn small_history() -> HistorySpec {
    HistorySpec {
        seed: 2_026,
        rows: HISTORY_ROWS,
        days: 30,
        end: HISTORY_END,
        extra_episodes: 0,
    }
}

/// What is planted in the history of [`small_history`].
#[must_use]
pub fn small_history_planted() -> GroundTruth {
    load::without_database(small_history(), |_, _| {})
}

/// URL of the Redis that tests may use; `None` on a machine without one.
#[must_use]
pub fn redis_url() -> Option<String> {
    std::env::var("TEST_REDIS_URL").ok()
}

fn server_url() -> String {
    std::env::var("TEST_DATABASE_URL").expect(
        "TEST_DATABASE_URL is not set. Run the tests by `cargo xtask test`, or start `target/debug/demo services` and set \
         the variables that it prints",
    )
}

async fn connect(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().expect("TEST_DATABASE_URL is a PostgreSQL URL");
    PgConnection::connect_with(&options)
        .await
        .expect("the server of TEST_DATABASE_URL answers; is `demo services` still running?")
}

/// Makes the console's two roles with their password, as an operator does once. The caller holds the lock.
async fn make_roles(server: &mut PgConnection) {
    for role in [OWNER_ROLE, RUNTIME_ROLE] {
        let is_there: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
                .bind(role)
                .fetch_one(&mut *server)
                .await
                .expect("roles can be listed");
        if !is_there {
            let make = format!("CREATE ROLE {role} LOGIN PASSWORD '{ROLE_PASSWORD}'");
            server
                .execute(AssertSqlSafe(make))
                .await
                .expect("a role can be made");
        }
    }
}

async fn copy_sample(database: &mut PgConnection) {
    for (table, csv) in SAMPLE {
        let columns = csv.lines().next().expect("a sample has a header");
        let columns: Vec<String> = columns
            .split(',')
            .map(|column| format!("\"{column}\""))
            .collect();
        let statement = format!(
            "COPY {table} ({}) FROM STDIN WITH (FORMAT csv, HEADER)",
            columns.join(", ")
        );
        let mut copy = database
            .copy_in_raw(&statement)
            .await
            .expect("a sample can be copied");
        copy.send(csv.as_bytes())
            .await
            .expect("a sample can be sent");
        copy.finish().await.expect("a sample's rows are accepted");
    }
}
