//! Values that a filter's form offers: the distinct values of an indexed column, found by hopping from
//! one to the next along its index rather than by reading the table.

use std::sync::Arc;

use domain::catalogue::View;
use futures::future::try_join_all;
use sqlx::Row as _;

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
        let values = match options {
            Options::None => Vec::new(),
            Options::Distinct { table, column } => self.distinct(table, column).await?,
            Options::AlgorithmNames => self.algorithm_names().await?,
        };
        Ok(if i64::try_from(values.len()).unwrap_or(i64::MAX) > MOST {
            Arc::default()
        } else {
            values.into()
        })
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
