//! The real router over a database of the test's own.
#![allow(dead_code, reason = "every test file uses its own part of it")]

pub mod download;
pub mod program;
pub mod proxy;
pub mod servers;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::MockConnectInfo;
use axum::http::{Request, Response, StatusCode, header};
use demo::testdb::{TestDatabase, TestDatabaseBuilder};
use domain::role::Role;
use server::commands::roles::Arguments;
use server::config::Settings;
use server::routes::router;
use server::state::App;
use store::ConsoleDb;
use tower::ServiceExt as _;

/// The superuser of the sample rows.
pub const ADMIN: (&str, &str) = ("admin@example.com", "adminadmin");

/// The password of every console account of a test.
const PASSWORD: &str = "a-long-password";

/// What `audit-console roles` prints, for the roles of the tests' server.
pub fn roles() -> String {
    server::commands::roles::sql(&Settings::default(), &Arguments::default())
}

/// A console as in production: one role owns schema `audit_console`, another one serves.
pub struct Console {
    pub database: Arc<TestDatabase>,
    pub router: Router,
    /// What the routes share, where the test needs it.
    pub app: App,
    pub cookie: String,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }
}

pub fn router_of(settings: Settings) -> Router {
    router_over(App::new(settings).unwrap())
}

pub fn router_over(app: App) -> Router {
    let peer: SocketAddr = "192.0.2.7:4000".parse().unwrap();
    router(app).layer(MockConnectInfo(peer))
}

pub fn settings(url: &str) -> Settings {
    Settings {
        database_url: Some(url.to_owned()),
        ..Settings::default()
    }
}

impl Console {
    /// Over the real engine's rows, nobody logged in.
    pub async fn sample() -> Self {
        Self::over(TestDatabase::builder().sample()).await
    }

    /// Over the real engine's rows on another server, the superuser logged in.
    pub async fn on(server: &servers::Primary) -> Self {
        let mut console = Self::over(TestDatabase::builder().sample().on(server.url())).await;
        console.log_in(ADMIN).await;
        console
    }

    async fn over(database: TestDatabaseBuilder) -> Self {
        let database = database.also(&roles()).create().await;
        let console = ConsoleDb::new(&database.runtime_url()).unwrap();
        console.migrate_as(&database.owner_url()).await.unwrap();
        let app = App::new(settings(&database.runtime_url())).unwrap();
        Self {
            router: router_over(app.clone()),
            app,
            database: Arc::new(database),
            cookie: String::new(),
        }
    }

    /// Over the real engine's rows, the superuser logged in.
    pub async fn logged_in() -> Self {
        let mut console = Self::sample().await;
        console.log_in(ADMIN).await;
        console
    }

    pub async fn log_in(&mut self, (email, password): (&str, &str)) {
        let answer = self
            .post("/login", &format!("email={email}&password={password}"))
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let cookie = answer.header("set-cookie");
        cookie
            .split(';')
            .next()
            .unwrap()
            .clone_into(&mut self.cookie);
    }

    pub async fn get(&self, uri: &str) -> Answer {
        self.send(Request::get(uri)).await
    }

    pub async fn send(&self, request: axum::http::request::Builder) -> Answer {
        let request = request
            .header(header::COOKIE, &self.cookie)
            .body(Body::empty())
            .unwrap();
        answer(self.router.clone().oneshot(request).await.unwrap()).await
    }

    pub async fn post(&self, uri: &str, form: &str) -> Answer {
        self.post_with(Request::post(uri), form).await
    }

    pub async fn post_with(&self, request: axum::http::request::Builder, form: &str) -> Answer {
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        answer(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// The same console with a console admin of this name logged in.
    pub async fn as_admin(&self, name: &str) -> Self {
        self.as_account(name, Role::Admin).await
    }

    /// The same console with a console auditor of this name logged in.
    pub async fn as_auditor(&self, name: &str) -> Self {
        self.as_account(name, Role::Auditor).await
    }

    async fn as_account(&self, name: &str, role: Role) -> Self {
        let email = format!("{name}@audit.example");
        let hash = server::auth::password::hash(PASSWORD).unwrap();
        ConsoleDb::new(&self.url())
            .unwrap()
            .create_account(&email, &hash, role, "test")
            .await
            .unwrap();
        let mut other = self.as_nobody();
        other.log_in((&email, PASSWORD)).await;
        other
    }

    /// The same console with nobody logged in.
    pub fn as_nobody(&self) -> Self {
        Self {
            database: self.database.clone(),
            router: self.router.clone(),
            app: self.app.clone(),
            cookie: String::new(),
        }
    }

    /// The URL that the console serves with.
    pub fn url(&self) -> String {
        self.database.runtime_url()
    }

    /// Runs SQL as the database's owner.
    pub async fn execute(&self, sql: &str) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()))
            .execute(self.database.pool())
            .await
            .unwrap();
    }

    /// The same console and person, for another task.
    pub fn again(&self) -> Self {
        Self {
            cookie: self.cookie.clone(),
            ..self.as_nobody()
        }
    }

    /// So many events more: an export of them does not fit into any buffer.
    pub async fn add_events(&self, number: u32) {
        self.execute(&format!(
            "INSERT INTO audit_log (event_type, severity, details, user_id, id, \"timestamp\") \
             SELECT 'ALGORITHM_SIGNAL', 'info', json_build_object('note', repeat('x', 900)), NULL, \
             gen_random_uuid(), now() - n * interval '1 second' FROM generate_series(1, {number}) AS n"
        ))
        .await;
    }

    /// Takes the role of the account that [`Console::as_auditor`] made.
    pub async fn revoke(&self, name: &str) {
        let console = ConsoleDb::new(&self.url()).unwrap();
        let email = format!("{name}@audit.example");
        let account = console
            .find_account_by_email(&email)
            .await
            .unwrap()
            .unwrap();
        let subject = store::access::Subject::Console(account.id);
        console.set_role(subject, None, "test").await.unwrap();
    }

    /// How many exports PostgreSQL runs for this test's console.
    pub async fn running_exports(&self) -> i64 {
        sqlx::query_scalar(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND query LIKE 'COPY%' AND state = 'active'",
        )
        .fetch_one(self.database.pool())
        .await
        .unwrap()
    }

    /// The number that a query finds.
    pub async fn find_number(&self, sql: &str) -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_one(self.database.pool())
            .await
            .unwrap()
    }

    /// The id that a query finds.
    pub async fn find_id(&self, sql: &str) -> uuid::Uuid {
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_one(self.database.pool())
            .await
            .unwrap()
    }
}

/// What runs beside the routes while a console serves. It ends with this value.
pub struct Watches(Vec<tokio::task::JoinHandle<()>>);

impl Watches {
    /// Of the console behind `app`.
    pub fn begin(app: &App) -> Self {
        Self(vec![
            tokio::spawn(server::lock_watch::run(app.clone())),
            tokio::spawn(server::exports::access_watch::run(app.clone())),
        ])
    }
}

impl Drop for Watches {
    fn drop(&mut self) {
        for watch in &self.0 {
            watch.abort();
        }
    }
}

/// The value of a form's field as a browser sends it.
pub fn field(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> String {
    let field = page
        .split("<input")
        .find(|field| field.contains(&format!("name=\"{name}\"")))
        .unwrap_or_else(|| panic!("no field {name}"));
    let (_, rest) = field.split_once("value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn answer(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}
