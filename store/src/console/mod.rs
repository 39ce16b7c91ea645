//! The console's own tables, in schema `audit_console`. The console writes to and migrates no other tables.

mod accounts;
mod attempts;
mod drafts;
pub(crate) mod findings;
mod identities;
mod links;
mod migrate;
mod record;
mod reviews;
mod sessions;
mod views;

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row as _;
use sqlx::migrate::Migrator;

pub use accounts::{ConsoleAccount, Grant};
pub use attempts::{Origin, UnderWay, WINDOW_MINUTES};
pub use domain::finding::{Rebuild, RuleCount, RuleProgress};
pub use findings::NewNote;
pub(crate) use findings::Scope;
pub use identities::{ActorAccount, ActorIdentities};
pub use links::LinkRow;
pub use migrate::Migrated;
pub use record::{
    CHECK_EVERY, RecordState, RoleNames, RolesFor, TABLES, TableRights, grants_sql, roles_sql,
};
pub use reviews::{NewReview, Outcome, Signatures, Written};
pub use sessions::SessionToken;
pub use views::Saving;

use crate::StoreError;
use crate::db::{Access, Pool, Server, Settings};
use crate::engine::{EngineDb, ExportSlots};
use crate::statements::statements;

statements! {
    IS_REPLICA = "SELECT pg_catalog.pg_is_in_recovery()";

    MAY_READ = "SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') \
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
        WHERE n.nspname = 'audit_console' AND c.relname = '_sqlx_migrations'";

    APPLIED_MIGRATIONS = "SELECT version FROM audit_console._sqlx_migrations WHERE success";

    PING = "SELECT 1";
}

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/console");

/// Connections for everything except [`ESSENTIAL_CONNECTIONS`].
const CONNECTIONS: u32 = 8;
/// Connections for sessions and log-in. They have their own pool so that slow queries do not block every request.
const ESSENTIAL_CONNECTIONS: u32 = 4;
/// Statement timeout of the essential pool.
const ESSENTIAL_TIMEOUT: Duration = Duration::from_secs(2);
/// Statement timeout of the other statements.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Lock timeout of a statement.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);
/// Advisory lock of migrations.
const MIGRATION_LOCK: i64 = 0x0061_7564_6974;
const RUN_MIGRATE: &str = "run `audit-console migrate` (or start with `serve --migrate`)";

/// Client of the database that holds schema `audit_console`.
#[derive(Clone)]
pub struct ConsoleDb {
    url: String,
    pool: Pool,
    essential: Pool,
    watching: Pool,
    exports: ExportSlots,
    record: record::Record,
}

impl ConsoleDb {
    /// A client for the database at `url`. Connects lazily.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let server = Arc::new(Server::new(url)?);
        let settings = |access| {
            Settings::new(access)
                .with("search_path", "audit_console")
                .lock_timeout(LOCK_TIMEOUT)
        };
        let limited = |limit| settings(Access::ReadWrite).statement_timeout(limit);
        let exporting = settings(Access::ReadOnly)
            .statement_timeout(Duration::ZERO)
            .with("client_connection_check_interval", "1000");
        let pages = Pool::new(
            "the console's own tables",
            &server,
            limited(TIMEOUT),
            CONNECTIONS,
        );
        Ok(Self {
            url: url.to_owned(),
            pool: pages.clone(),
            essential: Pool::new(
                "sessions",
                &server,
                limited(ESSENTIAL_TIMEOUT),
                ESSENTIAL_CONNECTIONS,
            ),
            watching: Pool::new("watching locks", &server, limited(ESSENTIAL_TIMEOUT), 1),
            exports: ExportSlots::new(server, exporting, pages),
            record: record::Record::default(),
        })
    }

    /// Checks that schema `audit_console` exists, is readable, and has exactly the migrations of this version.
    ///
    /// # Errors
    /// [`StoreError::NotMigrated`] when it does not, [`StoreError::Refused`] on a replica.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        let is_replica: bool = sqlx::query_scalar(IS_REPLICA).fetch_one(&self.pool).await?;
        if is_replica {
            return Err(StoreError::Refused(
                "the database of schema audit_console is a replica, which nobody can write to: set \
                 CONSOLE_DATABASE_URL to the primary, or to another database"
                    .to_owned(),
            ));
        }
        let may_read: Option<bool> = sqlx::query_scalar(MAY_READ)
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
        let rows = sqlx::query(APPLIED_MIGRATIONS)
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

    /// Checks that the database answers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query(PING).execute(&self.pool).await?;
        Ok(())
    }

    /// Whether both clients use the same URL, so that one statement can read tables of both.
    pub(crate) fn is_beside(&self, engine: &EngineDb) -> bool {
        *self.url == *engine.url
    }

    pub(crate) const fn watching(&self) -> &Pool {
        &self.watching
    }

    pub(crate) fn export_slots(&self) -> ExportSlots {
        self.exports.clone()
    }

    pub(crate) const fn pool(&self) -> &Pool {
        &self.pool
    }

    const fn essential(&self) -> &Pool {
        &self.essential
    }
}
