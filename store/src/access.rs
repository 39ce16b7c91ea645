//! Who is asking. Roles are handles: code that reads needs one, and without the role there is none to
//! pass on, so a forgotten check does not compile.

use domain::role::Role;
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
    /// `engine` or `console`, as the console's tables spell it.
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

    /// Reads what the console's tables hold.
    #[must_use]
    pub fn from_parts(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "engine" => Some(Self::Engine(id)),
            "console" => Some(Self::Console(id)),
            _ => None,
        }
    }
}

/// The person behind a request, whose session and account were both looked up for it.
#[derive(Clone, Debug)]
pub struct CurrentUser {
    subject: Subject,
    email: String,
    role: Option<Role>,
    timezone: Option<String>,
}

impl CurrentUser {
    pub(crate) const fn new(
        subject: Subject,
        email: String,
        role: Option<Role>,
        timezone: Option<String>,
    ) -> Self {
        Self {
            subject,
            email,
            role,
            timezone,
        }
    }

    /// The account.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        self.subject
    }

    /// The account's e-mail.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The role that is in force now.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        self.role
    }

    /// The zone of the engine's profile, as stored.
    #[must_use]
    pub fn timezone(&self) -> Option<&str> {
        self.timezone.as_deref()
    }

    /// The right to read, for auditors and admins.
    #[must_use]
    pub const fn auditor(&self) -> Option<Auditor> {
        match self.role {
            Some(Role::Auditor | Role::Admin) => Some(Auditor(())),
            None => None,
        }
    }
}

/// The right to read every view and to export it.
#[derive(Clone, Copy, Debug)]
pub struct Auditor(());

impl Auditor {
    /// The right of whoever runs the command line: they hold the database's password anyway.
    #[must_use]
    pub const fn operator() -> Self {
        Self(())
    }
}
