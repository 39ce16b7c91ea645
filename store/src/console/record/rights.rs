//! Rights of the runtime role on the tables of schema `audit_console`. `migrate` grants them, and the record's check
//! compares with them.

use crate::sql::Sql;

/// Read and insert.
const ADD: &[&str] = &["SELECT", "INSERT"];
/// Read, insert, update and delete.
const CHANGE: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];
/// Table of applied migrations, which sqlx maintains.
pub(super) const MIGRATIONS: &str = "_sqlx_migrations";

/// A table and the runtime role's rights on it.
#[derive(Clone, Copy, Debug)]
pub struct TableRights {
    /// Table name in schema `audit_console`.
    pub table: &'static str,
    /// Privileges, as PostgreSQL spells them.
    pub rights: &'static [&'static str],
    /// Whether it is part of the record. Triggers refuse every update and delete of its rows, for any role.
    pub is_append_only: bool,
}

const fn record(table: &'static str) -> TableRights {
    TableRights {
        table,
        rights: ADD,
        is_append_only: true,
    }
}

const fn other(table: &'static str, rights: &'static [&'static str]) -> TableRights {
    TableRights {
        table,
        rights,
        is_append_only: false,
    }
}

/// Every table of schema `audit_console`.
pub const TABLES: [TableRights; 17] = [
    record("role_change"),
    record("login_attempt"),
    record("kill_switch_review"),
    record("finding_note"),
    record("episode_identity"),
    record("account_link"),
    // Accounts are never updated: the four-eyes check relies on their e-mails.
    other("account", ADD),
    other("session", CHANGE),
    other("login_under_way", &["SELECT", "INSERT", "DELETE"]),
    other("form_draft", CHANGE),
    other("seal_key", &["SELECT"]),
    other("saved_view", CHANGE),
    other("finding", &["SELECT", "INSERT", "UPDATE"]),
    other("finding_progress", &["SELECT", "INSERT", "UPDATE"]),
    other("finding_waiting", &["SELECT", "INSERT", "DELETE"]),
    other("finding_rebuild", CHANGE),
    other(MIGRATIONS, &["SELECT"]),
];

/// SQL that grants `runtime` exactly the listed rights and revokes all others from it and from PUBLIC. The owner runs
/// it; the tables must exist.
#[must_use]
pub fn grants_sql(runtime: &str) -> String {
    grants(runtime).to_string()
}

/// As [`grants_sql`], as [`Sql`].
pub(in crate::console) fn grants(runtime: &str) -> Sql {
    let mut sql = Sql::default();
    for what in [
        "SCHEMA audit_console",
        "ALL TABLES IN SCHEMA audit_console",
        "ALL SEQUENCES IN SCHEMA audit_console",
        "ALL FUNCTIONS IN SCHEMA audit_console",
    ] {
        sql.push("REVOKE ALL ON ").push(what).push(" FROM PUBLIC, ");
        sql.identifier(runtime).push(";\n");
    }
    sql.push("GRANT USAGE ON SCHEMA audit_console TO ");
    sql.identifier(runtime).push(";\n");
    for TableRights { table, rights, .. } in &TABLES {
        sql.push("GRANT ")
            .push_joined(", ", rights.iter().copied())
            .push(" ON audit_console.")
            .push(*table)
            .push(" TO ")
            .identifier(runtime)
            .push(";\n");
    }
    sql
}
