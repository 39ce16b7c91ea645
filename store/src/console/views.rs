//! Saved views: named queries of a user. Every reader can open one by its link; only its owner can rename or delete it.

use domain::catalogue::View;
use domain::saved::{MOST_VIEWS, SavedQuery, SavedView};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::ConsoleDb;
use crate::StoreError;
use crate::access::{Auditor, Author, Subject};
use crate::pg::RowExt as _;
use crate::statements::statements;
use crate::views;

/// Outcome of saving or renaming a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    /// Saved or renamed.
    Done,
    /// Another view of the same list and owner has that name; nothing was changed.
    NameTaken,
    /// The owner has the maximum number of views; nothing was saved.
    TooMany,
}

/// `SELECT` of the columns for [`read`], with a condition and an order.
macro_rules! saved_views {
    ($rest:literal) => {
        concat!(
            "SELECT id, view, name, query, saved_at FROM audit_console.saved_view WHERE ",
            $rest
        )
    };
}

statements! {
    LIST = saved_views!(
        "owner_kind = $1 AND owner_id = $2 AND ($3::text IS NULL OR view = $3) \
         ORDER BY view, lower(name), name"
    );

    FIND = saved_views!("id = $1");

    LOCK_OWNER = "SELECT pg_advisory_xact_lock($1, hashtext($2))";

    FIND_BY_NAME = "SELECT query FROM audit_console.saved_view \
        WHERE owner_kind = $1 AND owner_id = $2 AND view = $3 AND name = $4";

    INSERT = "INSERT INTO audit_console.saved_view (owner_kind, owner_id, view, name, query) \
        SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM audit_console.saved_view \
          WHERE owner_kind = $1 AND owner_id = $2) < $6 ON CONFLICT DO NOTHING";

    RENAME = "UPDATE audit_console.saved_view SET name = $4 \
        WHERE id = $1 AND owner_kind = $2 AND owner_id = $3";

    DELETE = "DELETE FROM audit_console.saved_view \
        WHERE id = $1 AND owner_kind = $2 AND owner_id = $3";
}

/// First key of the advisory locks that serialise saving of one owner's views; the second is a hash of the owner's id.
const COUNT_LOCK: i32 = 0x0076_6965;

impl ConsoleDb {
    /// Lists an owner's views by list and name; only those of list `of` when it is given.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn list_saved_views(
        &self,
        _: &Auditor,
        owner: Subject,
        of: Option<View>,
    ) -> Result<Vec<SavedView>, StoreError> {
        let rows = sqlx::query(LIST)
            .bind(owner.kind())
            .bind(owner.id())
            .bind(of.map(|view| view.name))
            .fetch_all(self.pool())
            .await?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// Finds the view with this id, of any owner.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_saved_view(
        &self,
        _: &Auditor,
        id: Uuid,
    ) -> Result<Option<SavedView>, StoreError> {
        let row = sqlx::query(FIND)
            .bind(id)
            .fetch_optional(self.pool())
            .await?;
        Ok(row.as_ref().map(read).transpose()?)
    }

    /// Saves a query under a name. Saving the same query under the same name again succeeds without a change.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn create_saved_view(
        &self,
        author: &Author,
        view: View,
        name: &str,
        query: &SavedQuery,
    ) -> Result<Saving, StoreError> {
        let owner = author.writer().subject;
        let mut transaction = self.pool().begin().await?;
        // Concurrent saves of one owner must not exceed the limit.
        sqlx::query(LOCK_OWNER)
            .bind(COUNT_LOCK)
            .bind(owner.id().to_string())
            .execute(&mut *transaction)
            .await?;
        let there: Option<String> = sqlx::query_scalar(FIND_BY_NAME)
            .bind(owner.kind())
            .bind(owner.id())
            .bind(view.name)
            .bind(name)
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(there) = there {
            return Ok(if there == query.as_str() {
                Saving::Done
            } else {
                Saving::NameTaken
            });
        }
        let inserted = sqlx::query(INSERT)
            .bind(owner.kind())
            .bind(owner.id())
            .bind(view.name)
            .bind(name)
            .bind(query.as_str())
            .bind(MOST_VIEWS)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(if inserted.rows_affected() == 1 {
            Saving::Done
        } else {
            Saving::TooMany
        })
    }

    /// Renames a view of the author. Returns `None` when the author has no such view.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn rename_saved_view(
        &self,
        author: &Author,
        id: Uuid,
        name: &str,
    ) -> Result<Option<Saving>, StoreError> {
        let owner = author.writer().subject;
        let renamed = sqlx::query(RENAME)
            .bind(id)
            .bind(owner.kind())
            .bind(owner.id())
            .bind(name)
            .execute(self.pool())
            .await;
        match renamed {
            Ok(renamed) => Ok((renamed.rows_affected() == 1).then_some(Saving::Done)),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                Ok(Some(Saving::NameTaken))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a view of the author. Returns whether there was one.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn delete_saved_view(&self, author: &Author, id: Uuid) -> Result<bool, StoreError> {
        let owner = author.writer().subject;
        let deleted = sqlx::query(DELETE)
            .bind(id)
            .bind(owner.kind())
            .bind(owner.id())
            .execute(self.pool())
            .await?;
        Ok(deleted.rows_affected() == 1)
    }
}

fn read(row: &PgRow) -> Result<SavedView, sqlx::Error> {
    let word: String = row.try_get("view")?;
    let view =
        views::find(&word).ok_or_else(|| sqlx::Error::Decode(format!("no view: {word}").into()))?;
    Ok(SavedView {
        id: row.try_get("id")?,
        view,
        name: row.try_get("name")?,
        query: SavedQuery::stored(row.try_get("query")?),
        saved_at: row.timestamp("saved_at")?,
    })
}
