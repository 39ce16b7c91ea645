//! Single signals: `ALGORITHM_SIGNAL` events of the executor, and rows of table `signal`.

use domain::signal::{Signal, SignalId};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::EngineDb;
use super::signal_outcome;
use crate::StoreError;
use crate::access::Auditor;
use crate::pg::RowExt as _;
use crate::sql::Sql;
use crate::views::{COLLECTOR_FROM, JsonExtraction, SIGNALS, executor_from};

/// Columns for [`read`], over either branch's tables.
const ROW: &str = "s.executor_id, s.collector_id, s.\"timestamp\", s.algorithm_id, \
    s.algorithm_name, s.coin, s.action, s.quantity, s.confidence, s.price, s.source, \
    s.details::text AS details, s.user_id";

fn read(row: &PgRow) -> Result<Signal, sqlx::Error> {
    let id = match row.try_get("executor_id")? {
        Some(id) => SignalId::Executor(id),
        None => SignalId::Collector(row.try_get("collector_id")?),
    };
    Ok(Signal {
        id,
        timestamp: row.timestamp("timestamp")?,
        algorithm_id: row.try_get("algorithm_id")?,
        algorithm_name: row.try_get("algorithm_name")?,
        coin: row.try_get("coin")?,
        action: row.try_get("action")?,
        quantity: row.try_get("quantity")?,
        confidence: row.try_get("confidence")?,
        price: row.try_get("price")?,
        source: row.try_get("source")?,
        details: row.try_get("details")?,
        outcome: match id {
            SignalId::Executor(_) => Some(signal_outcome::read(row)?),
            SignalId::Collector(_) => None,
        },
    })
}

impl EngineDb {
    /// Finds a signal by its id.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn find_signal(
        &self,
        _: &Auditor,
        id: SignalId,
    ) -> Result<Option<Signal>, StoreError> {
        let mut sql = Sql::new("SELECT found.*, ");
        sql.push(signal_outcome::ROW)
            .push(" FROM (SELECT ")
            .push(ROW);
        match id {
            SignalId::Executor(id) => {
                sql.push(executor_from(JsonExtraction::WhereNeeded))
                    .push(" AND s.executor_id = ")
                    .uuid(id);
            }
            SignalId::Collector(number) => {
                sql.push(COLLECTOR_FROM)
                    .push(" AND s.collector_id = ")
                    .int(number);
            }
        }
        sql.push(") found");
        if let Some(late) = &SIGNALS.late_join {
            sql.push(&late.join);
        }
        let found = sql.query().fetch_optional(self.pool()).await?;
        Ok(found.as_ref().map(read).transpose()?)
    }
}
