//! Kill-switch episodes and their reviews.

use domain::calendar::Band;
use domain::dossier::Dossier;
use domain::episode::KillSwitchEvent;
use domain::form::FieldError;
use domain::review::{Draft, Refusal, Review, ReviewProgress};
use uuid::Uuid;

use super::list::ListPage;

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
