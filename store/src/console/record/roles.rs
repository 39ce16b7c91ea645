//! Generates the SQL that creates the console's database roles, to be run by a superuser. It is idempotent and contains
//! no password.

use std::fmt::Write as _;

use postgres_protocol::escape::{escape_identifier, escape_literal};

use super::rights::TABLES;

/// Engine tables that the console requires.
const ENGINE_TABLES: [&str; 9] = [
    "trade_audit",
    "audit_log",
    "orders",
    "signal",
    "algorithms",
    "deployed_algorithms",
    "strategy_promotions",
    "risk_rule",
    "system_setting",
];
/// Engine tables that may be missing; the features that need them are left out then.
const OPTIONAL_TABLES: [&str; 2] = ["positions", "price_data_5min"];
const USER_COLUMNS: &str = "id, email, is_active, is_superuser, hashed_password, timezone";

/// Names of the roles. Any text that PostgreSQL accepts as a name.
#[derive(Clone, Copy, Debug)]
pub struct RoleNames<'a> {
    /// Role that owns and migrates schema `audit_console`.
    pub owner: &'a str,
    /// Role that the console serves as.
    pub runtime: &'a str,
    /// Role that reads the engine's tables; equal to `runtime` when both are in one database.
    pub engine: &'a str,
}

/// The database that the SQL is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolesFor {
    /// One database that holds the engine's tables and schema `audit_console`.
    OneDatabase,
    /// The engine's database, when the console has its own.
    Engine,
    /// The console's database, when the engine has its own.
    Console,
}

/// Generates the SQL for one database. `from_single_role` also transfers schema `audit_console` with its objects from
/// its present owner to the owner role.
#[must_use]
pub fn roles_sql(names: RoleNames<'_>, place: RolesFor, from_single_role: bool) -> String {
    let RoleNames {
        owner,
        runtime,
        engine,
    } = names;
    let (has_engine, has_console) = (place != RolesFor::Console, place != RolesFor::Engine);
    let mut roles = Vec::new();
    if has_console {
        roles.extend([owner, runtime]);
    }
    if has_engine && !roles.contains(&engine) {
        roles.push(engine);
    }
    let mut sql = heading(place, &roles);
    sql.push_str(&create_roles(&roles));
    if has_engine {
        sql.push_str(&read_engine(engine));
    }
    if has_console {
        let owner = escape_identifier(owner);
        // Writing into a `String` cannot fail.
        let _ = writeln!(
            sql,
            "\n-- The console's own schema. The owner makes the tables in it: audit-console migrate\n\
             CREATE SCHEMA IF NOT EXISTS audit_console AUTHORIZATION {owner};"
        );
        if from_single_role {
            sql.push_str(&transfer_ownership(names));
        }
    }
    sql
}

fn heading(place: RolesFor, roles: &[&str]) -> String {
    let database = match place {
        RolesFor::OneDatabase => "the engine's database, which also holds schema audit_console",
        RolesFor::Engine => "the engine's database",
        RolesFor::Console => "the database of schema audit_console",
    };
    let mut text = format!(
        "-- Roles of the audit console. To be run by a superuser in {database}:\n\
         --   audit-console roles | psql -v ON_ERROR_STOP=1 -d DATABASE\n\
         -- It can be run again. It holds no passwords; set them in psql afterwards:\n"
    );
    for role in roles {
        // A line break in a name would end the SQL comment.
        let name: String = escape_identifier(role)
            .chars()
            .map(|c| if c.is_control() { '?' } else { c })
            .collect();
        let _ = writeln!(text, "--   \\password {name}");
    }
    text
}

/// A `DO` block. Its dollar quote is a tag that the body does not contain.
fn block(body: &str) -> String {
    let mut tag = "$roles$".to_owned();
    while body.contains(&tag) {
        tag.insert(1, '_');
    }
    format!("DO {tag}\nBEGIN\n{body}END\n{tag};\n")
}

fn create_roles(roles: &[&str]) -> String {
    let mut body = String::new();
    for role in roles {
        let (name, text) = (escape_identifier(role), escape_literal(role));
        let _ = writeln!(
            body,
            "  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {text}) THEN\n    \
             CREATE ROLE {name} LOGIN;\n  END IF;\n  \
             EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), {text});"
        );
    }
    format!("\n{}", block(&body))
}

fn read_engine(role: &str) -> String {
    let name = escape_identifier(role);
    let tables = ENGINE_TABLES
        .map(|table| format!("public.{table}"))
        .join(", ");
    let mut optional = String::new();
    for table in OPTIONAL_TABLES {
        let _ = writeln!(
            optional,
            "  IF pg_catalog.to_regclass('public.{table}') IS NOT NULL THEN\n    \
             GRANT SELECT ON public.{table} TO {name};\n  END IF;"
        );
    }
    format!(
        "\n-- The engine's tables, to be read.\n\
         GRANT USAGE ON SCHEMA public TO {name};\n\
         GRANT SELECT ON {tables} TO {name};\n\
         GRANT SELECT ({USER_COLUMNS}) ON public.\"user\" TO {name};\n\
         -- Only what dossiers and traces are read against is in these; without them it is left out.\n\
         {}",
        block(&optional)
    )
}

/// Transfers everything in schema `audit_console` to the owner, then grants the runtime role its rights on the existing
/// tables, so that a running console keeps working.
fn transfer_ownership(names: RoleNames<'_>) -> String {
    let (owner, runtime) = (escape_literal(names.owner), escape_literal(names.runtime));
    let mut rights = String::new();
    for table in &TABLES {
        let _ = writeln!(
            rights,
            "  IF pg_catalog.to_regclass('audit_console.{table}') IS NOT NULL THEN\n    \
             EXECUTE pg_catalog.format('GRANT {rights} ON audit_console.{table} TO %I', {runtime});\n  END IF;",
            table = table.table,
            rights = table.rights.join(", "),
        );
    }
    let body = format!(
        "  -- Sequences follow their tables.\n  \
         FOR thing IN SELECT c.oid::regclass::text FROM pg_catalog.pg_class c\n      \
         WHERE c.relnamespace = 'audit_console'::regnamespace AND c.relkind IN ('r', 'p') LOOP\n    \
         EXECUTE pg_catalog.format('ALTER TABLE %s OWNER TO %I', thing, {owner});\n    \
         EXECUTE pg_catalog.format('REVOKE ALL ON TABLE %s FROM PUBLIC, %I', thing, {runtime});\n  \
         END LOOP;\n  \
         FOR thing IN SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p\n      \
         WHERE p.pronamespace = 'audit_console'::regnamespace LOOP\n    \
         EXECUTE pg_catalog.format('ALTER ROUTINE %s OWNER TO %I', thing, {owner});\n  \
         END LOOP;\n  \
         EXECUTE pg_catalog.format('ALTER SCHEMA audit_console OWNER TO %I', {owner});\n  \
         EXECUTE pg_catalog.format('REVOKE ALL ON SCHEMA audit_console FROM PUBLIC, %I', {runtime});\n  \
         EXECUTE pg_catalog.format('GRANT USAGE ON SCHEMA audit_console TO %I', {runtime});\n  \
         EXECUTE pg_catalog.format('REVOKE CREATE ON DATABASE %I FROM %I', current_database(), {runtime});\n\
         {rights}"
    );
    let declared = block(&body).replacen("\nBEGIN\n", "\nDECLARE\n  thing text;\nBEGIN\n", 1);
    format!(
        "\n-- From one role to two: what is in the schema becomes the owner's, and no row changes. Afterwards, as the\n\
         -- owner: audit-console migrate\n\
         {declared}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_names_cannot_break_out_of_quotes() {
        let evil = "a\"; DROP TABLE x; --$roles$'\n\\";
        let names = RoleNames {
            owner: evil,
            runtime: evil,
            engine: evil,
        };
        let sql = roles_sql(names, RolesFor::OneDatabase, true);
        // Every line of the heading must be a comment, and the body must not contain the block's tag.
        let heading = sql.lines().take_while(|line| !line.is_empty());
        assert!(heading.clone().count() > 3, "{sql}");
        assert!(heading.clone().all(|line| line.starts_with("--")), "{sql}");
        assert!(sql.contains("DO $_roles$"), "{sql}");
        assert!(!sql.contains("\na\"; DROP"), "{sql}");
    }
}
