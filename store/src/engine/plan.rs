//! Query plans of lists, read from `EXPLAIN`.

use std::fmt;

use domain::filter::{ListQuery, Window};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{Executor as _, Row as _};

use super::list::Output;
use super::{EngineDb, ExportFormat};
use crate::StoreError;
use crate::access::Auditor;
use crate::db::{Isolation, Session, read};
use crate::sql::{Sql, sql};
use crate::statements::statements;
use crate::views::EngineView;

statements! {
    WITHOUT_SORT = "SET LOCAL enable_sort = off";
}

/// A node of a query plan, with its children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// PostgreSQL's node type: `Index Scan`, `Seq Scan`, `Limit` …
    pub step: String,
    /// Whether it scans its index backwards.
    pub backward: bool,
    /// Index that it reads.
    pub index: Option<String>,
    /// Table that it reads, without its schema.
    pub table: Option<String>,
    /// Whether it has a condition without columns (`One-Time Filter`); its children run only if that holds.
    pub is_conditional: bool,
    /// Child nodes.
    pub below: Vec<Plan>,
}

impl Plan {
    /// All nodes, top down.
    #[must_use]
    pub fn steps(&self) -> Vec<&Self> {
        let below = self.below.iter().flat_map(Self::steps);
        std::iter::once(self).chain(below).collect()
    }

    /// The nodes that run unconditionally, top down.
    #[must_use]
    pub fn certain_steps(&self) -> Vec<&Self> {
        let below = self.below.iter().filter(|_| !self.is_conditional);
        let below = below.flat_map(Self::certain_steps);
        std::iter::once(self).chain(below).collect()
    }

    /// Tables with a sequential scan.
    #[must_use]
    pub fn read_whole(&self) -> Vec<&str> {
        self.steps()
            .into_iter()
            .filter(|step| step.step.ends_with("Seq Scan"))
            .filter_map(|step| step.table.as_deref())
            .collect()
    }

    /// Whether a node reads this index.
    #[must_use]
    pub fn uses(&self, index: &str) -> bool {
        self.steps()
            .iter()
            .any(|step| step.index.as_deref() == Some(index))
    }

    fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(ToOwned::to_owned);
        let below = value.get("Plans").and_then(Value::as_array);
        Some(Self {
            step: text("Node Type")?,
            backward: text("Scan Direction").is_some_and(|way| way == "Backward"),
            index: text("Index Name"),
            table: text("Relation Name"),
            is_conditional: value.get("One-Time Filter").is_some(),
            below: below
                .into_iter()
                .flatten()
                .map(Self::read)
                .collect::<Option<_>>()?,
        })
    }
}

impl fmt::Display for Plan {
    /// One line per node that reads or sorts, top down. Other nodes differ between PostgreSQL versions and are left
    /// out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.steps() {
            if step.index.is_none() && step.table.is_none() && !step.step.ends_with("Sort") {
                continue;
            }
            f.write_str(&step.step)?;
            if step.backward {
                f.write_str(" backward")?;
            }
            for (word, name) in [("using", &step.index), ("on", &step.table)] {
                if let Some(name) = name {
                    write!(f, " {word} {name}")?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl EngineDb {
    /// The plan of the page that `query` asks for: of the statement that [`EngineDb::search`] tries first, with its
    /// values. The statement is not run.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn explain(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
    ) -> Result<Plan, StoreError> {
        let columns: Vec<usize> = (0..view.0.columns.len()).collect();
        let statement = view.0.page_sql(query, window, Output::Values(&columns));
        read!(self.pool(), Isolation::Statement, |session| {
            explain(session, &statement).await
        })
    }

    /// As [`EngineDb::explain`], for the count.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn explain_count(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
    ) -> Result<Plan, StoreError> {
        let statement = view.0.count_sql(query, window);
        read!(self.pool(), Isolation::Statement, |session| {
            explain(session, &statement).await
        })
    }

    /// As [`EngineDb::explain`], for [`EngineDb::export`].
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn explain_export(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
        format: ExportFormat,
    ) -> Result<Plan, StoreError> {
        let statement = view.0.export_sql(query, window, format).with_literals();
        read!(self.pool(), Isolation::Statement, |session| {
            explain(session, &statement).await
        })
    }

    /// As [`EngineDb::explain_export`], with explicit sorts disabled.
    ///
    /// # Errors
    /// When the database is unreachable.
    pub async fn explain_unsorted_export(
        &self,
        _: &Auditor,
        view: EngineView,
        query: &ListQuery,
        window: Window,
        format: ExportFormat,
    ) -> Result<Plan, StoreError> {
        let statement = view.0.export_sql(query, window, format).with_literals();
        read!(self.pool(), Isolation::Snapshot, |session| {
            session.execute(WITHOUT_SORT).await?;
            explain(session, &statement).await
        })
    }
}

/// The plan of a statement with its values.
///
/// # Errors
/// When the database is unreachable, or its answer is no plan.
pub async fn explain(session: &mut Session<'_>, statement: &Sql) -> Result<Plan, StoreError> {
    let row = sql!["EXPLAIN (FORMAT JSON, COSTS OFF) ", statement]
        .query()
        .persistent(false)
        .fetch_one(session)
        .await?;
    Ok(read(&row)?)
}

fn read(row: &PgRow) -> Result<Plan, sqlx::Error> {
    // The column is `json`, which sqlx does not decode without a feature; its bytes are the text.
    let document: Option<Value> = serde_json::from_str(row.try_get_unchecked(0)?).ok();
    document
        .as_ref()
        .and_then(|document| Plan::read(document.get(0)?.get("Plan")?))
        .ok_or_else(|| sqlx::Error::Decode("EXPLAIN gave no plan".into()))
}
