//! Progress of each rule, the lock of the scanner, and the state of a re-run.

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

/// Advisory lock of the scanner: one instance of the console scans at a time.
const TURN: i64 = 0x0066_696e_6421;

/// The scanner's lock. Dropping it releases it.
pub(crate) struct Turn {
    _lock: WriteTransaction,
}

impl ConsoleDb {
    /// The progress of each rule. Rules that have not started are left out.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn finding_progress(&self, _: &Auditor) -> Result<Vec<RuleProgress>, StoreError> {
        let rows = sqlx::query(FINDING_PROGRESS).fetch_all(self.pool()).await?;
        let read = |row: &PgRow| -> Result<Option<RuleProgress>, sqlx::Error> {
            let word: String = row.try_get("rule")?;
            // Skip rules that only another version of the console knows.
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

    /// The least progress of the stream rules; `None` while one of them has not started, such as one that this version
    /// adds.
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

    /// The re-run that is under way or was interrupted.
    ///
    /// # Errors
    /// When the database is unreachable.
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

    /// Tries to take the scanner's lock; `None` while another instance holds it.
    pub(crate) async fn take_turn(&self) -> Result<Option<Turn>, StoreError> {
        let mut transaction = self.pool().begin().await?;
        let taken: bool = sqlx::query_scalar(TRY_TURN)
            .bind(TURN)
            .fetch_one(&mut *transaction)
            .await?;
        Ok(taken.then_some(Turn { _lock: transaction }))
    }

    /// Stores findings of stream rules. `progress` is the time up to which the rules have checked, and the time of the
    /// check.
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

    /// Stores findings of rules that check the present state.
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

    /// Stores findings of the re-run's latest span, and its progress.
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

    /// Starts a re-run, or replaces one that was interrupted.
    pub(crate) async fn begin_rebuild(&self, rebuild: Rebuild) -> Result<(), StoreError> {
        let mut transaction = self.pool().begin().await?;
        set_rebuild(&mut transaction, rebuild).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Ends the re-run and advances the stream rules to at least `until`.
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

    /// Executed decisions whose check was deferred.
    pub(crate) async fn waiting_decisions(&self) -> Result<Vec<Uuid>, StoreError> {
        Ok(sqlx::query_scalar(WAITING_DECISIONS)
            .fetch_all(self.pool())
            .await?)
    }
}

/// Advances the rules' progress. Progress never decreases.
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
