//! Statements that the runtime role, or anybody, is refused.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use store::console::TABLES;

use crate::common::Engine;

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

/// Statements that are refused on objects that the tables depend on.
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

/// Hash of all rights and of the objects that protect the tables.
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
pub const ROWS: &str = "INSERT INTO audit_console.role_change (subject_kind, subject_id, role, changed_by) \
      VALUES ('engine', gen_random_uuid(), 'admin', 'test'); \
    INSERT INTO audit_console.login_attempt (email, address, succeeded) VALUES ('a@b', '::1', true); \
    INSERT INTO audit_console.kill_switch_review (episode_id, number, key, reviewer_kind, reviewer_id, \
      reviewer_email, verdict, cause, action, note, known_rejections, known_approvals, known_orders) \
      VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'console', gen_random_uuid(), 'a@b', 'drill', '', '', \
      'A note of ten.', 0, 0, 0); \
    INSERT INTO audit_console.finding_note (finding_id, number, key, author_kind, author_id, author_email, \
      answer, note, about) VALUES (gen_random_uuid(), 1, gen_random_uuid(), 'console', gen_random_uuid(), \
      'a@b', 'explained', 'A note of ten.', '')";

/// Rows of tables that later migrations added.
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

/// The names that a query returns, for a statement with a placeholder.
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
            // Refused inside a transaction for any role.
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
        // Granting a right that one does not have is a warning and changes nothing.
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
                // insufficient_privilege, or an operation that such a table does not support.
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
    let text = include_str!("../../../docs/SECURITY.md");
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
async fn not_even_a_superuser_can_change_rows() {
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
