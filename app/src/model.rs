//! What the server hands to the pages: plain values, ready to be shown. Pages do no I/O.

mod context;
mod episode;
mod error;
mod finding;
mod list;
mod overview;
mod saved_views;
mod survey_panel;
mod trade;

pub use context::{Assets, CutExport, IslandFiles, NavBadges, PageContext, Person, RecordNotice};
pub use episode::{EpisodePage, KillSwitchPage, NotSaved, ReviewForm, ReviewPermission};
pub use error::{ErrorPage, LoginPage, RejectedFilter};
pub use finding::{FindingPage, FindingsPage, NoteForm, RulePage};
pub use list::{DeferredPart, FilterOptions, ListPage, Streamed};
pub use overview::OverviewPage;
pub use saved_views::{NameRejection, NameTarget, RejectedName, ViewsPage};
pub use survey_panel::{CachedSurvey, RenderedSurvey, SurveyPanel};
pub use trade::{EventPage, SignalPage, TracePage, TradePage};
