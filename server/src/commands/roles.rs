//! `audit-console roles`: the SQL that creates the database roles.

use std::io::{ErrorKind, Write as _};

use clap::{Args, ValueEnum};
use store::console::{RoleNames, RolesFor, roles_sql};

use crate::config::Settings;
use crate::state::StartError;

/// Options of `roles`.
#[derive(Args, Debug, Default)]
pub struct Arguments {
    /// Also hand schema `audit_console` over to the owner: for an installation that has one role
    #[arg(long)]
    pub from_single_role: bool,
    /// With two databases: print the statements for this one alone
    #[arg(long, value_enum)]
    pub only: Option<Database>,
}

/// One of two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Database {
    /// The engine's.
    Engine,
    /// That of schema `audit_console`.
    Console,
}

/// `roles`: prints the statements.
///
/// # Errors
/// When they cannot be written.
pub fn run(settings: &Settings, arguments: &Arguments) -> Result<(), StartError> {
    let text = sql(settings, arguments);
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(StartError::Other(format!(
            "the statements could not be written: {error}"
        ))),
        _ => Ok(()),
    }
}

/// The statements, for one database or for two.
#[must_use]
pub fn sql(settings: &Settings, arguments: &Arguments) -> String {
    let or_else = |name: Option<&str>, otherwise: &str| {
        name.filter(|name| !name.is_empty())
            .unwrap_or(otherwise)
            .to_owned()
    };
    let owner = or_else(settings.owner_role.as_deref(), "audit_console_owner");
    let runtime = or_else(settings.runtime_role.as_deref(), "audit_console");
    let engine = or_else(settings.engine_role.as_deref(), &runtime);
    let names = RoleNames {
        owner: &owner,
        runtime: &runtime,
        engine: &engine,
    };
    let places: &[RolesFor] = match arguments.only {
        Some(Database::Engine) => &[RolesFor::Engine],
        Some(Database::Console) => &[RolesFor::Console],
        None if settings.has_two_databases() => &[RolesFor::Engine, RolesFor::Console],
        None => &[RolesFor::OneDatabase],
    };
    let parts: Vec<String> = places
        .iter()
        .map(|place| roles_sql(names, *place, arguments.from_single_role))
        .collect();
    let mut text = parts.join("\n");
    if places.len() > 1 {
        text.insert_str(
            0,
            "-- Two databases: run each part in its own (`--only engine`, `--only console` print one).\n",
        );
    }
    text
}
