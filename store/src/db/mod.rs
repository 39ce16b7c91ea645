//! PostgreSQL connections: hosts ([`Server`]), session settings ([`Settings`]), and retries after a migration, a
//! pooler, a replica or a lock got in the way ([`Pool`]).
//!
//! Three properties of servers must not show on pages:
//! * **Stale plans.** After `ALTER … TYPE` or `ADD COLUMN`, a cached statement fails with `0A000` at every later use,
//!   and sqlx 0.9.0 never drops it. A read is retried once on the same connection, after its prepared statements were
//!   cleared.
//! * **Poolers.** PgBouncer refuses or drops settings of the start-up packet, and in transaction mode gives each
//!   transaction another connection. The settings are read back. Where they did not arrive, every statement runs in a
//!   transaction that sets them with `SET LOCAL`, as an unnamed statement.
//! * **Replicas.** Replay cancels a read with `40001`; it is retried once. A URL may name several hosts; when one
//!   fails, the next is used.

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

/// Reads with several statements: `read!(pool, isolation, |session| { … })`. When a migration, a replica or a lost
/// connection interrupts them, the whole block runs again once, so it must be repeatable. This is a macro because the
/// future of a closure that borrows both its environment and the session cannot be proven `Send`.
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
