//! Reading the trading engine's tables. Every session is READ ONLY with a time limit; the role it
//! logs in with needs SELECT and nothing more.

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

/// A statement waits this long for a lock that somebody else holds, such as a migration; or half as long as it may run
/// altogether, so that waiting is told from running.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);
/// An export waits longer: it has begun by then, as far as its reader knows.
const EXPORT_LOCK_TIMEOUT: Duration = Duration::from_secs(8);
/// Connections for pages.
const PAGE_CONNECTIONS: u32 = 16;
/// A page's query is cut after this long.
const PAGE_TIMEOUT: Duration = Duration::from_secs(5);
/// A page's query is cut after this long where there is another way: looking span by span.
const WHOLE_TIMEOUT: Duration = Duration::from_millis(400);
/// People who look span by span at the same time.
const SEARCHES_AT_ONCE: usize = 2;
/// Connections for what every request needs: accounts, the header's state, readiness. Slow searches
/// must not take them.
const ESSENTIAL_CONNECTIONS: u32 = 6;
/// What every request needs is cut after this long.
const ESSENTIAL_TIMEOUT: Duration = Duration::from_secs(2);
/// Connections for counts, so that a slow count never takes a page's.
const COUNT_CONNECTIONS: u32 = 4;
/// A count is cut after this long.
const COUNT_TIMEOUT: Duration = Duration::from_millis(400);

/// Connections for pictures of time and facets.
const SURVEY_CONNECTIONS: u32 = 6;
/// A statement of a picture is cut after this long.
const SURVEY_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Connections for pictures and facets that somebody wants exact.
const EXACT_CONNECTIONS: u32 = 2;
/// A statement of an exact picture is cut after this long.
const EXACT_TIMEOUT: Duration = Duration::from_secs(30);

/// Connections for looking for findings, one span of rows after the other.
const EXAMINING_CONNECTIONS: u32 = 2;
/// A span's query is cut after this long.
const EXAMINING_TIMEOUT: Duration = Duration::from_mins(1);

/// The trading engine's database, to be read.
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
    /// Prepares to read the database at `url`; connects when it is first used.
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
        // A sample is many small reads in an index: there is nothing that a hash table of a whole table, or the
        // table itself, could be better for.
        let sampling = limited(SURVEY_TIMEOUT)
            .with("enable_hashjoin", "off")
            .with("enable_mergejoin", "off")
            .with("enable_seqscan", "off")
            .with("max_parallel_workers_per_gather", "0");
        // Without the check a server that is still looking for the first row would not notice that
        // the person who asked has gone.
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

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
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
