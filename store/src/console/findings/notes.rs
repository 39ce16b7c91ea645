//! Notes about findings. Notes are only added, never changed.

use domain::filter::ParamEnum as _;
use domain::finding::{Answer, Note};
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::StoreError;
use crate::access::{Auditor, Author, Subject};
use crate::console::{ConsoleDb, Written};
use crate::pg::RowExt as _;
use crate::statements::statements;

statements! {
    LIST_NOTES = "SELECT number, answer, note, author_kind, author_id, author_email, written_at, about \
        FROM audit_console.finding_note WHERE finding_id = $1 ORDER BY number";

    INSERT_NOTE = "INSERT INTO audit_console.finding_note (finding_id, number, key, author_kind, author_id, \
        author_email, answer, note, about) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
        ON CONFLICT DO NOTHING";

    FIND_NOTE_BY_KEY = "SELECT answer, note FROM audit_console.finding_note \
        WHERE key = $1 AND finding_id = $2 AND author_kind = $3 AND author_id = $4";
}

/// A note to write.
#[derive(Clone, Copy, Debug)]
pub struct NewNote<'a> {
    /// The finding.
    pub finding: Uuid,
    /// The author's assessment.
    pub answer: Answer,
    /// The explanation, [`domain::finding::NOTE_LENGTH`] characters.
    pub text: &'a str,
    /// The finding's summary as the author saw it.
    pub about: &'a str,
    /// The number of notes that the author has seen. The new note must be the next one.
    pub seen: u32,
    /// Idempotency key of the form.
    pub key: Uuid,
}

impl ConsoleDb {
    /// Lists every note about a finding, in order.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn list_finding_notes(
        &self,
        _: &Auditor,
        finding: Uuid,
    ) -> Result<Vec<Note>, StoreError> {
        let rows = sqlx::query(LIST_NOTES)
            .bind(finding)
            .fetch_all(self.pool())
            .await?;
        Ok(rows.iter().map(read_note).collect::<Result<_, _>>()?)
    }

    /// Writes a note. Idempotent by key; writes nothing when another note was added since the author read them.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn create_finding_note(
        &self,
        author: &Author,
        note: &NewNote<'_>,
    ) -> Result<Written, StoreError> {
        self.may_record()?;
        let writer = author.writer();
        let inserted = sqlx::query(INSERT_NOTE)
            .bind(note.finding)
            .bind(i64::from(note.seen) + 1)
            .bind(note.key)
            .bind(writer.subject.kind())
            .bind(writer.subject.id())
            .bind(&writer.email)
            .bind(note.answer.as_str())
            .bind(note.text)
            .bind(note.about)
            .execute(self.pool())
            .await?;
        if inserted.rows_affected() == 1 {
            return Ok(Written::Now);
        }
        let before = sqlx::query(FIND_NOTE_BY_KEY)
            .bind(note.key)
            .bind(note.finding)
            .bind(writer.subject.kind())
            .bind(writer.subject.id())
            .fetch_optional(self.pool())
            .await?;
        let Some(before) = before else {
            return Ok(Written::Overtaken);
        };
        let (answer, text): (String, String) = (before.try_get(0)?, before.try_get(1)?);
        Ok(if answer == note.answer.as_str() && text == note.text {
            Written::Before
        } else {
            Written::Differently
        })
    }
}

fn read_note(row: &PgRow) -> Result<Note, sqlx::Error> {
    let undecodable =
        |what: &str, word: &str| sqlx::Error::Decode(format!("no {what}: {word}").into());
    let answer: String = row.try_get("answer")?;
    let kind: String = row.try_get("author_kind")?;
    Ok(Note {
        number: row.try_get::<i32, _>("number")?.unsigned_abs(),
        answer: Answer::VALUES
            .iter()
            .find(|(_, word)| *word == answer)
            .map(|(answer, _)| *answer)
            .ok_or_else(|| undecodable("answer", &answer))?,
        text: row.try_get("note")?,
        author: Subject::from_parts(&kind, row.try_get("author_id")?)
            .ok_or_else(|| undecodable("kind of account", &kind))?,
        author_email: row.try_get("author_email")?,
        at: row.timestamp("written_at")?,
        about: row.try_get("about")?,
    })
}
