//! Counts of the overview page.

use domain::day::DayNumbers;
use domain::time::Timestamp;
use sqlx::Row as _;

use super::EngineDb;
use super::fragments::rejected_attempt;
use crate::StoreError;
use crate::access::Auditor;
use crate::pg::PgTimestamp;
use crate::sql::Sql;

impl EngineDb {
    /// Counts the rows from `from` to `to`, both inclusive.
    ///
    /// # Errors
    /// When the database is unreachable or the query times out.
    pub async fn day_counts(
        &self,
        _: &Auditor,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<DayNumbers, StoreError> {
        let row = day_counts_sql()
            .query()
            .bind(PgTimestamp(from))
            .bind(PgTimestamp(to))
            .fetch_one(self.pool())
            .await?;
        let count = |column: usize| -> Result<u64, sqlx::Error> {
            Ok(row.try_get::<i64, _>(column)?.unsigned_abs())
        };
        Ok(DayNumbers {
            decisions: count(0)?,
            executed: count(1)?,
            blocked: count(2)?,
            signals: count(3)?,
            rejections: count(4)?,
            events: count(5)?,
        })
    }
}

/// SQL of the counts from `$1` to `$2`.
fn day_counts_sql() -> Sql {
    Sql::template(
        "SELECT t.decisions, t.executed, t.blocked, e.signals + c.signals, e.rejections, e.events \
             FROM (SELECT count(*) AS decisions, count(*) FILTER (WHERE is_executed) AS executed, \
                   count(block_reason) AS blocked \
                   FROM public.trade_audit WHERE \"timestamp\" BETWEEN $1 AND $2) AS t, \
                  (SELECT count(*) AS events, \
                   count(*) FILTER (WHERE event_type = 'ALGORITHM_SIGNAL') AS signals, \
                   count(*) FILTER (WHERE {rejected}) AS rejections \
                   FROM public.audit_log WHERE \"timestamp\" BETWEEN $1 AND $2) AS e, \
                  (SELECT count(*) AS signals \
                   FROM public.signal WHERE generated_at BETWEEN $1 AND $2) AS c",
        &[("rejected", rejected_attempt())],
    )
}

#[cfg(test)]
crate::statements::prepared![day_counts_sql()];
