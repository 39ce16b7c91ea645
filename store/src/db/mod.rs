//! How the console talks to PostgreSQL: where it connects ([`Server`]), with which settings ([`Settings`]), and what it
//! tries again when a migration, a pooler, a replica or a lock gets in the way ([`Pool`]).
//!
//! Three things differ between servers, and none of them may change what a page says:
//! * **Stale plans.** After `ALTER … TYPE` or `ADD COLUMN` a cached statement fails with `0A000` at every later use, and
//!   sqlx 0.9.0 never drops it. A read is tried once more on the same connection, after its statements were cleared.
//! * **Poolers.** PgBouncer refuses or drops the settings of a start-up packet, and in transaction mode gives each
//!   transaction another connection. Settings are read back, and where they did not arrive, every statement runs in a
//!   transaction that makes them by `SET LOCAL`, with unnamed statements.
//! * **Replicas.** Replay cancels a read with `40001`; it is tried once more. Several hosts may be named; when one goes,
//!   the next is used.

mod execute;
mod pool;
mod pooled;
mod read_transaction;
mod retry;
mod server;
mod session;
mod settings;
mod statement;
mod url;

pub use pool::Pool;
pub use pooled::Isolation;
pub use server::{OwnConnection, Server};
pub use session::{Session, WriteTransaction};
pub use settings::{Access, Settings};
pub use url::first_host;

/// Reads by several statements: `read!(pool, isolation, |session| { … })`. Where a migration, a replica or a lost
/// connection interrupts them, all of them are tried once more, so they must be able to begin anew. It is no function,
/// because a future that borrows from its surroundings and from the session cannot be told to be `Send` today.
macro_rules! read {
    ($pool:expr, $isolation:expr, |$session:ident| $work:block) => {{
        let mut read_transaction = $pool.read_transaction($isolation);
        loop {
            let outcome = match read_transaction.begin().await {
                Ok(mut begun) => {
                    let $session = &mut begun;
                    let outcome: Result<_, crate::StoreError> = async { $work }.await;
                    begun.end(outcome).await
                }
                Err(error) => Err(error),
            };
            match outcome {
                Ok(value) => break Ok(value),
                Err(error) => {
                    if let Err(error) = read_transaction.recover(error).await {
                        break Err(error);
                    }
                }
            }
        }
    }};
}
pub(crate) use read;
