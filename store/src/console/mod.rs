//! The console's own tables, in schema `audit_console`: the only ones that it writes, and the only ones
//! that are ever migrated on a real database.

mod accounts;
mod attempts;
mod findings;
mod identities;
mod links;
mod migrate;
mod record;
mod reviews;
mod sessions;
mod views;

use sqlx::Row as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgPool;

pub use accounts::{ConsoleAccount, Grant};
pub use attempts::{Throttle, WINDOW_MINUTES};
pub use domain::finding::{Progress, Rebuild, RuleCount};
pub use findings::NewNote;
pub(crate) use findings::Scope;
pub use identities::{ActorAccount, Sight};
pub use links::LinkRow;
pub use migrate::Migrated;
pub use record::{
    CHECK_EVERY, RecordState, RoleNames, RolesFor, TABLES, TableRights, grants_sql, roles_sql,
};
pub use reviews::{NewReview, Outcome, Signatures, Written};
pub use sessions::SessionToken;
pub use views::Saving;

use crate::StoreError;
use crate::engine::{EngineDb, ExportPlaces};
use crate::options::{lazy_pool, parse_url};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/console");

/// Connections for what the console records.
const CONNECTIONS: u32 = 8;
/// Connections for what every request needs: sessions, and logging in. Counts of half a million findings must not take
/// them.
const ESSENTIAL_CONNECTIONS: u32 = 4;
/// What every request needs is cut after this long.
const ESSENTIAL_TIMEOUT: &str = "2s";
/// Held while schema `audit_console` is made or updated, so that two copies that start do not collide.
const MIGRATION_LOCK: i64 = 0x0061_7564_6974;
const RUN_MIGRATE: &str = "run `audit-console migrate` (or start with `serve --migrate`)";

/// The database of schema `audit_console`.
#[derive(Clone)]
pub struct ConsoleDb {
    url: String,
    pool: PgPool,
    essential: PgPool,
    exports: ExportPlaces,
    record: record::Record,
}

impl ConsoleDb {
    /// Prepares to use the database at `url`; connects when it is first used.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let options = parse_url(url)?.options([
            ("search_path", "audit_console"),
            ("statement_timeout", "5s"),
            ("lock_timeout", "2s"),
        ]);
        let export_options = options.clone().options([
            ("default_transaction_read_only", "on"),
            ("statement_timeout", "0"),
            ("client_connection_check_interval", "1s"),
        ]);
        let essential = options
            .clone()
            .options([("statement_timeout", ESSENTIAL_TIMEOUT)]);
        Ok(Self {
            url: url.to_owned(),
            pool: lazy_pool(options, CONNECTIONS),
            essential: lazy_pool(essential, ESSENTIAL_CONNECTIONS),
            exports: ExportPlaces::new(export_options),
            record: record::Record::default(),
        })
    }

    /// Checks that schema `audit_console` is there and up to date.
    ///
    /// # Errors
    /// [`StoreError::NotMigrated`] when it is not.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let may_read: Option<bool> = sqlx::query_scalar(
            "SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = 'audit_console' AND c.relname = '_sqlx_migrations'",
        )
        .fetch_optional(&self.pool)
        .await?;
        match may_read {
            None => {
                return Err(StoreError::NotMigrated(format!(
                    "the database has no tables in schema audit_console: {RUN_MIGRATE}"
                )));
            }
            Some(false) => {
                return Err(StoreError::NotMigrated(format!(
                    "the console's role has no rights in schema audit_console: {RUN_MIGRATE}; with \
                     CONSOLE_OWNER_DATABASE_URL set it grants them"
                )));
            }
            Some(true) => {}
        }
        let rows = sqlx::query("SELECT version FROM audit_console._sqlx_migrations WHERE success")
            .fetch_all(&self.pool)
            .await?;
        let applied: Vec<i64> = rows
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?;
        let known: Vec<i64> = MIGRATIONS
            .iter()
            .map(|migration| migration.version)
            .collect();
        if known.iter().any(|version| !applied.contains(version)) {
            return Err(StoreError::NotMigrated(format!(
                "schema audit_console is older than this console: {RUN_MIGRATE}"
            )));
        }
        if applied.iter().any(|version| !known.contains(version)) {
            return Err(StoreError::NotMigrated(
                "schema audit_console is newer than this console: run a newer audit-console"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Whether both are the same database, with the same rights.
    pub(crate) fn is_beside(&self, engine: &EngineDb) -> bool {
        *self.url == *engine.url
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }

    const fn essential(&self) -> &PgPool {
        &self.essential
    }
}
