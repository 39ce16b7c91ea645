//! Encrypted drafts of forms whose session ended before they were submitted. A draft belongs to the session that the
//! user began by logging in again.

use super::{ConsoleDb, SessionToken};
use crate::StoreError;
use crate::statements::statements;

statements! {
    FIND_SEAL_KEY = "SELECT key FROM audit_console.seal_key";

    KEEP_DRAFT = "WITH old AS (DELETE FROM audit_console.form_draft \
          WHERE kept_at < now() - make_interval(mins => $4) \
            AND NOT (token_hash = $1 AND form = $2)) \
        INSERT INTO audit_console.form_draft (token_hash, form, sealed) VALUES ($1, $2, $3) \
        ON CONFLICT (token_hash, form) DO UPDATE SET sealed = excluded.sealed, kept_at = now()";

    FIND_DRAFT = "SELECT sealed FROM audit_console.form_draft \
        WHERE token_hash = $1 AND form = $2 AND kept_at > now() - make_interval(mins => $3)";

    DELETE_DRAFT = "DELETE FROM audit_console.form_draft WHERE token_hash = $1 AND form = $2";
}

/// Lifetime of a draft in minutes. A draft is also deleted with its session.
const KEPT_MINUTES: i32 = 60;

impl ConsoleDb {
    /// The 32-byte key that drafts are encrypted with. All instances of the console share it.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn seal_key(&self) -> Result<[u8; 32], StoreError> {
        let key: Vec<u8> = sqlx::query_scalar(FIND_SEAL_KEY)
            .fetch_one(self.essential())
            .await?;
        key.try_into().map_err(|_| {
            let why = "audit_console.seal_key holds no key of 32 bytes";
            StoreError::NotMigrated(why.to_owned())
        })
    }

    /// Stores a form's draft for the session, replacing an earlier one, and deletes expired drafts.
    ///
    /// # Errors
    /// When the database is unreachable, or the session has ended.
    pub async fn keep_draft(
        &self,
        token: SessionToken,
        form: &str,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        sqlx::query(KEEP_DRAFT)
            .bind(token.0.as_slice())
            .bind(form)
            .bind(sealed)
            .bind(KEPT_MINUTES)
            .execute(self.essential())
            .await?;
        Ok(())
    }

    /// Finds the session's draft of a form, unless it has expired.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_draft(
        &self,
        token: SessionToken,
        form: &str,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let found = sqlx::query_scalar(FIND_DRAFT)
            .bind(token.0.as_slice())
            .bind(form)
            .bind(KEPT_MINUTES)
            .fetch_optional(self.essential())
            .await?;
        Ok(found)
    }

    /// Deletes a form's draft, after it was submitted.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn delete_draft(&self, token: SessionToken, form: &str) -> Result<(), StoreError> {
        sqlx::query(DELETE_DRAFT)
            .bind(token.0.as_slice())
            .bind(form)
            .execute(self.essential())
            .await?;
        Ok(())
    }
}
