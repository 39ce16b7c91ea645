//! Reading the trading engine's tables. Every session is READ ONLY with a time limit; the role it
//! logs in with needs SELECT and nothing more.

mod accounts;
mod advise;
mod choices;
mod columns;
mod details;
mod estimate;
mod events;
mod export;
mod exportable;
mod findings;
mod fragments;
mod identities;
mod kill_switch;
mod list;
mod optional;
mod overview;
mod plan;
mod schema;
mod search;
mod signal_outcome;
mod signals;
mod survey;
mod traces;
mod trades;

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::PgPool;
use tokio::sync::Semaphore;

pub use accounts::EngineAccount;
pub use advise::{Compared, IndexAdvice, Measured, SCRATCH_SCHEMA, Scratch, Taken};
pub(crate) use columns::{Kind, columns};
pub(crate) use estimate::fetch_estimate;
pub use export::{Chunk, Export, ExportFormat, ExportTask};
pub(crate) use export::{ExportPlaces, export_list};
pub use exportable::Exportable;
pub(crate) use findings::{Examined, Reference};
pub use findings::{RuleQuery, rule_query};
pub(crate) use fragments::{and_search, and_text, and_words};
pub(crate) use kill_switch::SNAPSHOT;
pub use kill_switch::{Counted, EpisodeList, MomentsOf, ReviewBook, SwitchState, Undone};
pub(crate) use list::{Branch, Output, count_sql, fetch_count, fetch_page, page_sql, read_json};
pub use list::{EngineView, JsonRow, ListView};
pub use plan::Plan;
pub use search::{Found, Patience};
pub use survey::{Scope, Surveyed};
pub(crate) use trades::and_after_uuid;

use crate::StoreError;
use crate::options::{lazy_pool, parse_url};

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
    pool: PgPool,
    quick: PgPool,
    searches: Arc<Semaphore>,
    essential: PgPool,
    counting: PgPool,
    surveying: PgPool,
    surveying_all: PgPool,
    examining: PgPool,
    exports: ExportPlaces,
    choices: Arc<choices::Cache>,
    histories: Arc<kill_switch::HistoryCache>,
    effects: Arc<kill_switch::EffectCache>,
}

impl EngineDb {
    /// Prepares to read the database at `url`; connects when it is first used.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn new(url: &str) -> Result<Self, StoreError> {
        let options = parse_url(url)?.options([
            ("default_transaction_read_only", "on"),
            ("lock_timeout", "1s"),
            ("jit", "off"),
        ]);
        let limited = |limit: Duration| {
            options
                .clone()
                .options([("statement_timeout", limit.as_millis().to_string())])
        };
        let pool = lazy_pool(limited(PAGE_TIMEOUT), PAGE_CONNECTIONS);
        let quick = lazy_pool(limited(WHOLE_TIMEOUT), PAGE_CONNECTIONS);
        let essential = lazy_pool(limited(ESSENTIAL_TIMEOUT), ESSENTIAL_CONNECTIONS);
        let counting = lazy_pool(limited(COUNT_TIMEOUT), COUNT_CONNECTIONS);
        // A sample is many small reads in an index: there is nothing that a hash table of a whole table, or the
        // table itself, could be better for.
        let surveying = lazy_pool(
            limited(SURVEY_TIMEOUT).options([
                ("enable_hashjoin", "off"),
                ("enable_mergejoin", "off"),
                ("enable_seqscan", "off"),
                ("max_parallel_workers_per_gather", "0"),
            ]),
            SURVEY_CONNECTIONS,
        );
        let surveying_all = lazy_pool(limited(EXACT_TIMEOUT), EXACT_CONNECTIONS);
        let examining = lazy_pool(limited(EXAMINING_TIMEOUT), EXAMINING_CONNECTIONS);
        // Without the check a server that is still looking for the first row would not notice that
        // the person who asked has gone.
        let export_options = options.options([
            ("statement_timeout", "0"),
            ("client_connection_check_interval", "1s"),
        ]);
        Ok(Self {
            url: Arc::from(url),
            pool,
            quick,
            searches: Arc::new(Semaphore::new(SEARCHES_AT_ONCE)),
            essential,
            counting,
            surveying,
            surveying_all,
            examining,
            exports: ExportPlaces::new(export_options),
            choices: Arc::default(),
            histories: Arc::default(),
            effects: Arc::default(),
        })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.essential).await?;
        Ok(())
    }

    pub(crate) const fn pool(&self) -> &PgPool {
        &self.pool
    }
}
