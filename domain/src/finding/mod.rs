//! Findings: what an auditor wants to be told without looking.
//!
//! [`Rule`] says what is looked for. [`mod@slice`] looks at the rows of a span of time, [`state`] at what holds
//! now. What is found is a [`Finding`]: about one subject, at most one of each rule. Nothing here asks a
//! database.

mod clock;
mod events;
mod explanation;
mod note;
mod progress;
mod reading;
mod rule;
pub mod slice;
pub mod state;
pub mod trades;

use uuid::Uuid;

use crate::filter::ParamEnum;
use crate::time::Timestamp;

pub use note::{Answer, NOTE_LENGTH, Note, NoteDraft, Remark};
pub use progress::{OpenFindings, Rebuild, RuleCount, RuleProgress, ScanProgress};
pub use reading::DetailsCheck;
pub use rule::{Group, Rule, Severity};

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// Of which kind.
    pub kind: SubjectKind,
    /// Its id as text, at most [`LONGEST_ID`] characters: an id that no table knows need not be one.
    pub id: String,
}

/// Most characters of a subject's id.
pub const LONGEST_ID: usize = 200;

/// Kinds of subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// `trade_audit`
    Decision,
    /// `orders`
    Order,
    /// `audit_log`
    Event,
    /// `signal`, written by a collector.
    Signal,
    /// `deployed_algorithms`
    Deployment,
    /// `algorithms`
    Algorithm,
    /// `user`
    User,
    /// `system_setting`
    Setting,
    /// A table of the console's own record, or its schema.
    Record,
}

impl SubjectKind {
    /// Every kind with its word.
    pub const VALUES: [(Self, &'static str); 9] = [
        (Self::Decision, "decision"),
        (Self::Order, "order"),
        (Self::Event, "event"),
        (Self::Signal, "signal"),
        (Self::Deployment, "deployment"),
        (Self::Algorithm, "algorithm"),
        (Self::User, "user"),
        (Self::Setting, "setting"),
        (Self::Record, "record"),
    ];

    /// As exports spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let mut words = Self::VALUES.iter();
        words
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, word)| word)
    }

    /// Reads what [`SubjectKind::as_str`] says.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = Self::VALUES.iter();
        words.find(|(_, word)| *word == text).map(|(kind, _)| *kind)
    }
}

impl Subject {
    /// The subject of this id.
    #[must_use]
    pub fn new(kind: SubjectKind, id: &dyn std::fmt::Display) -> Self {
        let id = id.to_string().chars().take(LONGEST_ID).collect();
        Self { kind, id }
    }

    /// The page that shows it, where there is one.
    #[must_use]
    pub fn path(&self) -> Option<String> {
        let id = &self.id;
        match self.kind {
            SubjectKind::Decision => Some(format!("/trades/{id}")),
            SubjectKind::Order => Some(format!("/traces/{id}")),
            SubjectKind::Event => Some(format!("/events/{id}")),
            SubjectKind::Signal => Some(format!("/signals/{id}")),
            SubjectKind::Setting => Some("/".to_owned()),
            SubjectKind::Deployment
            | SubjectKind::Algorithm
            | SubjectKind::User
            | SubjectKind::Record => None,
        }
    }

    /// The page of its trace, where it is a row that a trace can be asked for by.
    #[must_use]
    pub fn trace(&self) -> Option<String> {
        let traced = matches!(self.kind, SubjectKind::Decision | SubjectKind::Order);
        traced.then(|| format!("/traces/{}", self.id))
    }
}

/// Something that does not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule says so.
    pub rule: Rule,
    /// About what.
    pub subject: Subject,
    /// The subject's time.
    pub at: Timestamp,
    /// Its coin.
    pub asset: Option<String>,
    /// Its algorithm's id.
    pub algorithm: Option<String>,
    /// What was found, in a sentence. It says all that the finding rests on: when it changes, the finding
    /// is another one, and what was written about the old one no longer explains it.
    pub summary: String,
}

/// A finding as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFinding {
    /// Its id, the same whenever the same rule finds the same subject.
    pub id: Uuid,
    /// What was found.
    pub finding: Finding,
    /// Its algorithm's name, where it is known.
    pub algorithm_name: Option<String>,
    /// When it was found first.
    pub found_at: Timestamp,
    /// Whether it needs somebody.
    pub state: FindingState,
}

/// Whether a finding needs somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingState {
    /// Nobody has said anything about it as it is now.
    Open,
    /// It was acknowledged or explained.
    Explained,
}

impl ParamEnum for FindingState {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Open, "open"), (Self::Explained, "explained")];
    const EXPECTED: &'static str = "open or explained";
}
