//! A borrowed connection for several statements.

use std::fmt;
use std::ops::{Deref, DerefMut};

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _, stream};
use sqlx::postgres::{PgConnection, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Execute, Executor, Postgres, SqlStr};

use super::statement::{Outcome, Statement};
use crate::StoreError;

/// A borrowed connection with its pool's settings in force.
pub struct Session<'c> {
    held: Held<'c>,
    /// Whether statements must be unnamed: behind a pooler, the next transaction may have another connection.
    unnamed: bool,
}

enum Held<'c> {
    Lent(&'c mut PgConnection),
    Transaction(sqlx::Transaction<'c, Postgres>),
}

impl<'c> Session<'c> {
    /// A session on a connection.
    pub const fn new(connection: &'c mut PgConnection, unnamed: bool) -> Self {
        Self {
            held: Held::Lent(connection),
            unnamed,
        }
    }

    /// A session on a transaction that has just begun.
    pub(super) const fn of_transaction(
        transaction: sqlx::Transaction<'c, Postgres>,
        unnamed: bool,
    ) -> Self {
        Self {
            held: Held::Transaction(transaction),
            unnamed,
        }
    }

    /// Ends the session's transaction, if it has one: commits after `Ok`, rolls back after `Err`.
    pub(crate) async fn end<T>(self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Held::Transaction(transaction) = self.held {
            match outcome {
                Ok(_) => transaction.commit().await?,
                // If the connection is lost, so is the transaction.
                Err(_) => drop(transaction.rollback().await),
            }
        }
        outcome
    }

    /// The underlying connection, for `COPY`.
    pub fn connection(&mut self) -> &mut PgConnection {
        match &mut self.held {
            Held::Lent(connection) => connection,
            Held::Transaction(transaction) => transaction,
        }
    }

    fn take<'q>(&self, query: impl Execute<'q, Postgres>) -> Result<Statement, sqlx::Error> {
        let statement = Statement::take(query)?;
        Ok(if self.unnamed {
            statement.unnamed()
        } else {
            statement
        })
    }
}

/// A write transaction. It is rolled back unless [`WriteTransaction::commit`] is called. Its statements are unnamed, so
/// none can be stale.
#[derive(Debug)]
pub struct WriteTransaction(Session<'static>);

impl WriteTransaction {
    pub(super) const fn new(transaction: sqlx::Transaction<'static, Postgres>) -> Self {
        Self(Session::of_transaction(transaction, true))
    }

    /// Commits.
    ///
    /// # Errors
    /// When the database fails. Then nothing was written, or the outcome is unknown.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.0.end(Ok(())).await
    }
}

impl Deref for WriteTransaction {
    type Target = Session<'static>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl fmt::Debug for Session<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl<'s> Executor<'s> for &'s mut Session<'_> {
    type Database = Postgres;

    fn fetch_many<'e, 'q, E>(self, query: E) -> BoxStream<'e, Result<Outcome, sqlx::Error>>
    where
        's: 'e,
        E: Execute<'q, Postgres>,
        'q: 'e,
        E: 'q,
    {
        match self.take(query) {
            Ok(statement) => statement.stream(self.connection()),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    fn fetch_optional<'e, 'q, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<PgRow>, sqlx::Error>>
    where
        's: 'e,
        E: Execute<'q, Postgres>,
        'q: 'e,
        E: 'q,
    {
        match self.take(query) {
            Ok(statement) => statement.optional(self.connection()),
            Err(error) => async { Err(error) }.boxed(),
        }
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement, sqlx::Error>>
    where
        's: 'e,
    {
        self.connection().prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, sqlx::Error>>
    where
        's: 'e,
    {
        self.connection().describe(sql)
    }
}
