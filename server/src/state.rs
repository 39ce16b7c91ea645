//! The state that requests share.

use std::ops::Deref;
use std::sync::Arc;

use app::model::{Assets, CachedSurvey, FilterOptions};
use domain::catalogue::View;
use domain::day::DayNumbers;
use domain::saved::SavedView;
use store::access::Subject;
use store::engine::{ReviewPolicy, SchemaReport};
use store::{ConsoleDb, EngineDb, StoreError};

use crate::auth::gate::Gate;
use crate::config::{ConfigError, Settings};
use crate::drafts::Sealer;
use crate::exports::service::ExportService;
use crate::health::{self, Databases};
use crate::hosts::Hosts;
use crate::kill_switch_status::{self, KillSwitchStatus};
use crate::live::Redis;
use crate::nav_counts::{self, NavCounts};
use crate::pages::overview;
use crate::swr_cache::{Freshness, SwrCache, SwrPolicy};
use crate::{assets, filter_options, saved, surveys};

/// The state that requests share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The fields of [`App`].
pub struct Shared {
    /// The trading engine's database.
    pub engine: EngineDb,
    /// Schema `audit_console`.
    pub console: ConsoleDb,
    /// Where reviews are recorded, and how long one may take.
    pub review_policy: ReviewPolicy,
    /// The kill switch's state, for every page's header.
    pub kill_switch: SwrCache<(), KillSwitchStatus>,
    /// The counts of every page's navigation.
    pub nav_counts: SwrCache<(), NavCounts>,
    /// The numbers of the last 24 hours, for the overview.
    pub last_day: SwrCache<(), DayNumbers>,
    /// Which databases answer, for `/readyz`.
    pub databases: SwrCache<(), Databases>,
    /// Differences between the engine's tables and what the console reads.
    pub schema: SwrCache<(), Arc<SchemaReport>>,
    /// Saved views by owner and list, for the menus of lists.
    pub saved: SwrCache<(Subject, View), Arc<[SavedView]>>,
    /// The values that the form of a list offers.
    pub filter_options: SwrCache<View, FilterOptions>,
    /// The surveys of lists.
    pub surveys: SwrCache<String, Arc<CachedSurvey>>,
    /// Exports: queue, progress, rights.
    pub exports: Arc<ExportService>,
    /// The engine's Redis, where one is configured.
    pub redis: Redis,
    /// Limits attempts to log in.
    pub gate: Gate,
    /// Seals drafts of forms.
    pub sealer: Sealer,
    /// The host names that the console answers to.
    pub hosts: Hosts,
    /// The configuration.
    pub settings: Settings,
    /// Paths of the static files.
    pub assets: Assets,
}

/// A command failed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The reader of standard output has closed it.
    #[error("standard output is closed")]
    ReaderGone,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl App {
    /// Checks that schema `audit_console` is up to date and that the record is protected, before a command writes to it.
    ///
    /// # Errors
    /// When it is not, naming each difference and what to run; or the database is unavailable.
    pub async fn check_record(&self) -> Result<(), StartError> {
        self.console.check_schema().await?;
        let state = self.console.check_record().await?;
        if state.may_record() {
            return Ok(());
        }
        let trial = if state.breaches.iter().all(|breach| breach.is_of_role) {
            "\nfor a trial with one role: --allow-owner (AUDIT_CONSOLE_ALLOW_OWNER=true); every page then says so"
        } else {
            ""
        };
        Err(StartError::Other(format!(
            "the record is not protected:\n{}{trial}",
            state.lines()
        )))
    }

    /// Compares the engine's tables with what the console reads. Concurrent callers share a comparison.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub async fn look_at_schema(&self) -> Result<Arc<SchemaReport>, StoreError> {
        let engine = self.engine.clone();
        let look = || async move { engine.look_at_schema().await };
        self.schema.get(&(), Freshness::Now, look).await
    }

    /// Prepares the state; connects to nothing yet.
    ///
    /// # Errors
    /// When a URL cannot be read.
    pub fn new(settings: Settings) -> Result<Self, StartError> {
        settings.check()?;
        let unreadable = |error: StoreError| ConfigError(error.to_string());
        let console = ConsoleDb::new(&settings.console_url()?).map_err(unreadable)?;
        if settings.allow_owner == Some(true) {
            console.allow_owner();
        }
        Ok(Self(Arc::new(Shared {
            engine: EngineDb::new(&settings.engine_url()?).map_err(unreadable)?,
            review_policy: ReviewPolicy {
                console: console.clone(),
                patience: settings.review_patience(),
            },
            console,
            kill_switch: SwrCache::new(kill_switch_status::POLICY),
            nav_counts: SwrCache::new(nav_counts::POLICY),
            last_day: SwrCache::new(overview::LAST_DAY),
            databases: SwrCache::new(health::POLICY),
            schema: SwrCache::new(SwrPolicy::single_flight("engine schema")),
            saved: SwrCache::new(saved::POLICY),
            filter_options: SwrCache::new(filter_options::POLICY),
            surveys: SwrCache::new(surveys::POLICY),
            exports: Arc::default(),
            redis: Redis::new(settings.redis().as_deref())?,
            gate: Gate::default(),
            sealer: Sealer::default(),
            hosts: settings.hosts()?,
            assets: assets::find(settings.site_root.as_deref()),
            settings,
        })))
    }
}
