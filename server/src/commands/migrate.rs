//! `audit-console migrate`, and the same before serving.

use crate::output::tell;
use crate::state::{App, StartError};

/// Creates or updates schema `audit_console` as its owner, and grants rights to the console's role.
///
/// # Errors
/// When the database is unavailable, a right is missing, or a migration fails.
pub async fn run(app: &App) -> Result<(), StartError> {
    let (url, is_owners) = app.settings.owner_url()?;
    let migrated = app.console.migrate_as(&url).await?;
    let (owner, runtime) = (&migrated.owner, &migrated.runtime);
    tell(format_args!(
        "schema audit_console is up to date, and belongs to role {owner}"
    ));
    if migrated.is_single() {
        let hint = if is_owners {
            "CONSOLE_OWNER_DATABASE_URL and the console's own URL name the same role"
        } else {
            "CONSOLE_OWNER_DATABASE_URL is not set"
        };
        tell(format_args!(
            "one role, {runtime}, owns the record and serves ({hint}): it can rewrite what must only be added to, and \
             `serve` starts with --allow-owner alone. `audit-console roles` prints the SQL for two"
        ));
    } else {
        tell(format_args!(
            "role {runtime} has the rights that the console serves with"
        ));
    }
    Ok(())
}
