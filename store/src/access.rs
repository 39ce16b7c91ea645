//! The signed-in user and the rights of their role. A right is a value ([`Auditor`], [`Author`], [`Admin`]) that
//! functions take as an argument, so code that forgets to check a role does not compile.

pub use domain::account::Subject;
use domain::review::Reviewer;
use domain::role::Role;

/// The user of a request. The session and the account were both looked up for this request.
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

    /// The time zone of the user's engine profile, as stored; not validated.
    #[must_use]
    pub fn timezone(&self) -> Option<&str> {
        self.timezone.as_deref()
    }

    /// The right to read: auditors and admins.
    #[must_use]
    pub const fn auditor(&self) -> Option<Auditor> {
        match self.role {
            Some(Role::Auditor | Role::Admin) => Some(Auditor(())),
            None => None,
        }
    }

    /// The right to review: admins only.
    #[must_use]
    pub fn admin(&self) -> Option<Admin> {
        match self.role {
            Some(Role::Admin) => Some(Admin(self.reviewer())),
            Some(Role::Auditor) | None => None,
        }
    }

    /// The right to write notes and to save views: auditors and admins.
    #[must_use]
    pub fn author(&self) -> Option<Author> {
        self.auditor().map(|_| Author(self.reviewer()))
    }

    /// The user as the author of reviews and notes.
    #[must_use]
    pub fn reviewer(&self) -> Reviewer {
        Reviewer {
            subject: self.subject,
            email: self.email.clone(),
        }
    }
}

/// The right to review kill-switch episodes. Holds the admin whose name a review carries.
#[derive(Clone, Debug)]
pub struct Admin(Reviewer);

impl Admin {
    /// The admin who signs.
    #[must_use]
    pub const fn reviewer(&self) -> &Reviewer {
        &self.0
    }
}

/// The right to write notes about findings and to save views. Holds the author whose name they carry.
#[derive(Clone, Debug)]
pub struct Author(Reviewer);

impl Author {
    /// The user who writes.
    #[must_use]
    pub const fn writer(&self) -> &Reviewer {
        &self.0
    }
}

/// The right to read every view and to export it.
#[derive(Clone, Copy, Debug)]
pub struct Auditor(());

impl Auditor {
    /// The right of a command-line operator, who has the database's password already.
    #[must_use]
    pub const fn operator() -> Self {
        Self(())
    }
}
