//! What every request shares.

use std::ops::Deref;
use std::sync::Arc;

use app::model::Assets;
use domain::day::DayNumbers;
use store::engine::{ReviewPolicy, SchemaReport};
use store::{ConsoleDb, EngineDb, StoreError};

use crate::assets;
use crate::auth::gate::Gate;
use crate::config::{ConfigError, Settings};
use crate::drafts::Sealer;
use crate::exports::service::ExportService;
use crate::health::Databases;
use crate::hosts::Hosts;
use crate::kill_switch_status::KillSwitchStatus;
use crate::live::Redis;
use crate::nav_counts::NavCounts;
use crate::saved::SavedViewMenus;
use crate::surveys::Surveys;
use crate::swr_cache::SwrCache;

/// What every request shares; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The parts of [`App`].
pub struct Shared {
    /// The trading engine's database.
    pub engine: EngineDb,
    /// Schema `audit_console`.
    pub console: ConsoleDb,
    /// The record of reviews, and how long one may take.
    pub review_policy: ReviewPolicy,
    /// The kill switch's state, for every page's header.
    pub kill_switch: SwrCache<KillSwitchStatus>,
    /// What needs somebody, for every page's navigation.
    pub nav_counts: SwrCache<NavCounts>,
    /// The last day in numbers, for the overview.
    pub last_day: SwrCache<DayNumbers>,
    /// What the databases answer, for those who ask whether the console is ready.
    pub databases: SwrCache<Databases>,
    /// How the engine's tables differ from what the console reads.
    pub schema: SwrCache<Arc<SchemaReport>>,
    /// The menus of saved views.
    pub saved: SavedViewMenus,
    /// What lists amount to.
    pub surveys: Arc<Surveys>,
    /// Exports: who waits, who runs, how far they are.
    pub exports: Arc<ExportService>,
    /// The engine's Redis, where one is configured.
    pub redis: Redis,
    /// Who may try to log in now.
    pub gate: Gate,
    /// Seals what was typed before a session ended.
    pub sealer: Sealer,
    /// By which names the console answers.
    pub hosts: Hosts,
    /// The configuration.
    pub settings: Settings,
    /// Paths of the static files.
    pub assets: Assets,
}

/// The program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration is at fault.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A database is.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody reads standard output any more: whoever did has what they wanted.
    #[error("nobody reads standard output any more")]
    ReaderGone,
    /// Something else is, in words.
    #[error("{0}")]
    Other(String),
}

impl App {
    /// Checks before something is done that writes to the record: that schema `audit_console` is up to date,
    /// and that the record is protected.
    ///
    /// # Errors
    /// When it is not, naming each difference and what to run; or the database is away.
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

    /// Compares the engine's tables with what the console reads. However many ask at once, one statement does for them.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn look_at_schema(&self) -> Result<Arc<SchemaReport>, StoreError> {
        let engine = self.engine.clone();
        let look = || async move { engine.look_at_schema().await };
        self.schema.load_shared(look).await
    }

    /// Prepares everything; connects to nothing yet.
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
            kill_switch: SwrCache::default(),
            nav_counts: SwrCache::default(),
            last_day: SwrCache::default(),
            databases: SwrCache::single_flight(),
            schema: SwrCache::single_flight(),
            saved: SavedViewMenus::default(),
            surveys: Arc::default(),
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
