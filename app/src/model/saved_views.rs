//! A person's saved views.

use domain::catalogue::View;
use domain::form::FieldError;
use domain::saved::{SavedQuery, SavedView};
use uuid::Uuid;

/// A person's saved views.
#[derive(Clone, Debug)]
pub struct ViewsPage {
    /// Those of every list, by list and name.
    pub views: Vec<SavedView>,
    /// A rejected name, to be corrected.
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
