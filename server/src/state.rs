//! What every request shares.

use std::ops::Deref;
use std::sync::Arc;

use app::model::Assets;
use domain::day::DayNumbers;
use store::engine::ReviewBook;
use store::{ConsoleDb, EngineDb, StoreError};

use crate::assets;
use crate::attention::Needed;
use crate::auth::password::Hasher;
use crate::config::{ConfigError, Settings};
use crate::exports::desk::Desk;
use crate::kept::Kept;
use crate::live::Redis;
use crate::saved::SavedMenus;
use crate::surveys::Surveys;
use crate::switch::Switch;

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
    pub book: ReviewBook,
    /// The kill switch's state, for every page's header.
    pub switch: Kept<Switch>,
    /// What needs somebody, for every page's navigation.
    pub attention: Kept<Needed>,
    /// The last day in numbers, for the overview.
    pub last_day: Kept<DayNumbers>,
    /// The menus of saved views.
    pub saved: SavedMenus,
    /// What lists amount to.
    pub surveys: Arc<Surveys>,
    /// Exports: who waits, who runs, how far they are.
    pub exports: Arc<Desk>,
    /// The engine's Redis, where one is configured.
    pub redis: Redis,
    /// Checks passwords, a few at a time.
    pub hasher: Hasher,
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
    /// Prepares everything; connects to nothing yet.
    ///
    /// # Errors
    /// When a URL cannot be read.
    pub fn new(settings: Settings) -> Result<Self, StartError> {
        settings.check()?;
        let unreadable = |error: StoreError| ConfigError(error.to_string());
        let console = ConsoleDb::new(&settings.console_url()?).map_err(unreadable)?;
        Ok(Self(Arc::new(Shared {
            engine: EngineDb::new(&settings.engine_url()?).map_err(unreadable)?,
            book: ReviewBook {
                console: console.clone(),
                patience: settings.review_patience(),
            },
            console,
            switch: Kept::default(),
            attention: Kept::default(),
            last_day: Kept::default(),
            saved: SavedMenus::default(),
            surveys: Arc::default(),
            exports: Arc::default(),
            redis: Redis::new(settings.redis().as_deref())?,
            hasher: Hasher::default(),
            assets: assets::find(settings.site_root.as_deref()),
            settings,
        })))
    }
}
