//! Creates and migrates schema `audit_console` as its owner, and grants the runtime role its rights.

use sqlx::migrate::MigrateError;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _, Row as _};

use super::record::grants;
use super::{ConsoleDb, MIGRATION_LOCK, MIGRATIONS};
use crate::StoreError;
use crate::db::{Access, Server, Settings, first_host};
use crate::statements::statements;

statements! {
    LOCK = "SELECT pg_advisory_lock($1)";

    OWNERSHIP = "SELECT current_user::text AS role, current_database()::text AS database, \
        (SELECT pg_get_userbyid(nspowner)::text FROM pg_catalog.pg_namespace \
         WHERE nspname = 'audit_console') AS owner, \
        has_database_privilege(current_database(), 'CREATE') AS may_create, \
        (SELECT pg_has_role(current_user, nspowner, 'MEMBER') FROM pg_catalog.pg_namespace \
         WHERE nspname = 'audit_console') AS may_become";

    CREATE_SCHEMA = "CREATE SCHEMA audit_console";

    SET_ROLE = "SELECT set_config('role', $1, false)";

    FOREIGN_TABLE = "SELECT format('table %s belongs to role %s', c.relname, pg_get_userbyid(c.relowner)) \
        FROM pg_catalog.pg_class c WHERE c.relnamespace = 'audit_console'::regnamespace \
          AND c.relkind IN ('r', 'p') \
          AND c.relowner <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user) LIMIT 1";

    IS_SUPERUSER = "SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.rolname = $1";
}

const RUN_ROLES: &str = "whoever owns the server runs the SQL that `audit-console roles` prints";

/// The owner of schema `audit_console` after a migration, and the runtime role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Role that owns the schema.
    pub owner: String,
    /// Role that the console serves as.
    pub runtime: String,
}

impl Migrated {
    /// Whether owner and runtime role are the same. Only fit for a trial, since an owner can rewrite the record.
    #[must_use]
    pub fn is_single(&self) -> bool {
        self.owner == self.runtime
    }
}

impl ConsoleDb {
    /// Creates or migrates schema `audit_console` with the console's own URL, as in a trial with one role. An advisory
    /// lock serialises concurrent migrations.
    ///
    /// # Errors
    /// As [`ConsoleDb::migrate_as`].
    pub async fn migrate(&self) -> Result<Migrated, StoreError> {
        self.migrate_as(&self.url).await
    }

    /// Creates or migrates schema `audit_console` as the role of `owner_url`, and grants the runtime role exactly its
    /// rights. An advisory lock serialises concurrent migrations.
    ///
    /// # Errors
    /// When the database is unreachable, a migration fails, or a role lacks a right or does not exist. The message says
    /// which, and what to run.
    pub async fn migrate_as(&self, owner_url: &str) -> Result<Migrated, StoreError> {
        let runtime = first_host(&self.url)?.get_username().to_owned();
        let settings = Settings::new(Access::ReadWrite).with("search_path", "audit_console");
        let mut connection = Server::new(owner_url)?.connect_directly(&settings).await?;
        // The lock is released when the connection closes.
        sqlx::query(LOCK)
            .bind(MIGRATION_LOCK)
            .execute(&mut connection)
            .await?;
        let owner = become_owner(&mut connection).await?;
        let done = migrate(&mut connection, &owner, &runtime).await;
        connection.close().await?;
        done.map_err(|error| missing_right_message(error, &owner))?;
        Ok(Migrated { owner, runtime })
    }
}

/// Creates the schema if it does not exist, and switches to its owner's role. Returns the owner's name.
async fn become_owner(connection: &mut PgConnection) -> Result<String, StoreError> {
    let row = sqlx::query(OWNERSHIP).fetch_one(&mut *connection).await?;
    let (role, database): (String, String) = (row.try_get("role")?, row.try_get("database")?);
    let Some(owner) = row.try_get::<Option<String>, _>("owner")? else {
        // `IF NOT EXISTS` would require CREATE on the database even when the schema exists.
        if !row.try_get::<bool, _>("may_create")? {
            return Err(StoreError::Refused(format!(
                "schema audit_console is not there, and role {role} lacks CREATE on database {database}: {RUN_ROLES}; \
                 it makes the schema for its owner, whom CONSOLE_OWNER_DATABASE_URL then names"
            )));
        }
        connection.execute(CREATE_SCHEMA).await?;
        return Ok(role);
    };
    if owner != role {
        if row.try_get::<Option<bool>, _>("may_become")? != Some(true) {
            return Err(StoreError::Refused(format!(
                "schema audit_console belongs to role {owner}, and migrations run as {role}: set \
                 CONSOLE_OWNER_DATABASE_URL to a URL that logs in as {owner}"
            )));
        }
        // Objects that a superuser or a member of the role creates must belong to the schema's owner.
        sqlx::query(SET_ROLE)
            .bind(&owner)
            .execute(connection)
            .await?;
    }
    Ok(owner)
}

async fn migrate(
    connection: &mut PgConnection,
    owner: &str,
    runtime: &str,
) -> Result<(), StoreError> {
    let foreign: Option<String> = sqlx::query_scalar(FOREIGN_TABLE)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(foreign) = foreign {
        return Err(StoreError::Refused(format!(
            "schema audit_console belongs to role {owner}, but its {foreign}: whoever owns the server runs the SQL that \
             `audit-console roles --from-single-role` prints"
        )));
    }
    MIGRATIONS.run(&mut *connection).await?;
    if owner == runtime {
        return Ok(());
    }
    let row = sqlx::query(IS_SUPERUSER)
        .bind(runtime)
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        None => Err(StoreError::Refused(format!(
            "there is no role {runtime} on this server, which the console's URL logs in as: {RUN_ROLES}"
        ))),
        // Grants and revocations have no effect on a superuser.
        Some(row) if row.try_get(0)? => Ok(()),
        Some(_) => {
            let mut transaction = connection.begin().await?;
            transaction.execute(sqlx::raw_sql(grants(runtime))).await?;
            transaction.commit().await?;
            Ok(())
        }
    }
}

/// Turns a missing right of the owner into a message that says what to run.
fn missing_right_message(error: StoreError, owner: &str) -> StoreError {
    let (StoreError::Database(cause)
    | StoreError::SchemaChanged(cause)
    | StoreError::Migration(
        MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _),
    )) = &error
    else {
        return error;
    };
    match cause.as_database_error() {
        Some(database) if database.code().as_deref() == Some("42501") => {
            StoreError::Refused(format!(
                "role {owner} lacks a right that migrations of schema audit_console need ({}): {RUN_ROLES}",
                database.message()
            ))
        }
        _ => error,
    }
}
