//! `audit_log` events.

use uuid::Uuid;

use crate::time::Timestamp;

/// An event with all columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event's id.
    pub id: Uuid,
    /// When it was written.
    pub timestamp: Timestamp,
    /// `TRADE_APPROVED`, `ALGORITHM_SIGNAL`, …; new types appear with engine releases.
    pub event_type: String,
    /// `info`, `warning`, `error`, `critical`, or what the engine wrote.
    pub severity: String,
    /// The user who acted; `None` for the system.
    pub user_id: Option<Uuid>,
    /// That user's e-mail, where the user still exists.
    pub user_email: Option<String>,
    /// The json column's text, exactly as stored.
    pub details: Option<String>,
}

impl Event {
    /// The e-mail, else the id, else `system`.
    #[must_use]
    pub fn actor(&self) -> String {
        actor_label(self.user_email.as_deref(), self.user_id)
    }
}

/// Label of an actor on pages and in exports: the e-mail, else the id, else `system`.
#[must_use]
pub fn actor_label(email: Option<&str>, id: Option<Uuid>) -> String {
    email.map_or_else(
        || id.map_or_else(|| "system".to_owned(), |id| id.to_string()),
        ToOwned::to_owned,
    )
}
