//! Links between accounts of one person. Changes are appended; rows are never updated.

use std::collections::BTreeMap;

use domain::review::{Link, Reviewer};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::{ConsoleDb, StoreError};
use crate::access::Subject;
use crate::db::{Isolation, Session, read};
use crate::pg::RowExt as _;
use crate::statements::statements;

statements! {
    SET_LINK = "INSERT INTO audit_console.account_link (one_kind, one_id, one_email, other_kind, other_id, \
        other_email, linked, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

    READ_LINKS = "SELECT * FROM (SELECT DISTINCT ON (one_kind, one_id, other_kind, other_id) * \
          FROM audit_console.account_link ORDER BY one_kind, one_id, other_kind, other_id, id DESC) l \
        ORDER BY id";
}

/// A link, in force or ended.
#[derive(Clone, Debug)]
pub struct LinkRow {
    /// The two accounts, with the e-mails that they had when they were linked.
    pub link: Link,
    /// When it was last created or ended.
    pub changed_at: Timestamp,
    /// Who created or ended it.
    pub changed_by: String,
}

impl ConsoleDb {
    /// Links two accounts of one person, or ends their link. Returns whether anything changed; writes nothing
    /// otherwise.
    ///
    /// # Errors
    /// When the database is unreachable, the record is not protected, or both are the same account.
    pub async fn set_link(
        &self,
        one: &Reviewer,
        other: &Reviewer,
        linked: bool,
        by: &str,
    ) -> Result<bool, StoreError> {
        self.may_record()?;
        if one.subject == other.subject {
            return Err(StoreError::Refused(format!(
                "{} and {} are the same account",
                one.email, other.email
            )));
        }
        let place = |account: &Reviewer| (account.subject.kind(), account.subject.id());
        let (one, other) = if place(one) < place(other) {
            (one, other)
        } else {
            (other, one)
        };
        let is_linked = self.list_links().await?.iter().any(|row| {
            row.link.ended_at.is_none()
                && row.link.one.subject == one.subject
                && row.link.other.subject == other.subject
        });
        if is_linked == linked {
            return Ok(false);
        }
        sqlx::query(SET_LINK)
            .bind(one.subject.kind())
            .bind(one.subject.id())
            .bind(&one.email)
            .bind(other.subject.kind())
            .bind(other.subject.id())
            .bind(&other.email)
            .bind(linked)
            .bind(by)
            .execute(self.essential())
            .await?;
        Ok(true)
    }

    /// Lists every link, ended ones included, ordered by last change.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn list_links(&self) -> Result<Vec<LinkRow>, StoreError> {
        read!(self.essential(), Isolation::Statement, |session| {
            read_links(session).await
        })
    }

    /// Ids of the engine accounts that are in a link.
    pub(crate) async fn linked_engine_accounts(&self) -> Result<Vec<Uuid>, StoreError> {
        let links = self.list_links().await?;
        Ok(links
            .iter()
            .flat_map(|row| [&row.link.one, &row.link.other])
            .filter_map(|account| match account.subject {
                Subject::Engine(id) => Some(id),
                Subject::Console(_) => None,
            })
            .collect())
    }
}

/// Reads the latest row of each pair. An ended link still counts for episodes that began before its end.
pub(super) async fn read_links(session: &mut Session<'_>) -> Result<Vec<LinkRow>, StoreError> {
    let rows = sqlx::query(READ_LINKS).fetch_all(session).await?;
    Ok(rows.iter().map(read_link).collect::<Result<_, _>>()?)
}

fn read_link(row: &PgRow) -> Result<LinkRow, sqlx::Error> {
    let account = |kind: &str, id: &str, email: &str| -> Result<Reviewer, sqlx::Error> {
        let kind: String = row.try_get(kind)?;
        let subject = Subject::from_parts(&kind, row.try_get(id)?)
            .ok_or_else(|| sqlx::Error::Decode(format!("no kind of account: {kind}").into()))?;
        Ok(Reviewer {
            subject,
            email: row.try_get(email)?,
        })
    };
    let changed_at = row.timestamp("changed_at")?;
    let linked: bool = row.try_get("linked")?;
    Ok(LinkRow {
        link: Link {
            one: account("one_kind", "one_id", "one_email")?,
            other: account("other_kind", "other_id", "other_email")?,
            ended_at: (!linked).then_some(changed_at),
        },
        changed_at,
        changed_by: row.try_get("changed_by")?,
    })
}

/// The links as recorded. A link whose engine accounts have other e-mails now is added a second time, with those.
pub(super) fn with_present_emails(
    rows: Vec<LinkRow>,
    emails: &BTreeMap<Uuid, String>,
) -> Vec<Link> {
    let now = |account: &Reviewer| match account.subject {
        Subject::Engine(id) => emails.get(&id).map_or_else(
            || account.clone(),
            |email| Reviewer {
                email: email.clone(),
                ..account.clone()
            },
        ),
        Subject::Console(_) => account.clone(),
    };
    let mut links = Vec::new();
    for LinkRow { link, .. } in rows {
        let today = Link {
            one: now(&link.one),
            other: now(&link.other),
            ended_at: link.ended_at,
        };
        if today != link {
            links.push(today);
        }
        links.push(link);
    }
    links
}
