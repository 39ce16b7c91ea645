//! Several statements that read, as one: see [`crate::db::read`].

use std::time::Instant;

use super::pool::Pool;
use super::retry::{Attempts, Remedy};
use super::session::Session;
use super::settings::Access;
use super::taken::{Isolation, Taken};
use crate::StoreError;

/// Several statements that read, and are tried once more together where that may help.
pub struct Reading<'p> {
    pool: &'p Pool,
    isolation: Isolation,
    attempts: Attempts,
    taken: Option<Taken>,
    begun: Instant,
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.pool.tell_slow(self.begun);
    }
}

impl<'p> Reading<'p> {
    pub(super) fn new(pool: &'p Pool, isolation: Isolation) -> Self {
        Self {
            pool,
            isolation,
            attempts: Attempts::new(Access::ReadOnly, pool.settings()),
            taken: None,
            begun: Instant::now(),
        }
    }

    /// Begins a try.
    ///
    /// # Errors
    /// When there is no connection.
    pub async fn begin(&mut self) -> Result<Session<'_>, StoreError> {
        let taken = match self.taken.take() {
            Some(taken) => taken,
            None => self.pool.take().await?,
        };
        let taken = self.taken.insert(taken);
        let unnamed = taken.is_unnamed();
        let Some(begin) = taken.begin(self.pool.settings(), self.isolation) else {
            return Ok(Session::new(&mut taken.connection, unnamed));
        };
        let transaction = taken.transaction(begin).await?;
        Ok(Session::of_transaction(transaction, unnamed))
    }

    /// After a failure: prepares another try.
    ///
    /// # Errors
    /// The failure itself, when it counts.
    pub async fn recover(&mut self, error: StoreError) -> Result<(), StoreError> {
        match self.attempts.remedy_of(&error) {
            None => return Err(error),
            Some(Remedy::Again) => {}
            Some(Remedy::Reconnect) => {
                self.pool.has_lost_a_connection();
                self.taken = None;
            }
            Some(Remedy::Reprepare) => {
                if let Some(taken) = &mut self.taken {
                    taken.forget_statements().await?;
                }
            }
        }
        Ok(())
    }
}
