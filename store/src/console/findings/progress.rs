//! How far each rule has got, whose turn it is to look, and the re-run that may be under way.

use std::collections::HashMap;

use domain::filter::ParamEnum as _;
use domain::finding::slice::Found;
use domain::finding::{Group, Rebuild, Rule, RuleProgress};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::keep::{Scope, keep};
use crate::StoreError;
use crate::access::Auditor;
use crate::console::ConsoleDb;
use crate::db::{Session, WriteTransaction};
use crate::pg::{PgTimestamp, RowExt as _};
use crate::statements::statements;

statements! {
    FINDING_REBUILD = "SELECT until, checked_to, looked_at FROM audit_console.finding_rebuild";

    WAITING_DECISIONS = "SELECT decision_id FROM audit_console.finding_waiting ORDER BY decision_id";

    FINDING_PROGRESS = "SELECT rule, checked_to, checked_at FROM audit_console.finding_progress";

    TRY_TURN = "SELECT pg_try_advisory_xact_lock($1)";

    END_REBUILD = "DELETE FROM audit_console.finding_rebuild";

    ADVANCE = "INSERT INTO audit_console.finding_progress AS p (rule, checked_to, checked_at) \
        SELECT unnest($1::text[]), $2, $3 ON CONFLICT (rule) DO UPDATE \
        SET checked_to = greatest(p.checked_to, excluded.checked_to), checked_at = excluded.checked_at";

    SET_REBUILD = "INSERT INTO audit_console.finding_rebuild AS r (until, checked_to, looked_at) VALUES ($1, $2, $3) \
        ON CONFLICT (only_one) DO UPDATE SET until = excluded.until, checked_to = excluded.checked_to, \
          looked_at = excluded.looked_at, checked_at = now()";
}

/// Held by whoever looks for findings: one at a time.
const TURN: i64 = 0x0066_696e_6421;

/// The turn to look for findings; whoever drops it gives it up.
pub(crate) struct Turn {
    _lock: WriteTransaction,
}

impl ConsoleDb {
    /// How far each rule has got; a rule that has not begun is not in it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn finding_progress(&self, _: &Auditor) -> Result<Vec<RuleProgress>, StoreError> {
        let rows = sqlx::query(FINDING_PROGRESS).fetch_all(self.pool()).await?;
        let read = |row: &PgRow| -> Result<Option<RuleProgress>, sqlx::Error> {
            let word: String = row.try_get("rule")?;
            // A rule of another version of the console has no page here.
            let Some(rule) = Rule::all().find(|rule| rule.as_str() == word) else {
                return Ok(None);
            };
            Ok(Some(RuleProgress {
                rule,
                checked_to: row.timestamp("checked_to")?,
                checked_at: row.timestamp("checked_at")?,
            }))
        };
        let progress: Vec<Option<RuleProgress>> =
            rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(progress.into_iter().flatten().collect())
    }

    /// How far all rules of the stream have got; none while one of them has not begun, as a rule that is
    /// new in this version.
    pub(crate) async fn stream_progress(
        &self,
        auditor: &Auditor,
    ) -> Result<Option<RuleProgress>, StoreError> {
        let is_stream = |rule: Rule| rule.group() == Group::Stream;
        let mut progress = self.finding_progress(auditor).await?;
        progress.retain(|progress| is_stream(progress.rule));
        let rules = Rule::all().filter(|rule| is_stream(*rule)).count();
        let least = progress.iter().min_by_key(|progress| progress.checked_to);
        Ok(least.copied().filter(|_| progress.len() == rules))
    }

    /// The re-run that is under way, or was interrupted.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn finding_rebuild(&self, _: &Auditor) -> Result<Option<Rebuild>, StoreError> {
        let row = sqlx::query(FINDING_REBUILD)
            .fetch_optional(self.pool())
            .await?;
        let read = |row: &PgRow| -> Result<Rebuild, sqlx::Error> {
            Ok(Rebuild {
                until: row.timestamp("until")?,
                checked_to: row.timestamp("checked_to")?,
                looked_at: row.try_get::<i64, _>("looked_at")?.unsigned_abs(),
            })
        };
        Ok(row.as_ref().map(read).transpose()?)
    }

    /// Takes the turn to look for findings; none while somebody else has it.
    pub(crate) async fn take_turn(&self) -> Result<Option<Turn>, StoreError> {
        let mut transaction = self.pool().begin().await?;
        let taken: bool = sqlx::query_scalar(TRY_TURN)
            .bind(TURN)
            .fetch_one(&mut *transaction)
            .await?;
        Ok(taken.then_some(Turn { _lock: transaction }))
    }

    /// Keeps what the stream's rules have found, and how far they have got: up to a time, and when that was.
    pub(crate) async fn keep_stream(
        &self,
        scope: Scope<'_>,
        found: &Found,
        names: &HashMap<Uuid, String>,
        progress: Option<(Timestamp, Timestamp)>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool().begin().await?;
        keep(&mut transaction, scope, found, names).await?;
        if let Some(progress) = progress {
            let rules = Rule::all().filter(|rule| rule.group() == Group::Stream);
            advance(&mut transaction, rules, progress).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Keeps what rules of what holds now have found.
    pub(crate) async fn keep_state(
        &self,
        rules: &[Rule],
        found: &Found,
        names: &HashMap<Uuid, String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool().begin().await?;
        keep(&mut transaction, Scope::Rules(rules), found, names).await?;
        advance(&mut transaction, rules.iter().copied(), (now, now)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Keeps what the re-run has found in its next span, and how far it has got.
    pub(crate) async fn keep_rebuild(
        &self,
        scope: Scope<'_>,
        found: &Found,
        names: &HashMap<Uuid, String>,
        rebuild: Rebuild,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool().begin().await?;
        keep(&mut transaction, scope, found, names).await?;
        set_rebuild(&mut transaction, rebuild).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Begins a re-run up to `until`.
    pub(crate) async fn begin_rebuild(&self, rebuild: Rebuild) -> Result<(), StoreError> {
        let mut transaction = self.pool().begin().await?;
        set_rebuild(&mut transaction, rebuild).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The re-run has come to its end: the stream's rules have got at least as far.
    pub(crate) async fn end_rebuild(
        &self,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.pool().begin().await?;
        let rules = Rule::all().filter(|rule| rule.group() == Group::Stream);
        advance(&mut transaction, rules, (until, now)).await?;
        sqlx::query(END_REBUILD).execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Executed decisions that are to be looked at again.
    pub(crate) async fn waiting_decisions(&self) -> Result<Vec<Uuid>, StoreError> {
        Ok(sqlx::query_scalar(WAITING_DECISIONS)
            .fetch_all(self.pool())
            .await?)
    }
}

/// A rule never goes back.
async fn advance(
    session: &mut Session<'_>,
    rules: impl Iterator<Item = Rule>,
    (to, at): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let words: Vec<&str> = rules.map(Rule::as_str).collect();
    sqlx::query(ADVANCE)
        .bind(words)
        .bind(PgTimestamp(to))
        .bind(PgTimestamp(at))
        .execute(session)
        .await?;
    Ok(())
}

async fn set_rebuild(session: &mut Session<'_>, rebuild: Rebuild) -> Result<(), StoreError> {
    sqlx::query(SET_REBUILD)
        .bind(PgTimestamp(rebuild.until))
        .bind(PgTimestamp(rebuild.checked_to))
        .bind(i64::try_from(rebuild.looked_at).unwrap_or(i64::MAX))
        .execute(session)
        .await?;
    Ok(())
}
