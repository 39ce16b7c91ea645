//! A statement that can be run again. sqlx's own query gives its arguments away when it is run.

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

/// A row, or the number of affected rows.
pub type Outcome = Either<PgQueryResult, PgRow>;

impl Statement {
    /// Takes the text and arguments of a query.
    ///
    /// # Errors
    /// When an argument cannot be encoded.
    pub fn take<'q>(mut query: impl Execute<'q, Postgres>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            arguments: query.take_arguments().map_err(sqlx::Error::Encode)?,
            persistent: query.persistent(),
            sql: query.sql(),
        })
    }

    /// Whether the statement only reads, so that it may be retried anywhere. None of the console's SELECTs calls a
    /// function that writes.
    pub fn reads(&self) -> bool {
        self.sql.as_str().starts_with("SELECT ")
    }

    /// Turns it into an unnamed statement, for poolers that give the next transaction another connection.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.persistent = false;
        self
    }

    /// Runs the statement.
    pub fn stream(
        self,
        connection: &mut PgConnection,
    ) -> BoxStream<'_, Result<Outcome, sqlx::Error>> {
        connection.fetch_many(self)
    }

    /// Runs the statement for at most one row.
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
