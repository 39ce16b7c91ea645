//! The record and its two roles: what the runtime role is refused, what the check finds, how an installation
//! that has one role gets two.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

mod common;

use std::fmt::Write as _;

use common::Engine;
use demo::testdb::{OWNER_ROLE, RUNTIME_ROLE, TestDatabase};
use domain::filter::Choice as _;
use domain::finding::Rule;
use domain::live::RedisState;
use domain::role::Role;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use store::access::Subject;
use store::console::Origin;
use store::console::{RoleNames, RolesFor, SessionToken, TABLES, roles_sql};
use store::findings::{Examiner, Pass};
use store::{ConsoleDb, EngineDb, StoreError};
use uuid::Uuid;

const TOKEN: SessionToken = SessionToken([7; 32]);

fn strategist() -> Subject {
    Subject::Engine("d8f801bd-2f59-474a-9e91-75121af54b5a".parse().unwrap())
}

/// The statements that are refused on each append-only table. `$C` is each of its columns, `$K` each of its
/// constraints, `$I` each of its indexes. docs/SECURITY.md lists them.
const ON_TABLE: &[&str] = &[
    "UPDATE $T SET \"$C\" = DEFAULT",
    "INSERT INTO $T OVERRIDING SYSTEM VALUE SELECT * FROM $T ON CONFLICT (id) DO UPDATE SET \"$C\" = DEFAULT",
    "DELETE FROM $T",
    "TRUNCATE $T",
    "TRUNCATE $T CASCADE",
    "SELECT * FROM $T FOR UPDATE",
    "SELECT * FROM $T FOR SHARE",
    "LOCK TABLE $T IN ACCESS EXCLUSIVE MODE",
    "DROP TABLE $T",
    "DROP TABLE $T CASCADE",
    "ALTER TABLE $T RENAME TO other",
    "ALTER TABLE $T SET SCHEMA public",
    "ALTER TABLE $T OWNER TO CURRENT_USER",
    "ALTER TABLE $T SET UNLOGGED",
    "ALTER TABLE $T ADD COLUMN more text",
    "ALTER TABLE $T DROP COLUMN \"$C\"",
    "ALTER TABLE $T RENAME COLUMN \"$C\" TO other",
    "ALTER TABLE $T ALTER COLUMN \"$C\" TYPE text USING 'x'",
    "ALTER TABLE $T ALTER COLUMN \"$C\" DROP NOT NULL",
    "ALTER TABLE $T ALTER COLUMN \"$C\" SET DEFAULT NULL",
    "ALTER TABLE $T DROP CONSTRAINT $K",
    "ALTER TABLE $T RENAME CONSTRAINT $K TO other",
    "ALTER TABLE $T DISABLE TRIGGER append_only",
    "ALTER TABLE $T DISABLE TRIGGER append_only_truncate",
    "ALTER TABLE $T DISABLE TRIGGER USER",
    "ALTER TABLE $T DISABLE TRIGGER ALL",
    "ALTER TABLE $T ENABLE REPLICA TRIGGER append_only",
    "ALTER TRIGGER append_only ON $T RENAME TO other",
    "DROP TRIGGER append_only ON $T",
    "DROP TRIGGER append_only_truncate ON $T",
    "CREATE TRIGGER other BEFORE INSERT ON $T FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE OR REPLACE TRIGGER append_only BEFORE INSERT ON $T FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE other AS ON INSERT TO $T DO INSTEAD NOTHING",
    "CREATE RULE \"_RETURN\" AS ON SELECT TO $T DO INSTEAD SELECT * FROM $T",
    "ALTER TABLE $T DISABLE RULE other",
    "ALTER TABLE $T ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE $T FORCE ROW LEVEL SECURITY",
    "CREATE POLICY other ON $T USING (false)",
    "CREATE TEMP TABLE child () INHERITS ($T)",
    "ALTER TABLE $T INHERIT audit_console.session",
    "CREATE INDEX ON $T (id)",
    "DROP INDEX audit_console.$I",
    "ALTER INDEX audit_console.$I RENAME TO other",
    "CLUSTER $T USING $I",
    "REINDEX TABLE $T",
    "CREATE STATISTICS other ON id, \"$C\" FROM $T",
    "COMMENT ON TABLE $T IS 'other'",
    "COMMENT ON COLUMN $T.\"$C\" IS 'other'",
    "SELECT setval(pg_get_serial_sequence('$T', 'id'), 1)",
    "SELECT nextval(pg_get_serial_sequence('$T', 'id'))",
    "ALTER TABLE $T ALTER COLUMN id RESTART WITH 1",
    "COPY $T FROM PROGRAM 'true'",
    "COPY $T TO '/tmp/record'",
    "REFRESH MATERIALIZED VIEW $T",
    "GRANT UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON $T TO CURRENT_USER",
    "GRANT ALL ON $T TO PUBLIC",
    "GRANT UPDATE (\"$C\") ON $T TO CURRENT_USER",
    "REVOKE INSERT ON $T FROM audit_console_owner",
];

/// The statements that are refused on what the tables rest on.
const ON_SCHEMA: &[&str] = &[
    "CREATE OR REPLACE FUNCTION audit_console.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "ALTER FUNCTION audit_console.refuse_change() RENAME TO other",
    "ALTER FUNCTION audit_console.refuse_change() OWNER TO CURRENT_USER",
    "ALTER FUNCTION audit_console.refuse_change() SET SCHEMA public",
    "ALTER FUNCTION audit_console.refuse_change() SECURITY DEFINER",
    "ALTER FUNCTION audit_console.refuse_change() SET session_replication_role = 'replica'",
    "DROP FUNCTION audit_console.refuse_change()",
    "DROP FUNCTION audit_console.refuse_change() CASCADE",
    "GRANT ALL ON FUNCTION audit_console.refuse_change() TO CURRENT_USER",
    "CREATE FUNCTION audit_console.other() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "CREATE TABLE audit_console.other (id bigint)",
    "CREATE VIEW audit_console.other AS SELECT 1",
    "DROP SCHEMA audit_console CASCADE",
    "ALTER SCHEMA audit_console RENAME TO other",
    "ALTER SCHEMA audit_console OWNER TO CURRENT_USER",
    "GRANT CREATE ON SCHEMA audit_console TO CURRENT_USER",
    "CREATE SCHEMA other",
    "CREATE EXTENSION pg_trgm",
    "CREATE EVENT TRIGGER other ON ddl_command_start EXECUTE FUNCTION audit_console.refuse_change()",
    "ALTER DEFAULT PRIVILEGES FOR ROLE audit_console_owner GRANT ALL ON TABLES TO PUBLIC",
    "SET ROLE audit_console_owner",
    "SET SESSION AUTHORIZATION audit_console_owner",
    "GRANT audit_console_owner TO CURRENT_USER",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "ALTER ROLE CURRENT_USER BYPASSRLS",
    "ALTER ROLE audit_console_owner PASSWORD 'x'",
    "CREATE ROLE other",
    "DROP ROLE audit_console_owner",
    "REASSIGN OWNED BY audit_console_owner TO CURRENT_USER",
    "DROP OWNED BY audit_console_owner",
    "SET session_replication_role = 'replica'",
    "ALTER ROLE CURRENT_USER SET session_replication_role = 'replica'",
    "ALTER SYSTEM SET session_replication_role = 'replica'",
    "UPDATE pg_catalog.pg_trigger SET tgenabled = 'D'",
    "DELETE FROM pg_catalog.pg_trigger",
    "DO LANGUAGE plpgsql 'BEGIN UPDATE audit_console.role_change SET role = role; END'",
    "INSERT INTO audit_console._sqlx_migrations SELECT * FROM audit_console._sqlx_migrations",
    "UPDATE audit_console._sqlx_migrations SET success = true",
    "DELETE FROM audit_console._sqlx_migrations",
    "UPDATE audit_console.account SET email = email",
    "DELETE FROM audit_console.account",
];

/// Everything that says who may do what, and what guards the tables.
const RIGHTS: &str = "SELECT md5(string_agg(t, '|' ORDER BY t)) FROM (\
    SELECT 'c' || relname || coalesce(relacl::text, '') || relowner || relrowsecurity FROM pg_class \
      WHERE relnamespace = 'audit_console'::regnamespace \
    UNION ALL SELECT 'a' || attrelid || attname || coalesce(attacl::text, '') FROM pg_attribute \
      WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'audit_console'::regnamespace) \
    UNION ALL SELECT 't' || tgrelid || tgname || tgenabled::text FROM pg_trigger \
    UNION ALL SELECT 'p' || proname || coalesce(proacl::text, '') || proowner || prosrc FROM pg_proc \
      WHERE pronamespace = 'audit_console'::regnamespace \
    UNION ALL SELECT 'n' || nspname || coalesce(nspacl::text, '') FROM pg_namespace \
    UNION ALL SELECT 'm' || roleid FROM pg_auth_members WHERE member = 'audit_console'::regrole) AS all_of(t)";

/// One row in each append-only table.
const ROWS: &str = "INSERT INTO audit_console.role_change (subject_kind, subject_id, role, changed_by) \
      VALUES ('engine', gen_random_uuid(), 'admin', 'test'); \
    INSERT INTO audit_console.login_attempt (email, address, succeeded) VALUES ('a@b', '::1', true); \
    INSERT INTO audit_console.kill_switch_review (episode_id, number, key, reviewer_kind, reviewer_id, \
      reviewer_email, verdict, cause, action, note, known_rejections, known_approvals, known_orders) \
      VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'console', gen_random_uuid(), 'a@b', 'drill', '', '', \
      'A note of ten.', 0, 0, 0); \
    INSERT INTO audit_console.finding_note (finding_id, number, key, author_kind, author_id, author_email, \
      answer, note, about) VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'console', gen_random_uuid(), \
      'a@b', 'explained', 'A note of ten.', '')";

/// The rows of the tables that were made later.
const LATER_ROWS: &str = "INSERT INTO audit_console.episode_identity (episode_id, event_id, actor_id, \
      subject_kind, subject_id, email) VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), \
      'engine', gen_random_uuid(), 'a@b'); \
    INSERT INTO audit_console.account_link (one_kind, one_id, one_email, other_kind, other_id, other_email, \
      linked, changed_by) VALUES ('console', gen_random_uuid(), 'a@b', 'engine', gen_random_uuid(), 'c@d', \
      true, 'test')";

fn append_only() -> impl Iterator<Item = &'static str> {
    TABLES
        .iter()
        .filter(|table| table.is_append_only)
        .map(|table| table.table)
}

/// The names that a query finds, for a statement that has a place for them.
async fn names(engine: &Engine, sql: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql))
        .fetch_all(engine.database.pool())
        .await
        .unwrap()
}

async fn statements(engine: &Engine) -> Vec<String> {
    let mut all: Vec<String> = ON_SCHEMA.iter().map(|&sql| sql.to_owned()).collect();
    for table in append_only() {
        let oid = format!("'audit_console.{table}'::regclass");
        let of = |what: &str| match what {
            "$C" => format!(
                "SELECT attname::text FROM pg_attribute WHERE attrelid = {oid} AND attnum > 0 AND NOT attisdropped"
            ),
            "$K" => format!(
                "SELECT conname::text FROM pg_constraint WHERE conrelid = {oid} AND contype <> 'n'"
            ),
            _ => format!(
                "SELECT relname::text FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = {oid}"
            ),
        };
        for template in ON_TABLE {
            let sql = template.replace("$T", &format!("audit_console.{table}"));
            match ["$C", "$K", "$I"].iter().find(|what| sql.contains(**what)) {
                None => all.push(sql),
                Some(what) => {
                    let found = names(engine, of(what)).await;
                    assert!(!found.is_empty(), "{sql}");
                    all.extend(found.iter().map(|name| sql.replace(what, name)));
                }
            }
        }
    }
    all
}

#[tokio::test]
async fn the_runtime_role_is_refused_every_statement_that_would_rewrite_the_record() {
    let engine = Engine::sample_with_console().await;
    let mut runtime = PgConnection::connect(&engine.database.runtime_url())
        .await
        .unwrap();
    for rows in [ROWS, LATER_ROWS] {
        sqlx::raw_sql(rows).execute(&mut runtime).await.unwrap();
    }
    let rights = engine.ask(RIGHTS).await;
    let contents = contents(&engine).await;
    let all = statements(&engine).await;
    let mut allowed = Vec::new();
    for sql in &all {
        if sql.starts_with("ALTER SYSTEM") {
            // It is refused inside a transaction, whoever asks.
            let refused = runtime
                .execute(AssertSqlSafe(sql.clone()))
                .await
                .unwrap_err();
            assert!(
                refused.to_string().contains("permission denied"),
                "{refused}"
            );
            continue;
        }
        let mut transaction = runtime.begin().await.unwrap();
        let done = transaction.execute(AssertSqlSafe(sql.clone())).await;
        // A grant of what one does not have is a warning and changes nothing.
        let only_warns = sql.starts_with("GRANT") || sql.starts_with("REVOKE");
        match done {
            Ok(_) if only_warns => transaction.commit().await.unwrap(),
            Ok(_) => {
                allowed.push(sql.clone());
                transaction.rollback().await.unwrap();
            }
            Err(error) => {
                let code = error.as_database_error().map_or_else(String::new, |error| {
                    error.code().unwrap_or_default().into_owned()
                });
                // insufficient_privilege, or what cannot be done to such a table by anybody.
                let refused = matches!(
                    code.as_str(),
                    "42501" | "42809" | "0A000" | "2BP01" | "55000" | "2F003"
                );
                assert!(refused, "{sql}: {error}");
                transaction.rollback().await.unwrap();
            }
        }
    }
    assert!(allowed.is_empty(), "{allowed:#?}");
    assert_eq!(engine.ask(RIGHTS).await, rights);
    assert_eq!(self::contents(&engine).await, contents);
    println!("{} statements refused to the runtime role", all.len());
    runtime.close().await.unwrap();
}

/// Every row of the record, as one text.
async fn contents(engine: &Engine) -> Vec<String> {
    let mut all = Vec::new();
    for table in append_only() {
        let sql =
            format!("SELECT string_agg(t::text, '|' ORDER BY id) FROM audit_console.{table} t");
        all.push(engine.ask(&sql).await);
    }
    all
}

#[test]
fn the_documentation_lists_the_refused_statements() {
    let text = include_str!("../../docs/SECURITY.md");
    let mut listed = String::new();
    for sql in ON_TABLE.iter().chain(ON_SCHEMA) {
        // Writing into a `String` cannot fail.
        let _ = writeln!(listed, "{sql}");
    }
    assert!(
        text.contains(&listed),
        "docs/SECURITY.md should have:\n{listed}"
    );
    for table in append_only() {
        assert!(text.contains(&format!("`{table}`")), "{table}");
    }
}

#[tokio::test]
async fn rows_are_changed_by_nobody_not_even_by_a_superuser() {
    let engine = Engine::sample_with_console().await;
    for rows in [ROWS, LATER_ROWS] {
        engine.execute(rows).await;
    }
    for table in append_only() {
        for sql in [
            format!("UPDATE audit_console.{table} SET id = DEFAULT"),
            format!("DELETE FROM audit_console.{table}"),
            format!("TRUNCATE audit_console.{table}"),
        ] {
            let done = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
                .execute(engine.database.pool())
                .await;
            let refused = done.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{sql}: {refused}");
        }
    }
}

/// What the check says.
async fn told(console: &ConsoleDb) -> String {
    console.check_record().await.unwrap().lines()
}

/// What somebody does, what mends it (nothing: the function as it was), and what the check says meanwhile.
const BREACHES: &[(&str, &str, &str)] = &[
    (
        "ALTER TABLE audit_console.role_change DISABLE TRIGGER append_only",
        "ALTER TABLE audit_console.role_change ENABLE TRIGGER append_only",
        "trigger role_change.append_only BEFORE DELETE UPDATE FOR EACH ROW audit_console.refuse_change() is disabled",
    ),
    (
        "ALTER TABLE audit_console.finding_note ENABLE REPLICA TRIGGER append_only_truncate",
        "ALTER TABLE audit_console.finding_note ENABLE ALWAYS TRIGGER append_only_truncate",
        "is on replicas only",
    ),
    (
        "CREATE TRIGGER more BEFORE INSERT ON audit_console.login_attempt FOR EACH ROW \
               EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TRIGGER more ON audit_console.login_attempt",
        "trigger login_attempt.more",
    ),
    (
        "CREATE RULE more AS ON INSERT TO audit_console.account_link DO INSTEAD NOTHING",
        "DROP RULE more ON audit_console.account_link",
        "rule account_link.more is none of the migrations",
    ),
    (
        "ALTER TABLE audit_console.episode_identity ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE audit_console.episode_identity DISABLE ROW LEVEL SECURITY",
        "table episode_identity is missing",
    ),
    (
        "CREATE POLICY more ON audit_console.role_change USING (false)",
        "DROP POLICY more ON audit_console.role_change",
        "policy role_change.more",
    ),
    (
        "ALTER TABLE audit_console.kill_switch_review DROP CONSTRAINT kill_switch_review_number_check",
        "ALTER TABLE audit_console.kill_switch_review ADD CONSTRAINT kill_switch_review_number_check CHECK (number >= 1)",
        "constraint kill_switch_review.kill_switch_review_number_check",
    ),
    (
        "ALTER TABLE audit_console.kill_switch_review DROP CONSTRAINT kill_switch_review_number_check; \
             ALTER TABLE audit_console.kill_switch_review ADD CONSTRAINT kill_switch_review_number_check \
               CHECK (number >= 1) NOT VALID",
        "ALTER TABLE audit_console.kill_switch_review VALIDATE CONSTRAINT kill_switch_review_number_check",
        "is not validated",
    ),
    (
        "ALTER TABLE audit_console.login_attempt ALTER email DROP NOT NULL",
        "ALTER TABLE audit_console.login_attempt ALTER email SET NOT NULL",
        "column login_attempt.email text NOT NULL is missing",
    ),
    (
        "CREATE TABLE public.child () INHERITS (audit_console.role_change)",
        "DROP TABLE public.child",
        "inheritance",
    ),
    (
        "GRANT UPDATE (note) ON audit_console.finding_note TO audit_console",
        "REVOKE UPDATE (note) ON audit_console.finding_note FROM audit_console",
        "role audit_console has UPDATE on table finding_note",
    ),
    (
        "GRANT DELETE ON audit_console.role_change TO PUBLIC",
        "REVOKE DELETE ON audit_console.role_change FROM PUBLIC",
        "role audit_console has DELETE on table role_change",
    ),
    (
        "GRANT INSERT ON audit_console.role_change TO audit_console WITH GRANT OPTION",
        "REVOKE GRANT OPTION FOR INSERT ON audit_console.role_change FROM audit_console",
        "role audit_console has INSERT WITH GRANT OPTION on table role_change",
    ),
    (
        "REVOKE INSERT ON audit_console.finding_note FROM audit_console",
        "GRANT INSERT ON audit_console.finding_note TO audit_console",
        "role audit_console lacks INSERT on table finding_note",
    ),
    (
        "GRANT UPDATE ON SEQUENCE audit_console.role_change_id_seq TO audit_console",
        "REVOKE UPDATE ON SEQUENCE audit_console.role_change_id_seq FROM audit_console",
        "role audit_console has rights on sequence role_change_id_seq",
    ),
    (
        "GRANT CREATE ON SCHEMA audit_console TO audit_console",
        "REVOKE CREATE ON SCHEMA audit_console FROM audit_console",
        "role audit_console has CREATE on schema audit_console",
    ),
    (
        "CREATE OR REPLACE FUNCTION audit_console.refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "",
        "function refuse_change() plpgsql",
    ),
];

#[tokio::test]
async fn every_breach_is_named_and_goes_when_it_is_mended() {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    assert_eq!(told(&console).await, "");
    for (sql, mends, says) in BREACHES {
        let body = engine
            .ask("SELECT pg_get_functiondef('audit_console.refuse_change'::regproc)")
            .await;
        engine.execute(sql).await;
        let found = told(&console).await;
        assert!(found.contains(says), "{sql}\n{found}");
        assert!(matches!(
            attempt(&console).await,
            Err(StoreError::RecordUnprotected(_))
        ));
        engine
            .execute(if mends.is_empty() { &body } else { mends })
            .await;
        assert_eq!(told(&console).await, "", "{mends}");
        attempt(&console).await.unwrap();
    }
}

/// Somebody logs in.
async fn attempt(console: &ConsoleDb) -> Result<(), StoreError> {
    // Attempts of one account that were refused would count against it.
    let email = format!("{}@b", Uuid::new_v4().simple());
    let origin = Origin {
        email: &email,
        address: "::1",
        block: "::",
        is_known: false,
    };
    let under_way = console.begin_login(&origin).await?.unwrap();
    console.end_login(under_way, &origin, true).await
}

/// Roles of one test alone: roles are the cluster's.
struct OwnRoles {
    owner: String,
    runtime: String,
    other: String,
}

impl OwnRoles {
    fn new() -> Self {
        let id = Uuid::new_v4().simple();
        Self {
            // Names that want quotes.
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
async fn the_printed_roles_are_all_that_it_takes() {
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
    // A right that it gets from elsewhere, and a role that it can become.
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
async fn a_right_that_migrations_lack_is_named_with_what_cures_it() {
    let engine = Engine::of(TestDatabase::builder().sample().create().await);
    // Nobody has run what `roles` prints.
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
    // A superuser makes tables for the schema's owner.
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

#[tokio::test]
async fn a_trial_is_allowed_by_name_and_only_for_its_role() {
    let database = TestDatabase::builder().sample().create().await;
    let console = ConsoleDb::new(database.url()).unwrap();
    console.migrate().await.unwrap();
    let state = console.check_record().await.unwrap();
    assert!(!state.may_record());
    assert!(state.lines().contains("a superuser"), "{}", state.lines());
    assert!(
        console
            .set_role(strategist(), Some(Role::Admin), "test")
            .await
            .is_err()
    );
    console.allow_owner();
    let state = console.check_record().await.unwrap();
    assert!(state.may_record() && !state.tolerated.is_empty());
    console
        .set_role(strategist(), Some(Role::Admin), "test")
        .await
        .unwrap();
    let mut owner = PgConnection::connect(database.url()).await.unwrap();
    owner
        .execute("ALTER TABLE audit_console.role_change DISABLE TRIGGER append_only")
        .await
        .unwrap();
    assert!(!console.check_record().await.unwrap().may_record());
    owner.close().await.unwrap();
}

#[tokio::test]
async fn what_is_wrong_is_a_critical_finding_until_it_is_mended() {
    let engine = Engine::sample_with_console().await;
    let console = engine.console();
    let mut examiner = Examiner::new(engine.db.clone(), console.clone());
    let found = async |examiner: &mut Examiner| {
        let pass = examiner.pass(&RedisState::NotConfigured).await.unwrap();
        assert_eq!(pass, Pass::Done);
        let rows = sqlx::query(
            "SELECT severity, subject_kind, subject_id, summary FROM audit_console.finding \
             WHERE rule = $1 AND gone_at IS NULL ORDER BY subject_id",
        )
        .bind(Rule::RecordUnprotected.word())
        .fetch_all(engine.database.pool())
        .await
        .unwrap();
        rows.iter()
            .map(|row| {
                let text = |at: usize| row.get::<String, _>(at);
                (text(0), text(1), text(2), text(3))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&mut examiner).await, []);
    let seen = "SELECT count(*) FROM audit_console.episode_identity";
    let before = engine.ask(seen).await;
    assert_ne!(before, "0");
    engine
        .execute(
            "ALTER TABLE audit_console.finding_note DISABLE TRIGGER ALL; \
             GRANT UPDATE ON audit_console.finding_note TO audit_console; \
             GRANT CREATE ON SCHEMA audit_console TO audit_console",
        )
        .await;
    console.check_record().await.unwrap();
    let told = found(&mut examiner).await;
    let subjects: Vec<&str> = told.iter().map(|row| row.2.as_str()).collect();
    assert_eq!(subjects, ["audit_console", "finding_note"], "{told:#?}");
    for (severity, kind, ..) in &told {
        assert_eq!((severity.as_str(), kind.as_str()), ("critical", "record"));
    }
    for part in [
        "has UPDATE on table finding_note",
        "append_only_truncate",
        "is disabled",
    ] {
        assert!(told[1].3.contains(part), "{told:#?}");
    }
    // The query of the rule's page shows the same tables.
    let query = store::engine::rule_query(Rule::RecordUnprotected);
    let shown = sqlx::query(AssertSqlSafe(query.text))
        .fetch_all(engine.database.pool())
        .await
        .unwrap();
    assert!(
        shown
            .iter()
            .all(|row| row.get::<String, _>(1) == "finding_note")
    );
    assert_eq!(shown.len(), 3);
    // The same state is the same finding.
    console.check_record().await.unwrap();
    assert_eq!(found(&mut examiner).await, told);
    engine
        .execute(
            "ALTER TABLE audit_console.finding_note ENABLE TRIGGER ALL; \
             REVOKE UPDATE ON audit_console.finding_note FROM audit_console; \
             REVOKE CREATE ON SCHEMA audit_console FROM audit_console",
        )
        .await;
    console.check_record().await.unwrap();
    assert_eq!(found(&mut examiner).await, []);
    assert_eq!(RUNTIME_ROLE, "audit_console");
}
