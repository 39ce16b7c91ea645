//! The value of parameter `actor`.

use uuid::Uuid;

/// An actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody: rows without a user.
    System,
    /// The user with this id.
    Id(Uuid),
    /// The user with this e-mail, ignoring case.
    Email(String),
}

impl Actor {
    /// Reads a user id, an e-mail or `system`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "system" {
            Some(Self::System)
        } else if let Ok(id) = Uuid::try_parse(text) {
            Some(Self::Id(id))
        } else {
            text.contains('@').then(|| Self::Email(text.to_owned()))
        }
    }

    /// Prints it as [`Actor::parse`] reads it.
    #[must_use]
    pub fn print(&self) -> String {
        match self {
            Self::System => "system".to_owned(),
            Self::Id(id) => id.to_string(),
            Self::Email(email) => email.clone(),
        }
    }
}
