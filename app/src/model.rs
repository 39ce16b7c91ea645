//! What the server hands to the pages: plain values, ready to be shown. Pages do no I/O.

mod survey_panel;

use std::sync::Arc;

use chrono_tz::Tz;
use domain::calendar::Band;
use domain::catalogue::{ListRow, View};
use domain::day::DayNumbers;
use domain::dossier::Dossier;
use domain::episode::{History, KillSwitchEvent};
use domain::event::Event;
use domain::filter::{ListQuery, SavedColumns, Window};
use domain::finding::{Note, NoteDraft, OpenFindings, RuleCount, ScanProgress, StoredFinding};
use domain::form::FieldError;
use domain::live::LiveState;
use domain::page::{Count, Page};
use domain::query::ParamError;
use domain::review::{Draft, Refusal, Review, ReviewProgress};
use domain::role::Role;
use domain::saved::{SavedQuery, SavedView};
use domain::signal::Signal;
use domain::time::Timestamp;
use domain::trace::Trace;
use domain::trade::TradeDetail;
use uuid::Uuid;

pub use survey_panel::{CachedSurvey, RenderedSurvey, SurveyPanel};

/// The colour scheme that a person chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// The system’s.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The person who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their e-mail.
    pub email: String,
    /// Their role; none for an account that may only log out.
    pub role: Option<Role>,
}

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

/// The kill switch's live state as every page's header shows it, and as `/api/v1/live` says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivePill {
    /// `ok`, `quiet`, `warn`, `stop` or `leak`.
    pub tone: &'static str,
    /// The fragment of its shape: `#m-dot`.
    pub mark: &'static str,
    /// `Stopped`.
    pub short: &'static str,
    /// ` since 18:35`, or nothing.
    pub since: String,
    /// What it rests on, in sentences.
    pub title: String,
}

/// What needs somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NavBadges {
    /// Open kill-switch episodes.
    pub open_episodes: u64,
    /// Reviews that are not done, and have time.
    pub pending_reviews: u64,
    /// Reviews that are not done and should be.
    pub overdue_reviews: u64,
    /// Findings that nobody has explained.
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

/// Values to offer in a filter form, by parameter name.
pub type FilterOptions = Vec<(&'static str, Arc<[String]>)>;

/// A list page.
#[derive(Clone, Debug)]
pub struct ListPage {
    /// The query that the URL says.
    pub query: ListQuery,
    /// The span of time that it amounts to.
    pub window: Window,
    /// The rows, and the cursors to the neighbours.
    pub page: Page<ListRow>,
    /// How many rows match.
    pub count: Count,
    /// Values to offer in the filter form, by parameter name (for example the known assets).
    pub filter_options: FilterOptions,
    /// How far the search got where it was cut before the page was full; the page's next cursor goes on from
    /// there.
    pub searched_to: Option<Timestamp>,
    /// The person's saved views of this list; none when they could not be read.
    pub saved: Option<Arc<[SavedView]>>,
}

/// A document in pieces, so that the first can be sent before the rest is known.
#[derive(Clone, Debug)]
pub struct Streamed {
    /// Up to its rows.
    pub before: String,
    /// Its rows, up to where what is late stands.
    pub rows: String,
    /// From there to the end.
    pub after: String,
}

/// What is late of a document.
#[derive(Clone, Debug)]
pub struct DeferredPart {
    /// The head of the picture's card.
    pub head: String,
    /// What stands in the card, and the facets.
    pub drawn: Arc<RenderedSurvey>,
    /// The end of the card, between the two.
    pub between: String,
}

/// The kill-switch list's extras.
#[derive(Clone, Debug)]
pub struct KillSwitchPage {
    /// The list.
    pub list: ListPage,
    /// Unmatched events, newest first.
    pub strays: Vec<KillSwitchEvent>,
    /// What the whole history amounts to, whatever the filter.
    pub band: Band,
}

/// A decision's page.
#[derive(Clone, Debug)]
pub struct TradePage {
    /// All there is to know of it.
    pub detail: TradeDetail,
    /// How it came about and what became of it.
    pub trace: Trace,
    /// What does not add up about its rows.
    pub findings: Vec<StoredFinding>,
}

/// A trace's page, which is an order's, too.
#[derive(Clone, Debug)]
pub struct TracePage {
    /// The trace.
    pub trace: Trace,
    /// What does not add up about its rows.
    pub findings: Vec<StoredFinding>,
}

/// A signal's page.
#[derive(Clone, Debug)]
pub struct SignalPage {
    /// The signal; its details are its raw json.
    pub signal: Signal,
    /// The event behind an executor signal.
    pub event: Option<Event>,
    /// The trade that an executor signal led to.
    pub trace: Option<Trace>,
    /// What does not add up about it.
    pub findings: Vec<StoredFinding>,
}

/// An event's page.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// The event.
    pub event: Event,
    /// The episode that a kill-switch event belongs to.
    pub episode: Option<Uuid>,
    /// The trade that a trade event is a step of.
    pub trace: Option<Trace>,
    /// What does not add up about it.
    pub findings: Vec<StoredFinding>,
}

/// An episode's page.
#[derive(Clone, Debug)]
pub struct EpisodePage {
    /// What is known of the episode.
    pub dossier: Dossier,
    /// Every entry of its review, in order.
    pub reviews: Vec<Review>,
    /// How far the review has got.
    pub review_progress: ReviewProgress,
    /// What the person may do about it.
    pub permission: ReviewPermission,
    /// Where people reach the console, for paper; empty where that is not configured.
    pub console_url: String,
}

/// What the person who looks at an episode may do about its review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewPermission {
    /// They are no admin.
    NotAdmin,
    /// A rule keeps them from it.
    Refused {
        /// Which rule.
        refusal: Refusal,
        /// What they had typed when they were refused, to be kept; empty fields when nothing was.
        draft: Draft,
    },
    /// They may sign.
    Open(Box<ReviewForm>),
}

/// The form of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewForm {
    /// What is in the fields.
    pub draft: Draft,
    /// What could not be taken, each with its field's name.
    pub errors: Vec<FieldError>,
    /// Why nothing was written although the fields are as they should be.
    pub not_saved: Option<NotSaved>,
    /// Entries that its writer has seen: the next one must follow exactly these.
    pub seen: u32,
    /// What its writer has seen of the episode, by [`domain::review::facts`].
    pub facts: String,
    /// Names this entry, so that it is written once however often the form is sent.
    pub key: Uuid,
    /// Whether the person has signed this episode before: then this is an amendment.
    pub has_signed: bool,
}

/// Why an entry of a review, or a note about a finding, was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSaved {
    /// The session had ended: nothing was sent, and it is to be sent again.
    SessionEnded,
    /// Somebody else wrote one meanwhile: theirs is on the page now.
    Overtaken,
    /// What it is about is no longer what its writer had seen.
    FactsChanged,
    /// The same form was sent before, with another text.
    SentBefore,
    /// The record is not protected: nothing is written to it.
    Unprotected,
}

/// The list of findings, and what the rules amount to.
#[derive(Clone, Debug)]
pub struct FindingsPage {
    /// The list.
    pub list: ListPage,
    /// How many findings each rule has, whatever the filter; a rule without any is not in it.
    pub counts: Vec<RuleCount>,
    /// How far the rules have got.
    pub scan_progress: ScanProgress,
}

/// A rule's page.
#[derive(Clone, Debug)]
pub struct RulePage {
    /// Which rule, and how many findings it has.
    pub count: RuleCount,
    /// How far the rules have got.
    pub scan_progress: ScanProgress,
    /// SQL that shows the same subjects.
    pub query: String,
    /// In what it tells something else than the rule; none where they tell the same.
    pub differs: Option<&'static str>,
}

/// A finding's page.
#[derive(Clone, Debug)]
pub struct FindingPage {
    /// The finding.
    pub kept: StoredFinding,
    /// What people wrote about it, in order.
    pub notes: Vec<Note>,
    /// The form of the next note.
    pub form: NoteForm,
}

/// The form of a note about a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteForm {
    /// What is in the fields.
    pub draft: NoteDraft,
    /// What could not be taken, each with its field's name.
    pub errors: Vec<FieldError>,
    /// Why nothing was written although the fields are as they should be.
    pub not_saved: Option<NotSaved>,
    /// Notes that its writer has seen: the next one must follow exactly these.
    pub seen: u32,
    /// The finding's summary, as its writer has seen it.
    pub about: String,
    /// Names this note, so that it is written once however often the form is sent.
    pub key: Uuid,
}

/// A person's saved views.
#[derive(Clone, Debug)]
pub struct ViewsPage {
    /// Those of every list, by list and name.
    pub views: Vec<SavedView>,
    /// A name that was refused, to be given again.
    pub refused: Option<RejectedName>,
}

/// A name of a saved view that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedName {
    /// What was to have it.
    pub target: NameTarget,
    /// As it was typed.
    pub name: String,
    /// Why it cannot have it.
    pub refusal: NameRejection,
}

/// What a name is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameTarget {
    /// A query of a list that is to be saved.
    New(View, SavedQuery),
    /// A view that is to be renamed.
    Saved(Uuid),
}

/// Why a view was not saved or renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameRejection {
    /// The session had ended: nothing was sent, and it is to be sent again.
    SessionEnded,
    /// It is no name.
    Wrong(FieldError),
    /// Another view of the same list has it.
    Taken,
    /// The person has as many views as one may have.
    TooMany,
}

/// The overview.
#[derive(Clone, Debug)]
pub struct OverviewPage {
    /// Decisions of the last 24 hours, by outcome.
    pub last_day: DayNumbers,
    /// The list of events.
    pub events: View,
    /// The newest events.
    pub newest_events: Vec<ListRow>,
    /// Every kill-switch episode, to tell the open ones and the last.
    pub history: History,
}

/// The log-in page.
#[derive(Clone, Debug, Default)]
pub struct LoginPage {
    /// What went wrong before, for people.
    pub message: Option<String>,
    /// Why one has to log in.
    pub notice: Option<String>,
    /// The e-mail that was typed.
    pub email: String,
    /// Where to go after: a local path.
    pub next: String,
    /// What was typed before a session ended, sealed.
    pub draft: Option<String>,
}

/// An error page.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    /// HTTP status.
    pub status: u16,
    /// One line: `No such decision`.
    pub title: String,
    /// What to do next, for people; never internal text.
    pub message: String,
    /// The parameters at fault.
    pub faults: Option<ParamError>,
    /// The same address without them.
    pub corrected: Option<String>,
    /// The list's filter, to be mended.
    pub filter: Option<RejectedFilter>,
    /// The request's id, to quote.
    pub request_id: Option<String>,
    /// A way out: label and path.
    pub way_out: (String, String),
}

/// A list's filter without what is at fault.
#[derive(Clone, Debug)]
pub struct RejectedFilter {
    /// The list.
    pub view: View,
    /// Its query without the parameters at fault.
    pub query: SavedQuery,
    /// Values to offer in the form.
    pub filter_options: FilterOptions,
}
