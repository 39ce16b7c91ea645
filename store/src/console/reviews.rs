//! Reviews of kill-switch episodes. Entries are only added, never changed.

use std::collections::HashMap;

use domain::episode::Effect;
use domain::filter::ParamEnum as _;
use domain::review::{People, Refusal, Review, Reviewer, Signature, Statement, Verdict, may_sign};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::ConsoleDb;
use super::identities::{ActorIdentities, people_of, people_of_signed, record_unseen};
use crate::StoreError;
use crate::access::{Admin, Auditor, Subject};
use crate::db::{Isolation, Session, read};
use crate::pg::RowExt as _;
use crate::statements::statements;

/// All signatures by episode, each episode's in order, and the people behind signers and actors.
#[derive(Clone, Debug, Default)]
pub struct Signatures {
    by_episode: HashMap<Uuid, Vec<Signature>>,
    people: People,
}

impl Signatures {
    /// The signatures of one episode.
    #[must_use]
    pub fn of(&self, episode: Uuid) -> &[Signature] {
        self.by_episode.get(&episode).map_or(&[], Vec::as_slice)
    }

    /// The people behind signers and actors.
    #[must_use]
    pub const fn people(&self) -> &People {
        &self.people
    }
}

/// Outcome of writing an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Written by this call.
    Now,
    /// The same entry was written before, with the same idempotency key.
    Before,
    /// A different entry was written before, with the same idempotency key; nothing was written.
    Differently,
    /// Another entry was added since the author read them; nothing was written.
    Overtaken,
}

/// Outcome of signing a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The four-eyes check passed.
    Signed(Written),
    /// The four-eyes check failed; nothing was written.
    Refused(Refusal),
}

/// An entry to write.
#[derive(Clone, Debug)]
pub struct NewReview<'a> {
    /// The episode: the id of its activating event.
    pub episode: Uuid,
    /// The statement that is signed.
    pub statement: &'a Statement,
    /// The episode's effect as known at the time of the review.
    pub known: Effect,
    /// The number of entries that the reviewer has seen. The new entry must be the next one.
    pub seen: u32,
    /// Idempotency key of the form.
    pub key: Uuid,
}

/// `SELECT` of the columns for [`read_signature`] and `$more`, with a condition and an order.
macro_rules! reviews {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT episode_id, reviewer_kind, reviewer_id, reviewer_email, written_at",
            $more,
            " FROM audit_console.kill_switch_review ",
            $rest
        )
    };
}

statements! {
    SIGNATURES = reviews!("", "ORDER BY episode_id, number");

    SIGNATURES_OF_EPISODE = reviews!("", "WHERE episode_id = $1 ORDER BY number");

    REVIEWS_OF_EPISODE = reviews!(
        ", number, verdict, cause, action, note, known_rejections, known_approvals, known_orders",
        "WHERE episode_id = $1 ORDER BY number"
    );

    FIND_STATEMENT = "SELECT verdict, cause, action, note FROM audit_console.kill_switch_review \
        WHERE key = $1 AND episode_id = $2 AND reviewer_kind = $3 AND reviewer_id = $4";

    INSERT_REVIEW = "INSERT INTO audit_console.kill_switch_review (episode_id, number, key, reviewer_kind, \
        reviewer_id, reviewer_email, verdict, cause, action, note, known_rejections, \
        known_approvals, known_orders) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING";
}

impl ConsoleDb {
    /// Reads all signatures.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn signatures(&self, _: &Auditor) -> Result<Signatures, StoreError> {
        read!(self.pool(), Isolation::Statement, |session| {
            let rows = sqlx::query(SIGNATURES).fetch_all(&mut *session).await?;
            let mut signatures = Signatures {
                people: people_of_signed(session).await?,
                ..Signatures::default()
            };
            for row in &rows {
                let signature = read_signature(row)?;
                let of_episode = signatures.by_episode.entry(signature.episode).or_default();
                of_episode.push(signature);
            }
            Ok(signatures)
        })
    }

    /// Lists every entry of an episode's review, in order.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn list_reviews(
        &self,
        _: &Auditor,
        episode: Uuid,
    ) -> Result<Vec<Review>, StoreError> {
        let rows = sqlx::query(REVIEWS_OF_EPISODE)
            .bind(episode)
            .fetch_all(self.pool())
            .await?;
        Ok(rows.iter().map(read_review).collect::<Result<_, _>>()?)
    }

    /// The statement that this admin signed with that idempotency key; `None` when there is none.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_statement(
        &self,
        admin: &Admin,
        episode: Uuid,
        key: Uuid,
    ) -> Result<Option<Statement>, StoreError> {
        let subject = admin.reviewer().subject;
        let row = sqlx::query(FIND_STATEMENT)
            .bind(key)
            .bind(episode)
            .bind(subject.kind())
            .bind(subject.id())
            .fetch_optional(self.pool())
            .await?;
        Ok(row.as_ref().map(read_statement).transpose()?)
    }

    /// Writes an entry if the four-eyes check passes. Idempotent by key; writes nothing when another entry was added
    /// since the reviewer read them. Identities of actors are recorded and read in the same transaction.
    ///
    /// # Errors
    /// When the database is unreachable, or the record is not protected.
    pub async fn create_review(
        &self,
        admin: &Admin,
        review: &NewReview<'_>,
        actor_identities: &ActorIdentities,
    ) -> Result<Outcome, StoreError> {
        self.may_record()?;
        let mut transaction = self.pool().begin().await?;
        record_unseen(&mut transaction, actor_identities).await?;
        let people = people_of(&mut transaction, actor_identities).await?;
        let signed = signatures_of(&mut transaction, review.episode).await?;
        if let Err(refusal) = may_sign(
            admin.reviewer(),
            actor_identities.episode(),
            &signed,
            &people,
        ) {
            transaction.commit().await?;
            return Ok(Outcome::Refused(refusal));
        }
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let Reviewer { subject, email } = admin.reviewer();
        let statement = review.statement;
        let inserted = sqlx::query(INSERT_REVIEW)
            .bind(review.episode)
            .bind(i64::from(review.seen) + 1)
            .bind(review.key)
            .bind(subject.kind())
            .bind(subject.id())
            .bind(email)
            .bind(statement.verdict.as_str())
            .bind(&statement.cause)
            .bind(&statement.action)
            .bind(&statement.note)
            .bind(count(review.known.rejections))
            .bind(count(review.known.leaked_approvals))
            .bind(count(review.known.leaked_orders))
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        if inserted.rows_affected() == 1 {
            return Ok(Outcome::Signed(Written::Now));
        }
        let before = self.find_statement(admin, review.episode, review.key);
        Ok(Outcome::Signed(match before.await? {
            Some(written) if written == *statement => Written::Before,
            Some(_) => Written::Differently,
            None => Written::Overtaken,
        }))
    }
}

/// Signatures of an episode, in order.
async fn signatures_of(
    session: &mut Session<'_>,
    episode: Uuid,
) -> Result<Vec<Signature>, StoreError> {
    let rows = sqlx::query(SIGNATURES_OF_EPISODE)
        .bind(episode)
        .fetch_all(session)
        .await?;
    Ok(rows.iter().map(read_signature).collect::<Result<_, _>>()?)
}

fn read_signature(row: &PgRow) -> Result<Signature, sqlx::Error> {
    let kind: String = row.try_get("reviewer_kind")?;
    let id = row.try_get("reviewer_id")?;
    let subject = Subject::from_parts(&kind, id)
        .ok_or_else(|| sqlx::Error::Decode(format!("no kind of account: {kind}").into()))?;
    Ok(Signature {
        episode: row.try_get("episode_id")?,
        reviewer: Reviewer {
            subject,
            email: row.try_get("reviewer_email")?,
        },
        at: row.timestamp("written_at")?,
    })
}

fn read_statement(row: &PgRow) -> Result<Statement, sqlx::Error> {
    let word: String = row.try_get("verdict")?;
    let verdict = Verdict::VALUES
        .iter()
        .find(|(_, known)| *known == word)
        .map(|(verdict, _)| *verdict)
        .ok_or_else(|| sqlx::Error::Decode(format!("no verdict: {word}").into()))?;
    Ok(Statement {
        verdict,
        cause: row.try_get("cause")?,
        action: row.try_get("action")?,
        note: row.try_get("note")?,
    })
}

fn read_review(row: &PgRow) -> Result<Review, sqlx::Error> {
    let Statement {
        verdict,
        cause,
        action,
        note,
    } = read_statement(row)?;
    let count = |column: &str| -> Result<u64, sqlx::Error> {
        Ok(row.try_get::<i64, _>(column)?.unsigned_abs())
    };
    Ok(Review {
        number: row.try_get::<i32, _>("number")?.unsigned_abs(),
        signature: read_signature(row)?,
        verdict,
        cause,
        action,
        note,
        known: Effect {
            rejections: count("known_rejections")?,
            leaked_approvals: count("known_approvals")?,
            leaked_orders: count("known_orders")?,
        },
    })
}
