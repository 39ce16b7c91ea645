//! Helpers of the store's tests.
#![allow(dead_code, reason = "every test file uses its own part of it")]

use std::time::Duration;

use chrono_tz::Tz;
use demo::engine::HistorySpec;
use demo::testdb::{OWNER_ROLE, RUNTIME_ROLE, TestDatabase};
use domain::catalogue::{ListRow, RowKey, Value, View};
use domain::clock;
use domain::filter::ListQuery;
use domain::page::Page;
use domain::signal::{SignalId, SignalOutcome};
use domain::time::Timestamp;
use store::access::Auditor;
use store::console::{RoleNames, RolesFor, roles_sql};
use store::engine::{EpisodeList, Export, ExportFormat, ReviewPolicy, Scope, SearchBudget};
use store::views::{self, EngineView, Source, source};
use store::{ConsoleDb, EngineDb, StoreError};

/// The output of `audit-console roles` for the test server's roles.
pub fn roles() -> String {
    let names = RoleNames {
        owner: OWNER_ROLE,
        runtime: RUNTIME_ROLE,
        engine: RUNTIME_ROLE,
    };
    roles_sql(names, RolesFor::OneDatabase, false)
}

/// A test's own database with a client, and the console's two roles as in production.
pub struct Engine {
    pub database: TestDatabase,
    pub db: EngineDb,
    pub auditor: Auditor,
}

impl Engine {
    pub fn of(database: TestDatabase) -> Self {
        Self {
            db: EngineDb::new(&database.runtime_url()).unwrap(),
            auditor: Auditor::operator(),
            database,
        }
    }

    /// The engine's tables without rows.
    pub async fn empty() -> Self {
        Self::of(TestDatabase::builder().also(&roles()).create().await)
    }

    /// As [`Engine::empty`], with schema `audit_console`.
    pub async fn empty_with_console() -> Self {
        Self::empty().await.migrated().await
    }

    /// As [`Engine::sample`], with schema `audit_console`.
    pub async fn sample_with_console() -> Self {
        Self::sample().await.migrated().await
    }

    /// As [`Engine::history`], with schema `audit_console`.
    pub async fn history_with_console() -> Self {
        Self::history().await.migrated().await
    }

    async fn migrated(self) -> Self {
        migrate(&self.database).await;
        self
    }

    /// The console's own tables.
    pub fn console(&self) -> ConsoleDb {
        ConsoleDb::new(&self.database.runtime_url()).unwrap()
    }

    /// A review policy: due within a day.
    pub fn review_policy(&self) -> ReviewPolicy {
        ReviewPolicy {
            console: self.console(),
            patience: 86_400_000_000,
        }
    }

    /// The list of episodes for a query string.
    pub async fn episodes(&self, raw: &str) -> EpisodeList {
        let query = ListQuery::parse(views::kill_switch(), raw).unwrap();
        let window = query.window(Tz::UTC, clock::now()).unwrap();
        self.db
            .episodes(&self.auditor, &self.review_policy(), &query, window)
            .await
            .unwrap()
    }

    /// The sample: rows that the real engine wrote.
    pub async fn sample() -> Self {
        Self::of(
            TestDatabase::builder()
                .sample()
                .also(&roles())
                .create()
                .await,
        )
    }

    /// The demo engine's small history, hostile rows included.
    pub async fn history() -> Self {
        Self::of(
            TestDatabase::builder()
                .history()
                .also(&roles())
                .create()
                .await,
        )
    }

    /// Another history of the demo engine, with schema `audit_console`.
    pub async fn history_of(spec: HistorySpec) -> Self {
        let database = TestDatabase::builder().history_of(spec).also(&roles());
        let database = database.create().await;
        Self::of(database).migrated().await
    }

    /// Runs SQL as the database's owner, as the engine would.
    pub async fn execute(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
            .execute(self.database.pool())
            .await
            .unwrap();
    }

    /// The first value of a row, as text.
    pub async fn ask(&self, sql: &str) -> String {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT ({sql})::text")))
            .fetch_one(self.database.pool())
            .await
            .unwrap()
    }

    /// A page for a query string.
    pub async fn page(&self, view: View, raw: &str) -> Result<Page<ListRow>, StoreError> {
        self.page_of(&query(view, raw)).await
    }

    /// A page as its list shows it, without a time limit.
    pub async fn page_of(&self, query: &ListQuery) -> Result<Page<ListRow>, StoreError> {
        self.page_at(query, clock::now()).await
    }

    /// A page as its list shows it at this time, without a time limit.
    pub async fn page_at(
        &self,
        query: &ListQuery,
        now: Timestamp,
    ) -> Result<Page<ListRow>, StoreError> {
        let scope = Scope::of(query, Tz::UTC, now).unwrap();
        let budget = SearchBudget {
            whole: true,
            total: Duration::from_mins(1),
        };
        let view = engine_view(query.view);
        let columns = (0..query.view.columns.len()).collect();
        let search = self
            .db
            .search(&self.auditor, view, query, columns, scope, budget);
        Ok(search.await?.page)
    }

    /// The number of rows that a query string matches.
    pub async fn count(&self, view: View, raw: &str) -> domain::page::Count {
        let query = query(view, raw);
        let window = query.window(Tz::UTC, clock::now()).unwrap();
        self.db
            .count(&self.auditor, engine_view(view), &query, window)
            .await
            .unwrap()
    }

    /// A complete export, as text.
    pub async fn export(&self, view: View, raw: &str, format: ExportFormat) -> String {
        let query = query(view, raw);
        let window = query.window(Tz::UTC, clock::now()).unwrap();
        let export = self
            .db
            .export(&self.review_policy(), &self.auditor, &query, window, format)
            .await
            .unwrap();
        text_of(export).await
    }

    /// The keys of all rows, page by page; `between` runs after each page.
    pub async fn walk(
        &self,
        view: View,
        raw: &str,
        mut between: impl AsyncFnMut(usize),
    ) -> Vec<RowKey> {
        let mut query = query(view, raw);
        let mut keys = Vec::new();
        for number in 0.. {
            let page = self.page_of(&query).await.unwrap();
            keys.extend(page.rows.iter().map(domain::page::KeysetRow::key));
            between(number).await;
            match page.next {
                Some(next) => query = query.at(next),
                None => break,
            }
        }
        keys
    }
}

/// Creates schema `audit_console` as its owner, with the rights of the runtime role.
pub async fn migrate(database: &TestDatabase) {
    let console = ConsoleDb::new(&database.runtime_url()).unwrap();
    let migrated = console.migrate_as(&database.owner_url()).await.unwrap();
    assert_eq!(migrated.owner, OWNER_ROLE);
    assert_eq!(migrated.runtime, RUNTIME_ROLE);
}

/// A history whose two large tables are partitioned by month, with schema `audit_console`.
pub async fn partitioned(spec: HistorySpec) -> Engine {
    let builder = TestDatabase::builder().history_of(spec);
    let builder = builder.also(include_str!("partitioned.sql")).also(&roles());
    let database = builder.create().await;
    Engine::of(database).migrated().await
}

/// A complete export, as text.
pub async fn text_of(mut export: Export) -> String {
    let mut bytes = Vec::new();
    while let Some(chunk) = export.next().await {
        bytes.extend_from_slice(&chunk.unwrap().lines);
    }
    String::from_utf8(bytes).unwrap()
}

/// The query of a view for a query string.
pub fn query(view: View, raw: &str) -> ListQuery {
    ListQuery::parse(view, raw).unwrap()
}

/// The view as an engine view.
pub fn engine_view(view: View) -> EngineView {
    match source(view) {
        Source::Engine(view) => view,
        _ => panic!("{view} is none of the engine's"),
    }
}

/// A row's signal: id and outcome.
pub fn signal_of(row: &ListRow) -> (SignalId, Option<SignalOutcome>) {
    let text = |column| text(views::signals(), row, column);
    let own = |column| text(column).map(ToOwned::to_owned);
    let RowKey::Uuid(id) = row.key else {
        return (SignalId::parse(&row.key.to_string()).unwrap(), None);
    };
    let event = text("outcome_event").map(|id| id.parse().unwrap());
    let (verdict, reason) = (text("outcome_verdict"), own("rejection_reason"));
    let outcome = SignalOutcome::of(event, verdict, reason, own("order_status"));
    (SignalId::Executor(id), Some(outcome))
}

/// A row's text in this column of its view.
pub fn text<'r>(view: View, row: &'r ListRow, column: &str) -> Option<&'r str> {
    match &row.values[view.column(column).unwrap()] {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// Parses RFC 4180 CSV: `None` is an empty field without quotes.
pub fn parse_csv(text: &str) -> Vec<Vec<Option<String>>> {
    let mut rows = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut row = Vec::new();
        loop {
            let (field, after) = take_field(rest);
            row.push(field);
            if let Some(after) = after.strip_prefix(',') {
                rest = after;
            } else {
                rest = after.strip_prefix("\r\n").expect("a line ends with CRLF");
                break;
            }
        }
        rows.push(row);
    }
    rows
}

fn take_field(text: &str) -> (Option<String>, &str) {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\r']).unwrap_or(text.len());
        let field = &text[..end];
        return ((!field.is_empty()).then(|| field.to_owned()), &text[end..]);
    };
    let mut field = String::new();
    loop {
        let quote = rest.find('"').expect("a quoted field ends");
        field.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('"') {
            Some(after) => {
                field.push('"');
                rest = after;
            }
            None => return (Some(field), rest),
        }
    }
}
