//! Forms that were typed before a session ended: kept, sealed, for the session that came after it.

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

/// A draft is kept for this many minutes, and no longer than its session.
const KEPT_MINUTES: i32 = 60;

impl ConsoleDb {
    /// The key that forms are sealed with, the same for every copy of the console: 32 bytes.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn seal_key(&self) -> Result<[u8; 32], StoreError> {
        let key: Vec<u8> = sqlx::query_scalar(FIND_SEAL_KEY)
            .fetch_one(self.essential())
            .await?;
        key.try_into().map_err(|_| {
            let why = "audit_console.seal_key holds no key of 32 bytes";
            StoreError::NotMigrated(why.to_owned())
        })
    }

    /// Keeps a form's draft for the session, instead of the one before, and clears away those that are too old.
    ///
    /// # Errors
    /// When the database is away, or the session has ended.
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

    /// The draft of a form that was kept for the session, where it is not too old.
    ///
    /// # Errors
    /// When the database is away.
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

    /// Forgets a form's draft: it was sent.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_draft(&self, token: SessionToken, form: &str) -> Result<(), StoreError> {
        sqlx::query(DELETE_DRAFT)
            .bind(token.0.as_slice())
            .bind(form)
            .execute(self.essential())
            .await?;
        Ok(())
    }
}
