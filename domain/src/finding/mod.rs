//! Findings: irregularities in the engine's data that rules detect.
//!
//! [`Rule`] lists the rules. [`mod@slice`] applies them to the rows of a span of time, [`state`] to the present state.
//! Each rule reports at most one [`Finding`] per subject. Nothing here queries a database.

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

/// The subject of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// Its kind.
    pub kind: SubjectKind,
    /// Its id as text, at most [`LONGEST_ID`] characters. Unknown ids need not be valid ids.
    pub id: String,
}

/// Maximum number of characters of a subject's id.
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

    /// Its word in exports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let mut words = Self::VALUES.iter();
        words
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, word)| word)
    }

    /// Parses the word of [`SubjectKind::as_str`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = Self::VALUES.iter();
        words.find(|(_, word)| *word == text).map(|(kind, _)| *kind)
    }
}

impl Subject {
    /// The subject with this id.
    #[must_use]
    pub fn new(kind: SubjectKind, id: &dyn std::fmt::Display) -> Self {
        let id = id.to_string().chars().take(LONGEST_ID).collect();
        Self { kind, id }
    }

    /// Path of the page that shows it, if there is one.
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

    /// Path of its trace, for decisions and orders.
    #[must_use]
    pub fn trace(&self) -> Option<String> {
        let traced = matches!(self.kind, SubjectKind::Decision | SubjectKind::Order);
        traced.then(|| format!("/traces/{}", self.id))
    }
}

/// A finding of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// The subject.
    pub subject: Subject,
    /// The subject's time.
    pub at: Timestamp,
    /// Its coin.
    pub asset: Option<String>,
    /// Its algorithm's id.
    pub algorithm: Option<String>,
    /// A sentence on what was found, with all facts that the finding rests on. When it changes, notes about the old
    /// summary no longer explain the finding.
    pub summary: String,
}

/// A finding as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFinding {
    /// Its id, the same whenever the same rule finds the same subject.
    pub id: Uuid,
    /// The finding.
    pub finding: Finding,
    /// Its algorithm's name, if known.
    pub algorithm_name: Option<String>,
    /// When it was first found.
    pub found_at: Timestamp,
    /// Whether it is open or explained.
    pub state: FindingState,
}

/// Whether a finding is open or explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingState {
    /// No note refers to its present summary.
    Open,
    /// A note acknowledges or explains its present summary.
    Explained,
}

impl ParamEnum for FindingState {
    const VALUES: &'static [(Self, &'static str)] =
        &[(Self::Open, "open"), (Self::Explained, "explained")];
    const EXPECTED: &'static str = "open or explained";
}
