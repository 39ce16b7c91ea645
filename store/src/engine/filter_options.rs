//! Values that a filter's form offers: the distinct values of an indexed column, found by hopping from
//! one to the next along its index rather than by reading the table.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::catalogue::View;
use futures::future::try_join_all;
use sqlx::Row as _;
use tokio::sync::Mutex;

use super::EngineDb;
use crate::StoreError;
use crate::access::Auditor;
use crate::sql::{Sql, sql};
use crate::statements::statements;
use crate::views::{self, Options};

statements! {
    ALGORITHM_NAMES = "SELECT DISTINCT name::text FROM public.algorithms ORDER BY 1 LIMIT $1";
}

/// More values than this are no choice but a text field.
const MOST: i64 = 60;
/// How long known values are offered without looking again.
const FRESH: Duration = Duration::from_secs(30);

/// Known values by where they come from.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<Options, Known>>);

/// When they were read, and they.
type Known = (Instant, Arc<[String]>);

impl EngineDb {
    /// The values that a view's form offers by parameter, sorted; none for a parameter that has too many.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn filter_options(
        &self,
        auditor: &Auditor,
        view: View,
    ) -> Result<Vec<(&'static str, Arc<[String]>)>, StoreError> {
        let offered = views::options(view).map(|(param, options)| async move {
            let values = self.options(auditor, options).await?;
            Ok::<_, StoreError>((param, values))
        });
        try_join_all(offered).await
    }

    async fn options(&self, _: &Auditor, options: Options) -> Result<Arc<[String]>, StoreError> {
        if let Some((read, values)) = self.filter_options.0.lock().await.get(&options)
            && read.elapsed() < FRESH
        {
            return Ok(values.clone());
        }
        let values = match options {
            Options::None => Vec::new(),
            Options::Distinct { table, column } => self.distinct(table, column).await?,
            Options::AlgorithmNames => self.algorithm_names().await?,
        };
        let values: Arc<[String]> = if i64::try_from(values.len()).unwrap_or(i64::MAX) > MOST {
            Arc::default()
        } else {
            values.into()
        };
        let mut known = self.filter_options.0.lock().await;
        known.insert(options, (Instant::now(), values.clone()));
        Ok(values)
    }

    async fn distinct(
        &self,
        table: &'static str,
        column: &'static str,
    ) -> Result<Vec<String>, StoreError> {
        let rows = distinct_sql(table, column).query();
        let rows = rows.fetch_all(self.pool()).await?;
        Ok(rows
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?)
    }

    async fn algorithm_names(&self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(ALGORITHM_NAMES)
            .bind(MOST + 1)
            .fetch_all(self.pool())
            .await?)
    }
}

/// The distinct values of a column, at most one more than [`MOST`], each found by the one before it.
fn distinct_sql(table: &'static str, column: &'static str) -> Sql {
    Sql::template(
        "WITH RECURSIVE hop(value, n) AS (\
           (SELECT {column}, 1 FROM {table} ORDER BY {column} LIMIT 1) \
           UNION ALL \
           SELECT (SELECT {column} FROM {table} WHERE {column} > hop.value \
                   ORDER BY {column} LIMIT 1), n + 1 \
           FROM hop WHERE hop.value IS NOT NULL AND n <= {most}) \
         SELECT value::text FROM hop WHERE value IS NOT NULL",
        &[
            ("table", table.into()),
            ("column", column.into()),
            ("most", sql![MOST]),
        ],
    )
}
