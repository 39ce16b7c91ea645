//! Values that a filter's form offers: the distinct values of an indexed column, found by hopping from
//! one to the next along its index rather than by reading the table.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::AssertSqlSafe;
use tokio::sync::Mutex;

use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;

/// More values than this are no choice but a text field.
const MOST: usize = 60;
/// How long known values are offered without looking again.
const FRESH: Duration = Duration::from_secs(30);

/// Known values by parameter.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<&'static str, Known>>);

/// When they were read, and they.
type Known = (Instant, Arc<[String]>);

/// Columns that an index of the engine's own begins with.
const INDEXED: [(&str, &str, &str); 4] = [
    ("asset", "public.trade_audit", "asset"),
    ("agent", "public.trade_audit", "agent_id"),
    ("type", "public.audit_log", "event_type"),
    ("coin", "public.orders", "coin_type"),
];

impl EngineDb {
    /// The values to offer for a view's parameter, sorted; none where it has too many.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn filter_options(
        &self,
        _: &Auditor,
        param: &'static str,
    ) -> Result<Arc<[String]>, StoreError> {
        if let Some((read, values)) = self.filter_options.0.lock().await.get(param)
            && read.elapsed() < FRESH
        {
            return Ok(values.clone());
        }
        let indexed = INDEXED.iter().find(|(name, _, _)| *name == param);
        let values = match (indexed, param) {
            (Some((_, table, column)), _) => self.distinct(table, column).await?,
            (None, "algorithm") => self.algorithm_names().await?,
            (None, _) => Vec::new(),
        };
        let values: Arc<[String]> = if values.len() > MOST {
            Arc::default()
        } else {
            values.into()
        };
        let mut known = self.filter_options.0.lock().await;
        known.insert(param, (Instant::now(), values.clone()));
        Ok(values)
    }

    async fn distinct(&self, table: &str, column: &str) -> Result<Vec<String>, StoreError> {
        let text = format!(
            "WITH RECURSIVE hop(value, n) AS (\
               (SELECT {column}, 1 FROM {table} ORDER BY {column} LIMIT 1) \
               UNION ALL \
               SELECT (SELECT {column} FROM {table} WHERE {column} > hop.value \
                       ORDER BY {column} LIMIT 1), n + 1 \
               FROM hop WHERE hop.value IS NOT NULL AND n <= {MOST}) \
             SELECT value::text FROM hop WHERE value IS NOT NULL"
        );
        Ok(sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_all(self.pool())
            .await?)
    }

    async fn algorithm_names(&self) -> Result<Vec<String>, StoreError> {
        let text = format!(
            "SELECT DISTINCT name::text FROM public.algorithms ORDER BY 1 LIMIT {}",
            MOST + 1
        );
        Ok(sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_all(self.pool())
            .await?)
    }
}
