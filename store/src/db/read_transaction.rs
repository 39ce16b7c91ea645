//! A retryable read of several statements; see [`crate::db::read`].

use std::time::Instant;

use super::pool::Pool;
use super::pooled::{Isolation, Pooled};
use super::retry::{Attempts, Remedy};
use super::session::Session;
use super::settings::Access;
use crate::StoreError;

/// Several read-only statements that are retried together.
pub struct ReadTransaction<'p> {
    pool: &'p Pool,
    isolation: Isolation,
    attempts: Attempts,
    pooled: Option<Pooled>,
    begun: Instant,
}

impl Drop for ReadTransaction<'_> {
    fn drop(&mut self) {
        self.pool.log_if_slow(self.begun);
    }
}

impl<'p> ReadTransaction<'p> {
    pub(super) fn new(pool: &'p Pool, isolation: Isolation) -> Self {
        Self {
            pool,
            isolation,
            attempts: Attempts::new(Access::ReadOnly, pool.settings()),
            pooled: None,
            begun: Instant::now(),
        }
    }

    /// Begins an attempt.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn begin(&mut self) -> Result<Session<'_>, StoreError> {
        let pooled = match self.pooled.take() {
            Some(pooled) => pooled,
            None => self.pool.take().await?,
        };
        let pooled = self.pooled.insert(pooled);
        let unnamed = pooled.is_unnamed();
        let Some(begin) = pooled.begin(self.pool.settings(), self.isolation) else {
            return Ok(Session::new(&mut pooled.connection, unnamed));
        };
        let transaction = pooled.transaction(begin).await?;
        Ok(Session::of_transaction(transaction, unnamed))
    }

    /// Prepares another attempt after a failure.
    ///
    /// # Errors
    /// The failure itself, when it cannot be retried.
    pub async fn recover(&mut self, error: StoreError) -> Result<(), StoreError> {
        match self.attempts.remedy_of(&error) {
            None => return Err(error),
            Some(Remedy::Again) => {}
            Some(Remedy::Reconnect) => {
                self.pool.mark_connections_doubtful();
                self.pooled = None;
            }
            Some(Remedy::Reprepare) => {
                if let Some(pooled) = &mut self.pooled {
                    pooled.forget_statements().await?;
                }
            }
        }
        Ok(())
    }
}
