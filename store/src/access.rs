//! Who is asking. Roles are handles: code that reads needs one, and without the role there is none to
//! pass on, so a forgotten check does not compile.

pub use domain::account::Subject;
use domain::review::Reviewer;
use domain::role::Role;

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

    /// The right to review, for admins.
    #[must_use]
    pub fn admin(&self) -> Option<Admin> {
        match self.role {
            Some(Role::Admin) => Some(Admin(self.reviewer())),
            Some(Role::Auditor) | None => None,
        }
    }

    /// The right to write about findings and to save views, for auditors and admins.
    #[must_use]
    pub fn author(&self) -> Option<Author> {
        self.auditor().map(|_| Author(self.reviewer()))
    }

    /// The person as a reviewer would be known.
    #[must_use]
    pub fn reviewer(&self) -> Reviewer {
        Reviewer {
            subject: self.subject,
            email: self.email.clone(),
        }
    }
}

/// The right to review kill-switch episodes, and who has it: what is signed carries this name.
#[derive(Clone, Debug)]
pub struct Admin(Reviewer);

impl Admin {
    /// Who signs.
    #[must_use]
    pub const fn reviewer(&self) -> &Reviewer {
        &self.0
    }
}

/// The right to write notes about findings and to save views, and who has it: what is written carries this
/// name.
#[derive(Clone, Debug)]
pub struct Author(Reviewer);

impl Author {
    /// Who writes.
    #[must_use]
    pub const fn writer(&self) -> &Reviewer {
        &self.0
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
