//! A statement that can be run again: sqlx hands a query's values out once.

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use sqlx::postgres::{PgArguments, PgConnection, PgQueryResult, PgRow};
use sqlx::{Either, Execute, Executor as _, Postgres, SqlStr};

/// Text and values of a statement.
#[derive(Clone)]
pub struct Statement {
    sql: SqlStr,
    arguments: Option<PgArguments>,
    persistent: bool,
}

/// Rows, and how many were affected.
pub type Outcome = Either<PgQueryResult, PgRow>;

impl Statement {
    /// Takes a query apart.
    ///
    /// # Errors
    /// When a value could not be written.
    pub fn take<'q>(mut query: impl Execute<'q, Postgres>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            arguments: query.take_arguments().map_err(sqlx::Error::Encode)?,
            persistent: query.persistent(),
            sql: query.sql(),
        })
    }

    /// Whether it reads and changes nothing, so that it may be run twice wherever it runs. None of the console's own
    /// SELECTs calls a function that writes.
    pub fn reads(&self) -> bool {
        self.sql.as_str().starts_with("SELECT ")
    }

    /// As one that leaves no prepared statement behind: a pooler gives the next transaction another connection.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.persistent = false;
        self
    }

    /// Runs it.
    pub fn stream(
        self,
        connection: &mut PgConnection,
    ) -> BoxStream<'_, Result<Outcome, sqlx::Error>> {
        connection.fetch_many(self)
    }

    /// Runs it for one row.
    pub fn optional(
        self,
        connection: &mut PgConnection,
    ) -> BoxFuture<'_, Result<Option<PgRow>, sqlx::Error>> {
        connection.fetch_optional(self)
    }
}

impl Execute<'_, Postgres> for Statement {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&sqlx::postgres::PgStatement> {
        None
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, sqlx::error::BoxDynError> {
        Ok(self.arguments.take())
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}
