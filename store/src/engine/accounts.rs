//! The engine's accounts, for log-in.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::EngineDb;
use crate::StoreError;
use crate::statements::statements;

/// An active account of the engine.
#[derive(Clone, Debug)]
pub struct EngineAccount {
    /// `user.id`
    pub id: Uuid,
    /// `user.email`
    pub email: String,
    /// A bcrypt hash; any other value permits no log-in.
    pub hashed_password: String,
    /// Superusers are console admins.
    pub is_superuser: bool,
    /// The profile's time zone, as stored; not validated.
    pub timezone: Option<String>,
}

/// Query of active accounts, with a condition and an order.
macro_rules! active_accounts {
    ($rest:literal) => {
        concat!(
            "SELECT id, email, hashed_password, is_superuser, timezone \
             FROM public.\"user\" WHERE is_active AND ",
            $rest
        )
    };
}

statements! {
    BY_EMAIL = active_accounts!("email = $1");

    BY_EMAIL_IN_ANY_CASE = active_accounts!("lower(email) = lower($1) ORDER BY email");

    BY_ID = active_accounts!("id = $1");

    SUPERUSERS = active_accounts!("is_superuser ORDER BY email");
}

impl EngineDb {
    /// Finds the active account with this e-mail: an exact match, else the first that differs only in case.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_account_by_email(
        &self,
        email: &str,
    ) -> Result<Option<EngineAccount>, StoreError> {
        // The engine's own index supports the exact match.
        let exact = sqlx::query(BY_EMAIL).bind(email);
        if let Some(exact) = exact.fetch_optional(&self.essential).await? {
            return Ok(Some(read_account(&exact)?));
        }
        Ok(self.list_accounts_by_email(email).await?.into_iter().next())
    }

    /// Lists every active account with this e-mail in any case; the engine permits several.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn list_accounts_by_email(
        &self,
        email: &str,
    ) -> Result<Vec<EngineAccount>, StoreError> {
        let rows = sqlx::query(BY_EMAIL_IN_ANY_CASE)
            .bind(email)
            .fetch_all(&self.essential)
            .await?;
        Ok(rows.iter().map(read_account).collect::<Result<_, _>>()?)
    }

    /// Finds the active account with this id.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_account_by_id(&self, id: Uuid) -> Result<Option<EngineAccount>, StoreError> {
        let found = sqlx::query(BY_ID).bind(id);
        let found = found.fetch_optional(&self.essential).await?;
        Ok(found.as_ref().map(read_account).transpose()?)
    }

    /// Lists every active superuser, ordered by e-mail.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn list_superusers(&self) -> Result<Vec<EngineAccount>, StoreError> {
        let rows = sqlx::query(SUPERUSERS).fetch_all(&self.essential).await?;
        Ok(rows.iter().map(read_account).collect::<Result<_, _>>()?)
    }
}

fn read_account(row: &PgRow) -> Result<EngineAccount, sqlx::Error> {
    Ok(EngineAccount {
        id: row.try_get("id")?,
        email: row.try_get("email")?,
        hashed_password: row.try_get("hashed_password")?,
        is_superuser: row.try_get("is_superuser")?,
        timezone: row.try_get("timezone")?,
    })
}
