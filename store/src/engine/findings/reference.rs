//! Reference data of the rules (algorithms, limits, episodes), and queries for rules that check the present state.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::amount::Amount;
use domain::episode::History;
use domain::finding::slice::Limit;
use domain::finding::state::{AHEAD, Deployment, ahead};
use domain::finding::{Finding, Subject, SubjectKind};
use domain::time::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::StoreError;
use crate::access::Auditor;
use crate::db::{Isolation, Session, read};
use crate::engine::EngineDb;
use crate::engine::fragments::readable;
use crate::pg::{PgTimestamp, RowExt as _};
use crate::sql::Sql;
use crate::statements::statements;

statements! {
    /// Rows with a time after `$1`: kind, id, time, coin.
    AHEAD_ROWS = "\
        SELECT 'decision', id::text, \"timestamp\", asset::text FROM public.trade_audit WHERE \"timestamp\" > $1 \
        UNION ALL SELECT 'event', id::text, \"timestamp\", NULL FROM public.audit_log WHERE \"timestamp\" > $1 \
        UNION ALL SELECT 'order', id::text, created_at, coin_type::text FROM public.orders WHERE created_at > $1 \
        UNION ALL SELECT 'signal', id::text, generated_at, asset::text FROM public.signal WHERE generated_at > $1";

    /// Active deployments, with the time of each one's last activity.
    DEPLOYMENTS = "SELECT d.id, d.algorithm_id, a.name, d.execution_frequency::bigint AS execution_frequency, \
        greatest(d.created_at, d.activated_at, d.last_executed_at) AS moved_at \
        FROM public.deployed_algorithms d JOIN public.algorithms a ON a.id = d.algorithm_id \
        WHERE d.is_active ORDER BY d.id";

    NEWEST_DECISION = "SELECT max(\"timestamp\") FROM public.trade_audit \
        WHERE agent_id = $1 AND \"timestamp\" >= $2 AND \"timestamp\" <= $3";

    SETTING_CHANGED_AT = "SELECT updated_at FROM public.system_setting WHERE key = 'kill_switch'";

    ALGORITHMS = "SELECT id, name FROM public.algorithms";

    NUMBERS_TRANSACTIONS = "SELECT relkind IN ('r', 'p') FROM pg_catalog.pg_class \
        WHERE oid = 'public.audit_log'::regclass";
}

/// Reference data that rows are compared with.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Time of the scan.
    pub now: Timestamp,
    /// Every kill-switch episode.
    pub history: Arc<History>,
    /// Limits in AUD.
    pub limits: Vec<Limit>,
    /// Ids of all algorithms.
    pub algorithm_ids: HashSet<Uuid>,
    /// Names of all algorithms, by id.
    pub algorithm_names: HashMap<Uuid, String>,
    /// Whether `audit_log` has `xmin`, the transaction that wrote a row. A view has not.
    pub numbers_transactions: bool,
}

/// SQL of limits: name, amount in AUD, user, algorithm, start, end, last change.
fn limits_sql() -> Sql {
    Sql::template(
        "SELECT 'rule “' || name || '”' AS name, {rule}->>'max_value' AS amount, NULL::uuid AS user_id, \
           NULL::uuid AS algorithm_id, created_at AS since, NULL::timestamptz AS until, updated_at \
         FROM public.risk_rule WHERE is_active AND rule_type = 'max_position_size' \
           AND {rule}->>'max_value' IS NOT NULL \
         UNION ALL SELECT 'the position limit of deployment ' || id::text, position_limit::text, user_id, \
           algorithm_id, coalesce(activated_at, created_at), \
           CASE WHEN is_active THEN NULL ELSE coalesce(deactivated_at, updated_at) END, updated_at \
         FROM public.deployed_algorithms WHERE position_limit IS NOT NULL \
         UNION ALL SELECT 'the default position limit of algorithm “' || name || '”', \
           default_position_limit::text, NULL, id, created_at, NULL, updated_at \
         FROM public.algorithms WHERE default_position_limit IS NOT NULL \
         ORDER BY 1, 2",
        &[("rule", readable("value"))],
    )
}

impl EngineDb {
    /// Reads the reference data, with `now` as the time of the scan.
    pub(crate) async fn reference(
        &self,
        auditor: &Auditor,
        now: Timestamp,
    ) -> Result<Arc<Reference>, StoreError> {
        let history = self.kill_switch_history(auditor).await?;
        read!(self.examining, Isolation::Statement, |session| {
            self.reference_in(session, &history, now).await
        })
    }

    async fn reference_in(
        &self,
        session: &mut Session<'_>,
        history: &Arc<History>,
        now: Timestamp,
    ) -> Result<Arc<Reference>, StoreError> {
        let limits = limits_sql().query().fetch_all(&mut *session).await?;
        let algorithms = sqlx::query(ALGORITHMS).fetch_all(&mut *session).await?;
        let algorithm_names: HashMap<Uuid, String> = algorithms
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect::<Result<_, sqlx::Error>>()?;
        let numbers_transactions: bool = sqlx::query_scalar(NUMBERS_TRANSACTIONS)
            .fetch_one(&mut *session)
            .await?;
        Ok(Arc::new(Reference {
            now,
            history: Arc::clone(history),
            limits: limits.iter().map(read_limit).collect::<Result<_, _>>()?,
            algorithm_ids: algorithm_names.keys().copied().collect(),
            algorithm_names,
            numbers_transactions,
        }))
    }

    /// Finds rows whose time is in the future.
    pub(crate) async fn find_ahead(&self, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
        let rows = sqlx::query(AHEAD_ROWS)
            .bind(PgTimestamp(now.plus_micros(AHEAD)))
            .fetch_all(&self.examining)
            .await?;
        let read = |row: &PgRow| -> Result<Option<Finding>, sqlx::Error> {
            let kind = SubjectKind::parse(row.try_get(0)?);
            let id: String = row.try_get(1)?;
            let at = row.try_get::<PgTimestamp, _>(2)?.0;
            let asset = row.try_get(3)?;
            Ok(kind.and_then(|kind| ahead(Subject::new(kind, &id), at, asset, now)))
        };
        let found: Vec<Option<Finding>> = rows.iter().map(read).collect::<Result<_, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Finds active algorithms that have been inactive for too long.
    pub(crate) async fn find_silent(&self, now: Timestamp) -> Result<Vec<Finding>, StoreError> {
        let rows = sqlx::query(DEPLOYMENTS).fetch_all(&self.examining).await?;
        let mut findings = Vec::new();
        for row in &rows {
            let mut deployment = Deployment {
                id: row.try_get("id")?,
                algorithm: row.try_get("algorithm_id")?,
                name: row.try_get("name")?,
                frequency: row.try_get("execution_frequency")?,
                moved_at: row.timestamp("moved_at")?,
            };
            if deployment.silence(now).is_some() {
                let newest: Option<PgTimestamp> = sqlx::query_scalar(NEWEST_DECISION)
                    .bind(format!("algo:{}", deployment.algorithm))
                    .bind(PgTimestamp(now.plus_micros(-deployment.patience())))
                    .bind(PgTimestamp(now))
                    .fetch_one(&self.examining)
                    .await?;
                deployment.moved_at = deployment
                    .moved_at
                    .max(newest.map_or(deployment.moved_at, |at| at.0));
            }
            findings.extend(deployment.silence(now));
        }
        Ok(findings)
    }

    /// When the kill-switch setting was last written.
    pub(crate) async fn setting_changed_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let at: Option<PgTimestamp> = sqlx::query_scalar(SETTING_CHANGED_AT)
            .fetch_optional(&self.examining)
            .await?;
        Ok(at.map(|at| at.0))
    }
}

fn read_limit(row: &PgRow) -> Result<Limit, sqlx::Error> {
    Ok(Limit {
        name: row.try_get("name")?,
        amount: Amount::from_numeric_text(row.try_get("amount")?),
        user: row.try_get("user_id")?,
        algorithm: row.try_get("algorithm_id")?,
        since: row.timestamp("since")?,
        until: row.timestamp_opt("until")?,
        changed_at: row.timestamp("updated_at")?,
    })
}

#[cfg(test)]
crate::statements::prepared![limits_sql()];
