//! Compares roles, rights and objects of schema `audit_console` with the expected ones.

use std::collections::{BTreeMap, BTreeSet};

use domain::finding::state::Breach;
use sqlx::Row as _;

use super::rights::TABLES;
use super::{of_role, of_schema, shape};
use crate::StoreError;
use crate::db::{Isolation, Pool, Session, read};
use crate::statements::statements;

/// Subject of a breach that concerns no single table.
const SCHEMA: &str = "audit_console";
const RUN_ROLES: &str = "whoever owns the server runs the SQL that `audit-console roles` prints (where one role did \
    everything: `audit-console roles --from-single-role`), and the console logs in as the runtime role";
const RUN_MIGRATE: &str =
    "run `audit-console migrate` with CONSOLE_OWNER_DATABASE_URL: it grants exactly what is needed";
/// PostgreSQL's predefined roles whose members can bypass table privileges: through files, programs, or a right to
/// write everywhere.
const BYPASSING_ROLES: [&str; 6] = [
    "pg_execute_server_program",
    "pg_read_server_files",
    "pg_write_server_files",
    "pg_write_all_data",
    "pg_create_subscription",
    "pg_maintain",
];
/// `WITH` clause of the roles that the console's role is, is a member of, or can become. It can use all of their
/// rights.
macro_rules! with_reach {
    ($($rest:literal),*) => {
        concat!(
            "WITH reach AS (SELECT oid, rolname FROM pg_catalog.pg_roles \
             WHERE pg_has_role(session_user, oid, 'MEMBER') OR rolname = current_user)",
            $($rest),*
        )
    };
}

/// Lists everything that is wrong; empty when the record is protected.
pub(super) async fn breaches(pool: &Pool) -> Result<Vec<Breach>, StoreError> {
    read!(pool, Isolation::Statement, |session| {
        let is_there: bool = sqlx::query_scalar(SCHEMA_EXISTS)
            .fetch_one(&mut *session)
            .await?;
        if !is_there {
            let what = "schema audit_console is not there".to_owned();
            return Ok(vec![of_schema(
                SCHEMA,
                what,
                "restore it from a backup".to_owned(),
            )]);
        }
        let mut breaches = role_breaches(session).await?;
        breaches.extend(shape::breaches(session).await?);
        breaches.extend(unrelated_roles(session).await?);
        Ok(breaches)
    })
}

/// Breaches of the role that the console logs in as.
async fn role_breaches(session: &mut Session<'_>) -> Result<Vec<Breach>, StoreError> {
    let row = sqlx::query(ROLE).fetch_one(&mut *session).await?;
    let role: String = row.try_get("role")?;
    let version: i32 = row.try_get("version")?;
    let mut breaches = Vec::new();
    let replication_role: String = row.try_get("replication_role")?;
    if replication_role == "replica" {
        let what = "session_replication_role is replica: triggers do not fire".to_owned();
        let cure = format!("as a superuser: ALTER ROLE \"{role}\" RESET session_replication_role");
        breaches.push(of_schema(SCHEMA, what, cure));
    }
    if row.try_get::<Option<bool>, _>("is_superuser")? == Some(true) {
        let what = format!("the console logs in as {role}, a superuser");
        breaches.push(of_role(SCHEMA, what, RUN_ROLES.to_owned()));
        return Ok(breaches);
    }
    breaches.extend(attributes(session, &role).await?);
    let owned = ownership(session, &role).await?;
    if !owned.is_empty() {
        // An owner has every right, so the single rights are not listed.
        breaches.extend(owned);
        return Ok(breaches);
    }
    breaches.extend(rights(session, &role, version).await?);
    breaches.extend(other_rights(session, &role, version).await?);
    Ok(breaches)
}

/// Attributes of the role and of the roles that it can become, such as CREATEROLE.
async fn attributes(session: &mut Session<'_>, role: &str) -> Result<Vec<Breach>, StoreError> {
    let rows = sqlx::query(ATTRIBUTES)
        .bind(BYPASSING_ROLES.as_slice())
        .fetch_all(session)
        .await?;
    let mut breaches = Vec::new();
    for row in &rows {
        let (name, attributes): (String, Vec<String>) = (row.try_get(0)?, row.try_get(1)?);
        let is_bypassing: bool = row.try_get(2)?;
        if is_bypassing {
            let what = format!("role {role} is a member of {name}");
            let cure = format!("as a superuser: REVOKE {name} FROM \"{role}\"");
            breaches.push(of_role(SCHEMA, what, cure));
        }
        if attributes.is_empty() {
            continue;
        }
        let has = attributes.join(", ");
        let (what, cure) = if name == role {
            let without: Vec<String> = attributes.iter().map(|it| format!("NO{it}")).collect();
            (
                format!("role {role} has {has}"),
                format!(
                    "as a superuser: ALTER ROLE \"{role}\" {}",
                    without.join(" ")
                ),
            )
        } else {
            (
                format!("role {role} is a member of {name}, which has {has}"),
                format!("as a superuser: REVOKE \"{name}\" FROM \"{role}\""),
            )
        };
        breaches.push(of_role(SCHEMA, what, cure));
    }
    Ok(breaches)
}

/// Objects that the role owns, directly or by membership.
async fn ownership(session: &mut Session<'_>, role: &str) -> Result<Vec<Breach>, StoreError> {
    let rows = sqlx::query(OWNED).fetch_all(session).await?;
    let mut breaches = Vec::new();
    for row in &rows {
        let (owner, things): (String, Vec<String>) = (row.try_get(0)?, row.try_get(1)?);
        let things = things.join(", ");
        let (what, cure) = if owner == role {
            (format!("role {role} owns {things}"), RUN_ROLES.to_owned())
        } else {
            (
                format!("role {role} is a member of {owner}, which owns {things}"),
                format!("as a superuser: REVOKE \"{owner}\" FROM \"{role}\""),
            )
        };
        breaches.push(of_role(SCHEMA, what, cure));
    }
    Ok(breaches)
}

/// The table privileges of a server version.
fn privileges(version: i32) -> Vec<String> {
    let mut names = vec![
        "SELECT",
        "INSERT",
        "UPDATE",
        "DELETE",
        "TRUNCATE",
        "REFERENCES",
        "TRIGGER",
    ];
    if version >= 170_000 {
        names.push("MAINTAIN");
    }
    names
        .iter()
        .flat_map(|name| [(*name).to_owned(), format!("{name} WITH GRANT OPTION")])
        .collect()
}

/// Rights on tables that are missing or not listed in [`TABLES`], including those on columns, through PUBLIC and
/// through other roles.
async fn rights(
    session: &mut Session<'_>,
    role: &str,
    version: i32,
) -> Result<Vec<Breach>, StoreError> {
    let rows = sqlx::query(RIGHTS)
        .bind(privileges(version))
        .fetch_all(session)
        .await?;
    let mut own: BTreeSet<(String, String)> = BTreeSet::new();
    let mut more: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in &rows {
        let (table, privilege): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let listed = TABLES
            .iter()
            .find(|listed| listed.table == table)
            .is_some_and(|listed| listed.rights.contains(&privilege.as_str()));
        if listed && row.try_get(2)? {
            own.insert((table, privilege));
        } else if !listed {
            let key = (table, row.try_get::<Vec<String>, _>(3)?.join(", "));
            more.entry(key).or_default().push(privilege);
        }
    }
    let mut breaches = Vec::new();
    for ((table, holders), mut privileges) in more {
        privileges.sort();
        let has = privileges.join(", ");
        let (what, cure) = if holders == role {
            (
                format!("role {role} has {has} on table {table}"),
                RUN_MIGRATE.to_owned(),
            )
        } else {
            (
                format!("role {role} has {has} on table {table} (through {holders})"),
                format!("{RUN_MIGRATE}; where a right comes from another role, revoke that role"),
            )
        };
        breaches.push(of_role(&table, what, cure));
    }
    for listed in &TABLES {
        let lacks: Vec<&str> = listed
            .rights
            .iter()
            .filter(|right| !own.contains(&(listed.table.to_owned(), (**right).to_owned())))
            .copied()
            .collect();
        if !lacks.is_empty() {
            let (lacks, table) = (lacks.join(", "), listed.table);
            let what = format!("role {role} lacks {lacks} on table {table}");
            breaches.push(of_schema(table, what, RUN_MIGRATE.to_owned()));
        }
    }
    Ok(breaches)
}

macro_rules! other_rights {
    ($more:literal) => {
        with_reach!(
            ", more AS (\
           SELECT 'has CREATE on schema audit_console' AS what, rolname FROM reach \
             WHERE has_schema_privilege(oid, 'audit_console', 'CREATE') \
           UNION ALL SELECT 'may grant USAGE on schema audit_console', rolname FROM reach \
             WHERE has_schema_privilege(oid, 'audit_console', 'USAGE WITH GRANT OPTION') \
           UNION ALL SELECT 'has CREATE on database ' || current_database(), rolname FROM reach \
             WHERE has_database_privilege(oid, current_database(), 'CREATE') \
           UNION ALL SELECT 'has rights on sequence ' || c.relname, reach.rolname \
             FROM pg_catalog.pg_class c CROSS JOIN reach \
             WHERE c.relnamespace = to_regnamespace('audit_console') AND c.relkind = 'S' \
               AND has_sequence_privilege(reach.oid, c.oid, 'SELECT, USAGE, UPDATE')",
            $more,
            ") SELECT what, array_agg(rolname::text ORDER BY rolname) FROM more GROUP BY 1 ORDER BY 1"
        )
    };
}

statements! {
    /// Attributes of the reachable roles, and whether each is among the roles `$1`.
    ATTRIBUTES = with_reach!(
        " SELECT r.rolname::text, ARRAY_REMOVE(ARRAY[\
               CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, \
               CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END, \
               CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END], NULL), r.rolname = ANY($1) \
             FROM pg_catalog.pg_roles r JOIN reach USING (oid) ORDER BY 1"
    );

    /// Objects that the reachable roles own.
    OWNED = with_reach!(
        ", owned AS (\
               SELECT 'schema audit_console' AS thing, nspowner AS owner FROM pg_catalog.pg_namespace \
                 WHERE nspname = 'audit_console' \
               UNION ALL SELECT 'table ' || relname, relowner FROM pg_catalog.pg_class \
                 WHERE relnamespace = to_regnamespace('audit_console') AND relkind IN ('r', 'p', 'v', 'm', 'f') \
               UNION ALL SELECT 'function ' || proname, proowner FROM pg_catalog.pg_proc \
                 WHERE pronamespace = to_regnamespace('audit_console') \
               UNION ALL SELECT 'the database', datdba FROM pg_catalog.pg_database WHERE datname = current_database()) \
             SELECT reach.rolname::text, array_agg(thing ORDER BY thing) FROM owned JOIN reach ON reach.oid = owned.owner \
             GROUP BY 1 ORDER BY 1"
    );

    /// The privileges among `$1` that the reachable roles have on each table.
    RIGHTS = with_reach!(
        ", t AS (SELECT oid, relname::text AS name FROM pg_catalog.pg_class \
               WHERE relnamespace = to_regnamespace('audit_console') AND relkind IN ('r', 'p', 'v', 'm', 'f')) \
             SELECT t.name, p.privilege, \
               bool_or(reach.rolname = session_user AND has_table_privilege(reach.oid, t.oid, p.privilege)), \
               array_agg(reach.rolname::text ORDER BY reach.rolname) \
             FROM t CROSS JOIN unnest($1::text[]) AS p(privilege) CROSS JOIN reach \
             WHERE CASE WHEN split_part(p.privilege, ' ', 1) IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') \
               THEN has_any_column_privilege(reach.oid, t.oid, p.privilege) \
               ELSE has_table_privilege(reach.oid, t.oid, p.privilege) END \
             GROUP BY 1, 2"
    );

    /// Rights of the reachable roles on anything but tables, for PostgreSQL 15 and later, where SET on a parameter can
    /// be granted.
    OTHER_RIGHTS = other_rights!(
        " UNION ALL SELECT 'may set session_replication_role', rolname FROM reach \
          WHERE has_parameter_privilege(oid, 'session_replication_role', 'SET')"
    );

    /// The same for PostgreSQL 14 and earlier.
    OTHER_RIGHTS_BEFORE_15 = other_rights!("");

    SCHEMA_EXISTS = "SELECT to_regnamespace('audit_console') IS NOT NULL";

    ROLE = "SELECT session_user::text AS role, current_setting('server_version_num')::integer AS version, \
        (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user) AS is_superuser, \
        current_setting('session_replication_role') AS replication_role";

    MAY_USE_SCHEMA = "SELECT has_schema_privilege(session_user, to_regnamespace('audit_console')::oid, 'USAGE')";

    STRANGERS = "WITH s AS (SELECT oid, nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'audit_console') \
        SELECT c.relname::text, format('table %s belongs to %s, not to the schema’s owner %s', c.relname, \
            pg_get_userbyid(c.relowner), pg_get_userbyid(s.nspowner)) \
          FROM s JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relkind IN ('r', 'p') \
          WHERE c.relowner <> s.nspowner \
        UNION ALL SELECT 'audit_console', format('function %s belongs to %s, not to the schema’s owner %s', \
            p.proname, pg_get_userbyid(p.proowner), pg_get_userbyid(s.nspowner)) \
          FROM s JOIN pg_catalog.pg_proc p ON p.pronamespace = s.oid WHERE p.proowner <> s.nspowner \
        UNION ALL SELECT c.relname::text, format('role %s has %s on table %s', pg_get_userbyid(a.grantee), \
            string_agg(DISTINCT a.privilege_type, ', '), c.relname) \
          FROM s JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = ANY($1) \
          CROSS JOIN LATERAL (SELECT (aclexplode(c.relacl)).* UNION ALL SELECT (aclexplode(attacl)).* \
            FROM pg_catalog.pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL) a \
          WHERE a.grantee NOT IN (0, c.relowner) AND NOT pg_has_role(session_user, a.grantee, 'MEMBER') \
            AND a.privilege_type NOT IN ('SELECT', 'INSERT') \
          GROUP BY c.relname, a.grantee";
}

/// Excess rights on the schema, the database, sequences and the parameter that disables triggers; a missing right to
/// use the schema.
async fn other_rights(
    session: &mut Session<'_>,
    role: &str,
    version: i32,
) -> Result<Vec<Breach>, StoreError> {
    // `GRANT SET ON PARAMETER` exists since PostgreSQL 15.
    let statement = if version >= 150_000 {
        OTHER_RIGHTS
    } else {
        OTHER_RIGHTS_BEFORE_15
    };
    let rows = sqlx::query(statement).fetch_all(&mut *session).await?;
    let mut breaches = Vec::new();
    for row in &rows {
        let (what, holders): (String, Vec<String>) = (row.try_get(0)?, row.try_get(1)?);
        let cure = if what.contains("on database") {
            format!("as a superuser: REVOKE CREATE ON DATABASE … FROM \"{role}\", PUBLIC")
        } else if what.contains("session_replication_role") {
            format!(
                "as a superuser: REVOKE SET ON PARAMETER session_replication_role FROM \"{role}\""
            )
        } else {
            RUN_MIGRATE.to_owned()
        };
        let through = holders.join(", ");
        let what = if through == role {
            format!("role {role} {what}")
        } else {
            format!("role {role} {what} (through {through})")
        };
        breaches.push(of_role(SCHEMA, what, cure));
    }
    let may_use: Option<bool> = sqlx::query_scalar(MAY_USE_SCHEMA)
        .fetch_one(session)
        .await?;
    if may_use == Some(false) {
        let what = format!("role {role} lacks USAGE on schema audit_console");
        breaches.push(of_schema(SCHEMA, what, RUN_MIGRATE.to_owned()));
    }
    Ok(breaches)
}

/// Objects that do not belong to the schema's owner, and rights of unrelated roles to change the record.
async fn unrelated_roles(session: &mut Session<'_>) -> Result<Vec<Breach>, StoreError> {
    let record: Vec<&str> = TABLES
        .iter()
        .filter(|table| table.is_append_only)
        .map(|table| table.table)
        .collect();
    let rows = sqlx::query(STRANGERS)
        .bind(record)
        .fetch_all(session)
        .await?;
    rows.iter()
        .map(|row| {
            let (subject, what): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let cure = if what.starts_with("role") {
                "as the owner: REVOKE it".to_owned()
            } else {
                "as a superuser: run the SQL that `audit-console roles --from-single-role` prints"
                    .to_owned()
            };
            Ok(of_schema(&subject, what, cure))
        })
        .collect()
}
