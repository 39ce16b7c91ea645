//! Which rights the runtime role has on which table of schema `audit_console`: the one list that `migrate`
//! grants from and that the check of the record compares with.

use crate::sql::Sql;

/// Rows are read and added.
const ADD: &[&str] = &["SELECT", "INSERT"];
/// Rows are also changed and deleted.
const CHANGE: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE"];
/// The table in which sqlx keeps which migrations were run.
pub(super) const MIGRATIONS: &str = "_sqlx_migrations";

/// A table and what the runtime role may do with it.
#[derive(Clone, Copy, Debug)]
pub struct TableRights {
    /// Its name in schema `audit_console`.
    pub table: &'static str,
    /// The privileges, as PostgreSQL spells them.
    pub rights: &'static [&'static str],
    /// Whether it is part of the record: triggers refuse every change of its rows, whoever asks.
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
    // Accounts are made and never changed: four eyes rest on e-mails that stay.
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

/// The statements that give `runtime` exactly the listed rights, and nobody else any. The tables must be
/// there; the owner runs them.
#[must_use]
pub fn grants_sql(runtime: &str) -> String {
    grants(runtime).to_string()
}

/// See [`grants_sql`].
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
