//! Findings, rules and notes.

use domain::finding::{Note, NoteDraft, RuleCount, ScanProgress, StoredFinding};
use domain::form::FieldError;
use uuid::Uuid;

use super::episode::NotSaved;
use super::list::ListPage;

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
    /// How its result differs from the rule's; `None` if they are equal.
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
