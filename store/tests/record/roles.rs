//! Setting up the two roles of an installation.

use demo::testdb::{OWNER_ROLE, TestDatabase};
use sqlx::{Connection as _, Executor as _, PgConnection};
use store::console::{RoleNames, RolesFor, SessionToken, roles_sql};
use store::{ConsoleDb, EngineDb};
use uuid::Uuid;

use crate::common::Engine;
use crate::refused::ROWS;
use crate::{attempt, common, strategist, told};

const TOKEN: SessionToken = SessionToken([7; 32]);

/// Roles of one test, since roles are shared by the cluster.
struct OwnRoles {
    owner: String,
    runtime: String,
    other: String,
}

impl OwnRoles {
    fn new() -> Self {
        let id = Uuid::new_v4().simple();
        Self {
            // Names that need quotes.
            owner: format!("Owner \"{id}\""),
            runtime: format!("run'time {id}"),
            other: format!("other_{id}"),
        }
    }

    const fn names(&self) -> RoleNames<'_> {
        RoleNames {
            owner: self.owner.as_str(),
            runtime: self.runtime.as_str(),
            engine: self.runtime.as_str(),
        }
    }

    /// Sets the password of a role, as an operator does in psql, and gives its URL.
    async fn url(&self, engine: &Engine, role: &str) -> String {
        let name = quoted(role);
        engine
            .execute(&format!("ALTER ROLE {name} PASSWORD 'x'"))
            .await;
        let (_, place) = engine.database.url().split_once('@').unwrap();
        let name = role.replace('"', "%22").replace(' ', "%20");
        format!("postgres://{name}:x@{place}")
    }

    async fn drop(&self, engine: &Engine) {
        for role in [&self.owner, &self.runtime, &self.other] {
            let (name, literal) = (quoted(role), format!("'{}'", role.replace('\'', "''")));
            engine
                .execute(&format!(
                    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = {literal}) THEN \
                     DROP OWNED BY {name} CASCADE; DROP ROLE {name}; END IF; END $$"
                ))
                .await;
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[tokio::test]
async fn the_printed_roles_suffice_to_run_the_console() {
    let engine = Engine::of(TestDatabase::builder().sample().create().await);
    let roles = OwnRoles::new();
    let sql = roles_sql(roles.names(), RolesFor::OneDatabase, false);
    for _ in 0..2 {
        engine.execute(&sql).await;
    }
    let owner_url = roles.url(&engine, &roles.owner).await;
    let url = roles.url(&engine, &roles.runtime).await;
    let (db, console) = (EngineDb::new(&url).unwrap(), ConsoleDb::new(&url).unwrap());
    for _ in 0..2 {
        let migrated = console.migrate_as(&owner_url).await.unwrap();
        assert_eq!(
            (migrated.owner, migrated.runtime),
            (roles.owner.clone(), roles.runtime.clone())
        );
    }
    console.check_schema().await.unwrap();
    db.check_schema().await.unwrap();
    assert_eq!(told(&console).await, "");
    console.create_session(TOKEN, strategist()).await.unwrap();
    let session = console.find_session(&db, TOKEN, true).await.unwrap();
    assert!(session.is_some());
    // A right from elsewhere, and a role that it can become.
    let (runtime, other) = (quoted(&roles.runtime), quoted(&roles.other));
    engine
        .execute(&format!(
            "CREATE ROLE {other}; GRANT UPDATE ON audit_console.role_change TO {other}; GRANT {other} TO {runtime}"
        ))
        .await;
    let found = told(&console).await;
    assert!(
        found.contains("has UPDATE on table role_change (through"),
        "{found}"
    );
    engine
        .execute(&format!(
            "REVOKE UPDATE ON audit_console.role_change FROM {other}; ALTER ROLE {other} CREATEROLE"
        ))
        .await;
    let found = told(&console).await;
    assert!(found.contains("which has CREATEROLE"), "{found}");
    engine
        .execute(&format!(
            "ALTER ROLE {other} NOCREATEROLE; ALTER ROLE {runtime} NOINHERIT; GRANT {} TO {other}",
            quoted(&roles.owner)
        ))
        .await;
    let found = told(&console).await;
    assert!(
        found.contains("which owns function refuse_change, schema audit_console"),
        "{found}"
    );
    engine
        .execute(&format!(
            "REVOKE {other} FROM {runtime}; ALTER ROLE {runtime} BYPASSRLS"
        ))
        .await;
    let found = told(&console).await;
    assert!(found.contains("has BYPASSRLS"), "{found}");
    engine
        .execute(&format!(
            "ALTER ROLE {runtime} NOBYPASSRLS; GRANT pg_execute_server_program TO {runtime}; \
             GRANT CREATE ON DATABASE {} TO {runtime}",
            engine.ask("SELECT current_database()").await
        ))
        .await;
    let found = told(&console).await;
    assert!(
        found.contains("is a member of pg_execute_server_program"),
        "{found}"
    );
    assert!(found.contains("has CREATE on database"), "{found}");
    drop((db, console));
    roles.drop(&engine).await;
}

#[tokio::test]
async fn missing_migration_right_is_reported_with_its_cure() {
    let engine = Engine::of(TestDatabase::builder().sample().create().await);
    // The output of `roles` has not been run.
    let console = ConsoleDb::new(&engine.database.runtime_url()).unwrap();
    let error = console.migrate().await.unwrap_err().to_string();
    assert!(
        error.contains("role audit_console lacks CREATE on database"),
        "{error}"
    );
    assert!(error.contains("audit-console roles"), "{error}");
    engine.execute(&common::roles()).await;
    let error = console.migrate().await.unwrap_err().to_string();
    assert_eq!(
        error,
        "schema audit_console belongs to role audit_console_owner, and migrations run as audit_console: set \
         CONSOLE_OWNER_DATABASE_URL to a URL that logs in as audit_console_owner"
    );
    let nobody = ConsoleDb::new(&engine.database.url_as("no_such_role")).unwrap();
    let error = nobody.migrate_as(&engine.database.owner_url()).await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("there is no role no_such_role on this server"),
        "{error}"
    );
    // A superuser creates tables for the schema's owner.
    let migrated = console.migrate_as(engine.database.url()).await.unwrap();
    assert_eq!(migrated.owner, OWNER_ROLE);
    assert_eq!(told(&console).await, "");
}

#[tokio::test]
async fn an_installation_with_one_role_gets_two_and_keeps_its_rows() {
    let engine = Engine::of(TestDatabase::builder().sample().create().await);
    let roles = OwnRoles::new();
    let runtime = quoted(&roles.runtime);
    // As OPERATIONS had it: one role that owns schema and tables; the last migration is not there yet.
    let database = engine.ask("SELECT current_database()").await;
    engine
        .execute(&format!(
            "{}; GRANT CREATE ON DATABASE {database} TO {runtime}; CREATE SCHEMA audit_console AUTHORIZATION {runtime}",
            roles_sql(roles.names(), RolesFor::Engine, false)
        ))
        .await;
    let url = roles.url(&engine, &roles.runtime).await;
    let mut old = PgConnection::connect(&url).await.unwrap();
    old.execute("SET search_path = audit_console")
        .await
        .unwrap();
    let mut migrator = sqlx::migrate!("../migrations/console");
    migrator
        .migrations
        .to_mut()
        .retain(|migration| migration.version < 5);
    migrator.run(&mut old).await.unwrap();
    sqlx::raw_sql(ROWS).execute(&mut old).await.unwrap();
    old.execute("INSERT INTO audit_console.account (email, password_hash) VALUES ('kept@audit.example', 'x')")
        .await
        .unwrap();
    let rows = "SELECT (SELECT string_agg(t::text, '|') FROM audit_console.kill_switch_review t) || \
        (SELECT string_agg(t::text, '|') FROM audit_console.role_change t) || \
        (SELECT string_agg(t::text, '|') FROM audit_console.account t)";
    let before = engine.ask(rows).await;
    let console = ConsoleDb::new(&url).unwrap();
    let found = told(&console).await;
    assert!(
        found.contains("owns function refuse_change, schema audit_console"),
        "{found}"
    );
    let error = console.migrate_as(engine.database.url()).await;
    assert!(
        error.is_ok(),
        "a superuser migrates for whoever owns it: {error:?}"
    );

    let sql = roles_sql(roles.names(), RolesFor::OneDatabase, true);
    for _ in 0..2 {
        engine.execute(&sql).await;
    }
    // What is there serves at once; what is new comes with the migration.
    assert_eq!(told(&console).await, "");
    let owner_url = roles.url(&engine, &roles.owner).await;
    console.migrate_as(&owner_url).await.unwrap();
    assert_eq!(told(&console).await, "");
    assert_eq!(engine.ask(rows).await, before);
    attempt(&console).await.unwrap();
    assert!(
        old.execute("DELETE FROM audit_console.role_change")
            .await
            .is_err()
    );
    old.close().await.unwrap();
    drop(console);
    roles.drop(&engine).await;
}

#[tokio::test]
async fn two_databases_have_a_role_each() {
    let engine = Engine::of(TestDatabase::builder().sample().create().await);
    let own = Engine::of(TestDatabase::builder().create().await);
    let roles = OwnRoles::new();
    let names = RoleNames {
        engine: &roles.other,
        ..roles.names()
    };
    engine
        .execute(&roles_sql(names, RolesFor::Engine, false))
        .await;
    own.execute(&roles_sql(names, RolesFor::Console, false))
        .await;
    let db = EngineDb::new(&roles.url(&engine, &roles.other).await).unwrap();
    db.check_schema().await.unwrap();
    let console = ConsoleDb::new(&roles.url(&own, &roles.runtime).await).unwrap();
    let owner_url = roles.url(&own, &roles.owner).await;
    console.migrate_as(&owner_url).await.unwrap();
    assert_eq!(told(&console).await, "");
    console.create_session(TOKEN, strategist()).await.unwrap();
    let session = console.find_session(&db, TOKEN, true).await.unwrap();
    assert!(session.is_some());
    drop((db, console));
    engine
        .execute(&format!("DROP OWNED BY {} CASCADE", quoted(&roles.other)))
        .await;
    roles.drop(&own).await;
}
