//! Accounts by their id: of the engine, or of the console itself.

use uuid::Uuid;

/// An account: of the engine, or of the console itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A row of the engine's table `user`.
    Engine(Uuid),
    /// A row of `audit_console.account`.
    Console(Uuid),
}

impl Subject {
    /// `engine` or `console`, as stored in the console's tables.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Engine(_) => "engine",
            Self::Console(_) => "console",
        }
    }

    /// The id within its kind.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Engine(id) | Self::Console(id) => id,
        }
    }

    /// Parses the kind and id of a row in the console's tables.
    #[must_use]
    pub fn from_parts(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "engine" => Some(Self::Engine(id)),
            "console" => Some(Self::Console(id)),
            _ => None,
        }
    }
}
