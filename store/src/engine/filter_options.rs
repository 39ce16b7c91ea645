//! Values that a filter's form offers: the distinct values of an indexed column, found by a loose index scan rather
//! than by reading the table.

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

/// A column with more values gets a text field instead of options.
const MAX_OPTIONS: i64 = 60;

impl EngineDb {
    /// The values that a view's form offers, by parameter, sorted; empty for a parameter with too many.
    ///
    /// # Errors
    /// When the database is unreachable.
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
        Ok(
            if i64::try_from(values.len()).unwrap_or(i64::MAX) > MAX_OPTIONS {
                Arc::default()
            } else {
                values.into()
            },
        )
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
            .bind(MAX_OPTIONS + 1)
            .fetch_all(self.pool())
            .await?)
    }
}

/// SQL of the distinct values of a column, at most one more than [`MAX_OPTIONS`], each looked up from the one before
/// it.
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
            ("most", sql![MAX_OPTIONS]),
        ],
    )
}
