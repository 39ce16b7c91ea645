//! Reads the trading engine's tables. Every session is read-only with a statement timeout; its role needs only SELECT.

mod accounts;
mod advise;
mod any_view;
mod columns;
mod estimate;
mod events;
mod export;
mod filter_options;
mod findings;
pub(crate) mod fragments;
mod identities;
mod kill_switch;
mod list;
mod optional;
mod overview;
mod plan;
mod schema;
mod search;
pub(crate) mod signal_outcome;
mod signals;
mod survey;
mod traces;
mod trades;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub use accounts::EngineAccount;
pub use advise::{Compared, IndexAdvice, Measured, SCRATCH_SCHEMA, Scratch, Taken};
pub(crate) use estimate::fetch_estimate;
pub use export::{Chunk, Ended, Export, ExportFormat, ExportTask, StopReason, Stopper};
pub(crate) use export::{ExportSlots, export_list};
pub(crate) use findings::{Reference, ScannedRows};
pub use findings::{RuleQuery, rule_query};
pub use kill_switch::{
    CountedEpisodes, EpisodeExport, EpisodeList, ReviewBacklog, ReviewPolicy, SwitchState, list_row,
};
pub use list::JsonRow;
#[cfg(test)]
pub(crate) use list::Output;
pub(crate) use list::{fetch_count, fetch_json_page, fetch_page};
pub use plan::Plan;
pub use schema::{SchemaDifference, SchemaReport};
pub use search::{SearchBudget, SearchResult};
pub use survey::Scope;
#[cfg(test)]
pub(crate) use survey::survey_statements;

use crate::StoreError;
use crate::db::{Access, Pool, Server, Settings};
use crate::statements::statements;

statements! {
    PING = "SELECT 1";
}

/// Lock timeout of a statement, such as when a migration holds the lock. At most half of the statement timeout, so that
/// the two errors can be told apart.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);
/// Lock timeout of exports. Longer, since an export counts as started by then.
const EXPORT_LOCK_TIMEOUT: Duration = Duration::from_secs(8);
/// Connections of pages.
const PAGE_CONNECTIONS: u32 = 16;
/// Statement timeout of pages.
const PAGE_TIMEOUT: Duration = Duration::from_secs(5);
/// Statement timeout of a page's first attempt when span-by-span search is the alternative.
const WHOLE_TIMEOUT: Duration = Duration::from_millis(400);
/// Concurrent span-by-span searches.
const SEARCHES_AT_ONCE: usize = 2;
/// Connections of queries that every request needs: accounts, header state, readiness. Separate, so that slow searches
/// do not block them.
const ESSENTIAL_CONNECTIONS: u32 = 6;
/// Statement timeout of those queries.
const ESSENTIAL_TIMEOUT: Duration = Duration::from_secs(2);
/// Connections of counts. Separate, so that slow counts do not block pages.
const COUNT_CONNECTIONS: u32 = 4;
/// Statement timeout of counts.
const COUNT_TIMEOUT: Duration = Duration::from_millis(400);

/// Connections of surveys (histograms and facets).
const SURVEY_CONNECTIONS: u32 = 6;
/// Statement timeout of surveys.
const SURVEY_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Connections of exact surveys.
const EXACT_CONNECTIONS: u32 = 2;
/// Statement timeout of exact surveys.
const EXACT_TIMEOUT: Duration = Duration::from_secs(30);

/// Connections of the findings scanner.
const EXAMINING_CONNECTIONS: u32 = 2;
/// Statement timeout of the findings scanner.
const EXAMINING_TIMEOUT: Duration = Duration::from_mins(1);

/// Read-only client of the trading engine's database.
#[derive(Clone)]
pub struct EngineDb {
    pub(crate) url: Arc<str>,
    pool: Pool,
    quick: Pool,
    searches: Arc<Semaphore>,
    essential: Pool,
    counting: Pool,
    surveying: Pool,
    surveying_all: Pool,
    examining: Pool,
    watching: Pool,
    exports: ExportSlots,
    histories: Arc<kill_switch::HistoryCache>,
    effects: Arc<kill_switch::EffectCache>,
    schema: Arc<schema::LastReport>,
}

impl EngineDb {
    /// A client for the database at `url`. Connects lazily.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let server = Arc::new(Server::new(url)?);
        let settings = Settings::new(Access::ReadOnly).with("jit", "off");
        let limited = |limit: Duration| {
            settings
                .clone()
                .statement_timeout(limit)
                .lock_timeout(LOCK_TIMEOUT.min(limit / 2))
        };
        let pool =
            |purpose, connections, settings| Pool::new(purpose, &server, settings, connections);
        // A sample is many small index reads, for which hash joins, merge joins and sequential scans are always slower.
        let sampling = limited(SURVEY_TIMEOUT)
            .with("enable_hashjoin", "off")
            .with("enable_mergejoin", "off")
            .with("enable_seqscan", "off")
            .with("max_parallel_workers_per_gather", "0");
        // Without this setting, a server that is still searching for the first row would not notice that the client is
        // gone.
        let exporting = settings
            .clone()
            .lock_timeout(EXPORT_LOCK_TIMEOUT)
            .statement_timeout(Duration::ZERO)
            .with("client_connection_check_interval", "1000");
        let pages = pool("pages", PAGE_CONNECTIONS, limited(PAGE_TIMEOUT));
        Ok(Self {
            url: Arc::from(url),
            pool: pages.clone(),
            quick: pool("pages", PAGE_CONNECTIONS, limited(WHOLE_TIMEOUT)),
            searches: Arc::new(Semaphore::new(SEARCHES_AT_ONCE)),
            essential: pool(
                "every request",
                ESSENTIAL_CONNECTIONS,
                limited(ESSENTIAL_TIMEOUT),
            ),
            counting: pool("counts", COUNT_CONNECTIONS, limited(COUNT_TIMEOUT)),
            surveying: pool("surveys", SURVEY_CONNECTIONS, sampling),
            surveying_all: pool("exact surveys", EXACT_CONNECTIONS, limited(EXACT_TIMEOUT)),
            examining: pool(
                "findings",
                EXAMINING_CONNECTIONS,
                limited(EXAMINING_TIMEOUT),
            ),
            watching: pool("watching locks", 1, limited(ESSENTIAL_TIMEOUT)),
            exports: ExportSlots::new(Arc::clone(&server), exporting, pages),
            histories: Arc::default(),
            effects: Arc::default(),
            schema: Arc::default(),
        })
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query(PING).execute(&self.essential).await?;
        Ok(())
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
}
