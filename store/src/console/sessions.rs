//! Sessions. The cookie has a random token; the database has its hash.

use std::fmt;

use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::ConsoleDb;
use crate::access::{CurrentUser, Subject};
use crate::statements::statements;
use crate::{EngineDb, StoreError};
use domain::role::Role;

/// A session expires this many hours after its last use.
const IDLE_HOURS: i32 = 8;
/// A session expires this many hours after log-in, even in use.
const ABSOLUTE_HOURS: i32 = 24 * 7;

/// Query of a session with its role, and its console account if it has one. `$rest` and `$join` add columns and their
/// table.
macro_rules! session {
    ($rest:literal, $join:literal) => {
        concat!(
            "SELECT s.subject_kind, s.subject_id, a.email AS console_email, \
               (SELECT r.role FROM audit_console.role_change r \
                WHERE r.subject_kind = s.subject_kind AND r.subject_id = s.subject_id \
                ORDER BY r.id DESC LIMIT 1) AS role, \
               s.seen_at < now() - interval '1 minute' AS stale",
            $rest,
            " FROM audit_console.session s \
             LEFT JOIN audit_console.account a \
               ON s.subject_kind = 'console' AND a.id = s.subject_id AND a.active",
            $join,
            " WHERE s.token_hash = $1 \
               AND s.seen_at > now() - make_interval(hours => $2) \
               AND s.created_at > now() - make_interval(hours => $3)"
        )
    };
}

statements! {
    SESSION = session!("", "");

    /// Used when the engine's tables are in the same database, so that a request needs one query instead of two.
    SESSION_WITH_ACCOUNT = session!(
        ", e.email AS engine_email, e.is_superuser, e.timezone",
        " LEFT JOIN public.\"user\" e \
           ON s.subject_kind = 'engine' AND e.id = s.subject_id AND e.is_active"
    );

    CREATE_SESSION = "WITH ended AS (DELETE FROM audit_console.session \
          WHERE seen_at < now() - make_interval(hours => $4) \
             OR created_at < now() - make_interval(hours => $5)) \
        INSERT INTO audit_console.session (token_hash, subject_kind, subject_id) \
        VALUES ($1, $2, $3)";

    DELETE_SESSION = "DELETE FROM audit_console.session WHERE token_hash = $1";

    TOUCH_SESSION = "UPDATE audit_console.session SET seen_at = now() WHERE token_hash = $1";
}

/// SHA-256 hash of a session's token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SessionToken(pub [u8; 32]);

impl fmt::Debug for SessionToken {
    /// Omits the hash.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken")
    }
}

impl ConsoleDb {
    /// Creates a session, and deletes expired ones.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn create_session(
        &self,
        token: SessionToken,
        subject: Subject,
    ) -> Result<(), StoreError> {
        sqlx::query(CREATE_SESSION)
            .bind(token.0.as_slice())
            .bind(subject.kind())
            .bind(subject.id())
            .bind(IDLE_HOURS)
            .bind(ABSOLUTE_HOURS)
            .execute(self.essential())
            .await?;
        Ok(())
    }

    /// Deletes a session.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn delete_session(&self, token: SessionToken) -> Result<(), StoreError> {
        sqlx::query(DELETE_SESSION)
            .bind(token.0.as_slice())
            .execute(self.essential())
            .await?;
        Ok(())
    }

    /// Finds the user of a session, with the role that is in force now. Returns `None` when the session has expired or
    /// the account is inactive. `is_used` says that a person made the request, which extends the session; a page's own
    /// background requests do not.
    ///
    /// # Errors
    /// When a database is unreachable.
    pub async fn find_session(
        &self,
        engine: &EngineDb,
        token: SessionToken,
        is_used: bool,
    ) -> Result<Option<CurrentUser>, StoreError> {
        let beside = self.is_beside(engine);
        let found = match self.fetch_session(token, beside).await {
            // The engine's accounts cannot be read; sessions of console accounts still work.
            Err(StoreError::SchemaChanged(error)) => {
                let row = self.fetch_session(token, false).await?;
                let kind: Option<&str> = row
                    .as_ref()
                    .map(|row| row.try_get("subject_kind"))
                    .transpose()?;
                if kind == Some("engine") {
                    return Err(StoreError::SchemaChanged(error));
                }
                row
            }
            found => found?,
        };
        let Some(row) = found else { return Ok(None) };
        let kind: String = row.try_get("subject_kind")?;
        let Some(subject) = Subject::from_parts(&kind, row.try_get("subject_id")?) else {
            return Ok(None);
        };
        let granted: Option<String> = row.try_get("role")?;
        let granted = granted.and_then(|role| role.parse().ok());
        if is_used && row.try_get("stale")? {
            self.touch_session(token).await?;
        }
        let user = match subject {
            Subject::Console(_) => {
                let email: Option<String> = row.try_get("console_email")?;
                email.map(|email| CurrentUser::new(subject, email, granted, None))
            }
            Subject::Engine(id) => {
                let account = if beside {
                    read_account(&row)?
                } else {
                    let account = engine.find_account_by_id(id).await?;
                    account.map(|it| (it.email, it.is_superuser, it.timezone))
                };
                account.map(|(email, is_superuser, timezone)| {
                    let role = if is_superuser {
                        Some(Role::Admin)
                    } else {
                        granted
                    };
                    CurrentUser::new(subject, email, role, timezone)
                })
            }
        };
        if user.is_none() {
            // A deactivated account must log in again when it is reactivated.
            self.delete_session(token).await?;
        }
        Ok(user)
    }

    async fn fetch_session(
        &self,
        token: SessionToken,
        with_account: bool,
    ) -> Result<Option<PgRow>, StoreError> {
        let statement = if with_account {
            SESSION_WITH_ACCOUNT
        } else {
            SESSION
        };
        let found = sqlx::query(statement)
            .bind(token.0.as_slice())
            .bind(IDLE_HOURS)
            .bind(ABSOLUTE_HOURS)
            .fetch_optional(self.essential());
        Ok(found.await?)
    }

    /// Extends the session. Called at most once a minute.
    async fn touch_session(&self, token: SessionToken) -> Result<(), StoreError> {
        sqlx::query(TOUCH_SESSION)
            .bind(token.0.as_slice())
            .execute(self.essential())
            .await?;
        Ok(())
    }
}

/// The engine account of a [`SESSION_WITH_ACCOUNT`] row: e-mail, whether it is a superuser, time zone.
fn read_account(row: &PgRow) -> Result<Option<(String, bool, Option<String>)>, sqlx::Error> {
    let Some(email) = row.try_get("engine_email")? else {
        return Ok(None);
    };
    Ok(Some((
        email,
        row.try_get("is_superuser")?,
        row.try_get("timezone")?,
    )))
}
