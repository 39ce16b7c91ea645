//! The console's own accounts, and the roles of every account.

use domain::role::Role;
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::ConsoleDb;
use crate::StoreError;
use crate::access::Subject;
use crate::db::Session;
use crate::pg::RowExt as _;
use crate::statements::statements;

statements! {
    FIND_ACCOUNT_BY_EMAIL = "SELECT id, email, password_hash FROM audit_console.account \
        WHERE active AND lower(email) = lower($1)";

    FIND_ACCOUNT_BY_ID = "SELECT id, email, password_hash FROM audit_console.account WHERE active AND id = $1";

    CREATE_ACCOUNT = "INSERT INTO audit_console.account (email, password_hash) VALUES ($1, $2) RETURNING id";

    SET_ROLE = "DELETE FROM audit_console.session WHERE subject_kind = $1 AND subject_id = $2";

    ROLE_OF = "SELECT role FROM audit_console.role_change \
        WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id DESC LIMIT 1";

    LIST_GRANTS = "SELECT DISTINCT ON (subject_kind, subject_id) subject_kind, subject_id, role, \
        changed_at, changed_by FROM audit_console.role_change \
        ORDER BY subject_kind, subject_id, id DESC";

    INSERT_ROLE = "INSERT INTO audit_console.role_change (subject_kind, subject_id, role, changed_by) \
        VALUES ($1, $2, $3, $4)";
}

/// An active account of the console's own.
#[derive(Clone, Debug)]
pub struct ConsoleAccount {
    /// `audit_console.account.id`
    pub id: Uuid,
    /// E-mail, as given.
    pub email: String,
    /// argon2id, as a PHC string.
    pub password_hash: String,
}

/// An account with a role, for the list of them.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The account that has the role.
    pub subject: Subject,
    /// The role.
    pub role: Role,
    /// When the role was granted.
    pub since: Timestamp,
    /// Name of the account or operator that granted it.
    pub granted_by: String,
}

fn read_account(row: &PgRow) -> Result<ConsoleAccount, sqlx::Error> {
    Ok(ConsoleAccount {
        id: row.try_get("id")?,
        email: row.try_get("email")?,
        password_hash: row.try_get("password_hash")?,
    })
}

impl ConsoleDb {
    /// Finds the active account with this e-mail, ignoring case.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_account_by_email(
        &self,
        email: &str,
    ) -> Result<Option<ConsoleAccount>, StoreError> {
        let found = sqlx::query(FIND_ACCOUNT_BY_EMAIL)
            .bind(email)
            .fetch_optional(self.essential())
            .await?;
        Ok(found.as_ref().map(read_account).transpose()?)
    }

    /// Finds the active account with this id.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_account_by_id(&self, id: Uuid) -> Result<Option<ConsoleAccount>, StoreError> {
        let found = sqlx::query(FIND_ACCOUNT_BY_ID)
            .bind(id)
            .fetch_optional(self.essential())
            .await?;
        Ok(found.as_ref().map(read_account).transpose()?)
    }

    /// Creates an account and grants it a role, in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Refused`] when the e-mail is taken or not an e-mail address.
    pub async fn create_account(
        &self,
        email: &str,
        password_hash: &str,
        role: Role,
        by: &str,
    ) -> Result<(), StoreError> {
        self.may_record()?;
        let mut transaction = self.essential().begin().await?;
        let id: Uuid = sqlx::query_scalar(CREATE_ACCOUNT)
            .bind(email)
            .bind(password_hash)
            .fetch_one(&mut *transaction)
            .await
            .map_err(|error| constraint_message(error, email))?;
        insert_role(&mut transaction, Subject::Console(id), Some(role), by).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Grants a role. `None` revokes the role and deletes the account's sessions. Writes nothing when the role is
    /// unchanged.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn set_role(
        &self,
        subject: Subject,
        role: Option<Role>,
        by: &str,
    ) -> Result<(), StoreError> {
        if self.role_of(subject).await? == role {
            return Ok(());
        }
        self.may_record()?;
        let mut transaction = self.essential().begin().await?;
        insert_role(&mut transaction, subject, role, by).await?;
        if role.is_none() {
            sqlx::query(SET_ROLE)
                .bind(subject.kind())
                .bind(subject.id())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The account's latest granted role, or `None`.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn role_of(&self, subject: Subject) -> Result<Option<Role>, StoreError> {
        let role: Option<Option<String>> = sqlx::query_scalar(ROLE_OF)
            .bind(subject.kind())
            .bind(subject.id())
            .fetch_optional(self.essential())
            .await?;
        Ok(role.flatten().and_then(|role| role.parse().ok()))
    }

    /// Lists every account that has a granted role.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn list_grants(&self) -> Result<Vec<Grant>, StoreError> {
        let rows = sqlx::query(LIST_GRANTS).fetch_all(self.essential()).await?;
        let mut grants = Vec::new();
        for row in &rows {
            let kind: String = row.try_get("subject_kind")?;
            let role: Option<String> = row.try_get("role")?;
            let subject = Subject::from_parts(&kind, row.try_get("subject_id")?);
            let role = role.and_then(|role| role.parse().ok());
            if let (Some(subject), Some(role)) = (subject, role) {
                grants.push(Grant {
                    subject,
                    role,
                    since: row.timestamp("changed_at")?,
                    granted_by: row.try_get("changed_by")?,
                });
            }
        }
        Ok(grants)
    }
}

async fn insert_role(
    session: &mut Session<'_>,
    subject: Subject,
    role: Option<Role>,
    by: &str,
) -> Result<(), StoreError> {
    sqlx::query(INSERT_ROLE)
        .bind(subject.kind())
        .bind(subject.id())
        .bind(role.map(Role::as_str))
        .bind(by)
        .execute(session)
        .await?;
    Ok(())
}

/// Turns a violated constraint into a message for the person who typed the e-mail.
fn constraint_message(error: sqlx::Error, email: &str) -> StoreError {
    let constraint = match &error {
        sqlx::Error::Database(database) => database.constraint().unwrap_or_default(),
        _ => "",
    };
    match constraint {
        "account_email" => {
            StoreError::Refused(format!("there is already a console account {email}"))
        }
        "account_email_check" => StoreError::Refused(format!("{email} is no e-mail address")),
        _ => error.into(),
    }
}
