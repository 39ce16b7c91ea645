//! What every page needs around its content.

use chrono_tz::Tz;
use domain::catalogue::View;
use domain::filter::SavedColumns;
use domain::finding::OpenFindings;
use domain::live::LiveState;
use domain::role::Role;
use domain::time::Timestamp;
use domain::wire::Theme;
use uuid::Uuid;

/// What every page needs around its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageContext {
    /// Who is logged in; nobody on the log-in page.
    pub person: Option<Person>,
    /// The zone that times are shown in.
    pub zone: Tz,
    /// When the page was made.
    pub now: Timestamp,
    /// The same moment by the engine's database's clock: rows after it lie in the future.
    pub engine_now: Timestamp,
    /// The chosen colour scheme.
    pub theme: Theme,
    /// The lists, in the order of the navigation.
    pub views: Vec<View>,
    /// The columns that the person keeps, by list.
    pub columns: SavedColumns,
    /// The kill switch's live state; none where it is not to be shown.
    pub live: Option<LiveState>,
    /// Episodes and findings that need somebody, for the navigation.
    pub nav_badges: NavBadges,
    /// What every page says about the record, if anything.
    pub record: Option<RecordNotice>,
    /// The person's exports that were cut off a short while ago and can be gone on with.
    pub cut_exports: Vec<CutExport>,
    /// The page's own path and query, where a preference form returns to.
    pub here: String,
    /// For whom the page's forms are made, sealed: what is typed into them outlasts the session. Nothing where there is
    /// no form.
    pub form_owner: String,
    /// The nonce of the page's scripts.
    pub nonce: String,
    /// Where static files are, for example `/pkg` and the style sheet's hashed path.
    pub assets: Assets,
}

/// The person who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their e-mail.
    pub email: String,
    /// Their role; none for an account that may only log out.
    pub role: Option<Role>,
}

/// What every page says about the console's own record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordNotice {
    /// A trial: one role owns the record and serves.
    Trial,
    /// Somebody could rewrite it, and nothing is written to it.
    Unprotected,
}

/// An export that was cut off, and where its rows can be had that are not in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutExport {
    /// Its owner's name for it.
    pub key: Uuid,
    /// `trades`.
    pub what: &'static str,
    /// Why, and how far it had got, in sentences.
    pub why: String,
    /// What the link says.
    pub label: &'static str,
    /// Where the link goes.
    pub address: String,
}

/// The number of items that need a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NavBadges {
    /// Open kill-switch episodes.
    pub open_episodes: u64,
    /// Reviews that are not done, and have time.
    pub pending_reviews: u64,
    /// Reviews that are not done and should be.
    pub overdue_reviews: u64,
    /// Open findings: those without an explanation.
    pub findings: OpenFindings,
}

/// Paths of the static files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The glue script of the islands, the wasm beside it; none when they were not built.
    pub islands: Option<IslandFiles>,
}

/// The islands' script and wasm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IslandFiles {
    /// Path of the JavaScript module that wasm-bindgen made.
    pub js: String,
    /// Path of the wasm.
    pub wasm: String,
}
