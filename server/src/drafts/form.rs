//! The forms whose text is kept when a session ends, by their addresses.

use uuid::Uuid;

/// A form whose text is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypedForm {
    /// The review of this episode.
    Review(Uuid),
    /// A note about this finding.
    Note(Uuid),
    /// The name of a new saved view.
    NewView,
    /// The new name of this saved view.
    OtherName(Uuid),
}

impl TypedForm {
    /// The form that is posted to this path.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        let id = |text: &str| Uuid::try_parse(text).ok();
        let parts: Vec<&str> = path.split('/').skip(1).collect();
        match parts.as_slice() {
            ["kill-switch", episode, "review"] => id(episode).map(Self::Review),
            ["findings", finding, "notes"] => id(finding).map(Self::Note),
            ["views"] => Some(Self::NewView),
            ["views", view, "rename"] => id(view).map(Self::OtherName),
            _ => None,
        }
    }

    /// The path to which it is posted.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Review(episode) => format!("/kill-switch/{episode}/review"),
            Self::Note(finding) => format!("/findings/{finding}/notes"),
            Self::NewView => "/views".to_owned(),
            Self::OtherName(view) => format!("/views/{view}/rename"),
        }
    }

    /// The path of the page that shows it again.
    #[must_use]
    pub fn page(self) -> String {
        match self {
            Self::Review(_) | Self::Note(_) => self.path(),
            Self::NewView | Self::OtherName(_) => "/views".to_owned(),
        }
    }

    /// The link to the form on that page.
    #[must_use]
    pub fn link(self) -> String {
        let anchor = match self {
            Self::Review(_) => "#review",
            Self::Note(_) => "#notes",
            Self::NewView | Self::OtherName(_) => "",
        };
        format!("{}{anchor}", self.page())
    }

    /// The notice on the log-in page.
    #[must_use]
    pub const fn ended(self) -> &'static str {
        match self {
            Self::Review(_) => "Your session ended. Log in and your review is still there.",
            Self::Note(_) => "Your session ended. Log in and your note is still there.",
            Self::NewView | Self::OtherName(_) => {
                "Your session ended. Log in and the name you typed is still there."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_the_path_that_it_is_posted_to() {
        let id = Uuid::from_u128(7);
        for form in [
            TypedForm::Review(id),
            TypedForm::Note(id),
            TypedForm::NewView,
            TypedForm::OtherName(id),
        ] {
            assert_eq!(TypedForm::at(&form.path()), Some(form));
        }
        for other in [
            "/",
            "/login",
            "/kill-switch/x/review",
            "/views/new",
            "views",
        ] {
            assert_eq!(TypedForm::at(other), None, "{other}");
        }
    }
}
