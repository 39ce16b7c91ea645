//! Single events of `audit_log`.

use domain::event::Event;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;
use crate::pg::RowExt as _;
use crate::sql::Sql;

/// `SELECT` of the columns for [`read_event`], with a `WHERE` that conditions can be appended to.
pub(super) const SELECT: &str = "SELECT e.id, e.\"timestamp\", e.event_type, e.severity, e.user_id, \
    u.email AS user_email, e.details::text AS details \
    FROM public.audit_log e LEFT JOIN public.\"user\" u ON u.id = e.user_id WHERE true";

/// Reads a row of [`SELECT`].
pub(super) fn read_event(row: &PgRow) -> Result<Event, sqlx::Error> {
    Ok(Event {
        id: row.try_get("id")?,
        timestamp: row.timestamp("timestamp")?,
        event_type: row.try_get("event_type")?,
        severity: row.try_get("severity")?,
        user_id: row.try_get("user_id")?,
        user_email: row.try_get("user_email")?,
        details: row.try_get("details")?,
    })
}

impl EngineDb {
    /// Finds an event by its id.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_event(&self, _: &Auditor, id: Uuid) -> Result<Option<Event>, StoreError> {
        let mut sql = Sql::new(SELECT);
        sql.push(" AND e.id = ").uuid(id);
        let found = sql.query().fetch_optional(self.pool()).await?;
        Ok(found.as_ref().map(read_event).transpose()?)
    }
}
