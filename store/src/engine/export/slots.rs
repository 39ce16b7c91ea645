//! The connections of exports, and the turns by which they share the machine with each other and with pages.
//!
//! Who may export, and in which order, is decided before: the console has a queue, and `audit-console export` runs one
//! export in a process of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::stop::Stopper;
use crate::StoreError;
use crate::db::{Isolation, OwnConnection, Pool, Server, Session, Settings};
use crate::engine::EngineDb;

/// An export waits at most this long for a connection that another one is closing. A queue that frees its slot when the
/// reader goes away is up to this much ahead of the connection.
const CLOSING_TIMEOUT: Duration = Duration::from_secs(2);
/// An export reads for this long before another one does. Between two turns PostgreSQL fills the buffers between it and
/// the console, some megabytes: with shorter turns it would hardly ever have to stop.
const TURN: Duration = Duration::from_secs(1);
/// For this long after a page was requested, exports pause for pages.
const PAGE_ACTIVITY: Duration = Duration::from_secs(1);
/// While pages are read, an export reads for this long, and then pauses for as long. During longer pauses PostgreSQL would
/// fill the buffers, and not pause.
const SLICE: Duration = Duration::from_millis(5);

impl EngineDb {
    /// Exports that have a connection at the same time, each one of its own outside the pools; the same on the console's
    /// database. A queue that lets no more run never meets [`StoreError::ExportsBusy`], which guards the server's
    /// connections from callers that have none.
    pub const EXPORT_CONNECTIONS: usize = 4;
}

/// The connections of exports on one database.
#[derive(Clone)]
pub struct ExportSlots {
    server: Arc<Server>,
    settings: Settings,
    pages: Pool,
    slots: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    running: Running,
}

/// The running exports by the process id of their PostgreSQL backend.
#[derive(Clone, Default)]
struct Running(Arc<Mutex<HashMap<i32, RunningExport>>>);

/// An export that has a connection.
#[derive(Clone)]
pub struct RunningExport {
    /// When its snapshot was taken.
    pub since: Instant,
    /// Ends it.
    pub stopper: Stopper,
}

/// The connection of an export. Dropping it closes the connection.
pub struct ExportSlot {
    connection: OwnConnection,
    _registration: Registration,
    /// Ends the export from outside.
    pub stopper: Stopper,
    /// By which it takes turns with others.
    pub turn: Turn,
    _permit: OwnedSemaphorePermit,
}

/// Lists an export among the running ones, until it is dropped.
struct Registration {
    pid: i32,
    running: Running,
}

/// An export's turn at reading its rows: while it does not read, PostgreSQL waits.
pub struct Turn {
    turns: Arc<Semaphore>,
    length: Duration,
    /// The connections of pages.
    pages: Pool,
    /// When it began to read, or ended its last pause.
    since: Instant,
    /// The turn that it has, and when that is over.
    taken: Option<(OwnedSemaphorePermit, Instant)>,
}

impl ExportSlots {
    /// No exports yet on the database of `server`. Half as many may read at once as this machine has cores; the other half
    /// is left to pages, which are read on the connections of `pages`.
    pub fn new(server: Arc<Server>, settings: Settings, pages: Pool) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            server,
            settings,
            pages,
            slots: Arc::new(Semaphore::new(EngineDb::EXPORT_CONNECTIONS)),
            turns: Arc::new(Semaphore::new((cores / 2).max(1))),
            running: Running::default(),
        }
    }

    /// The running exports by the process id of their PostgreSQL backend.
    pub fn running(&self) -> Vec<(i32, RunningExport)> {
        let running = self.running.lock();
        running.iter().map(|(pid, it)| (*pid, it.clone())).collect()
    }

    /// Connects and begins a transaction: one snapshot where `isolation` says so.
    ///
    /// # Errors
    /// [`StoreError::ExportsBusy`] when all connections stay in use, for callers without a queue; or the database is
    /// unavailable.
    pub async fn take(&self, isolation: Isolation) -> Result<ExportSlot, StoreError> {
        let free = Arc::clone(&self.slots).acquire_owned();
        // The semaphore is never closed: there is a permit, or none in time.
        let Ok(Ok(permit)) = tokio::time::timeout(CLOSING_TIMEOUT, free).await else {
            return Err(StoreError::ExportsBusy);
        };
        // An export that runs alone may use parallel workers; several at a time would leave nothing to pages. Decided with
        // the permit taken: of two that begin together only one is alone.
        let is_alone = self.slots.available_permits() + 1 == EngineDb::EXPORT_CONNECTIONS;
        let settings = if is_alone {
            self.settings.clone()
        } else {
            let serial = "max_parallel_workers_per_gather";
            self.settings.clone().with(serial, "0")
        };
        let mut connection = self.server.connect(&settings).await?;
        let pid = connection.begin(isolation == Isolation::Snapshot).await?;
        let stopper = Stopper::default();
        let export = RunningExport {
            since: Instant::now(),
            stopper: stopper.clone(),
        };
        self.running.lock().insert(pid, export);
        // With parallel workers it reads twice as much in the same time.
        let length = if is_alone { TURN / 2 } else { TURN };
        Ok(ExportSlot {
            connection,
            _registration: Registration {
                pid,
                running: self.running.clone(),
            },
            stopper,
            turn: Turn::new(Arc::clone(&self.turns), length, self.pages.clone()),
            _permit: permit,
        })
    }
}

impl ExportSlot {
    /// A session to run statements in.
    pub fn session(&mut self) -> Session<'_> {
        self.connection.session()
    }

    /// Closes the connection by PostgreSQL's protocol, which is possible only after its last row.
    pub async fn close(self) {
        // Everything was read: that the connection is gone already changes nothing.
        let _ = self.connection.close().await;
    }

    /// The connection and the turn, for rows that are read in turns.
    pub fn parts(&mut self) -> (Session<'_>, &mut Turn) {
        (self.connection.session(), &mut self.turn)
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.running.lock().remove(&self.pid);
    }
}

impl Running {
    fn lock(&self) -> MutexGuard<'_, HashMap<i32, RunningExport>> {
        // No code panics while it holds the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    fn new(turns: Arc<Semaphore>, length: Duration, pages: Pool) -> Self {
        Self {
            turns,
            length,
            pages,
            since: Instant::now(),
            taken: None,
        }
    }

    /// Gives up the turn, and waits for another one. Whoever waits longest is next.
    pub async fn take(&mut self) {
        self.give_up();
        // The semaphore is never closed.
        if let Ok(permit) = Arc::clone(&self.turns).acquire_owned().await {
            self.taken = Some((permit, Instant::now() + self.length));
        }
    }

    /// Whether there is no turn, or it is over.
    pub fn is_over(&self) -> bool {
        self.taken
            .as_ref()
            .is_none_or(|(_, over)| *over <= Instant::now())
    }

    /// While pages are read, pauses for as long as it has read: PostgreSQL then makes rows for half of the time.
    pub async fn pause_for_pages(&mut self) {
        if self.since.elapsed() < SLICE {
            return;
        }
        if self.pages.was_asked_within(PAGE_ACTIVITY) {
            tokio::time::sleep(SLICE).await;
        }
        self.since = Instant::now();
    }

    /// Waits until the turn is over.
    pub async fn ends(&self) {
        if let Some((_, over)) = &self.taken {
            tokio::time::sleep_until(*over).await;
        }
    }

    /// Gives up the turn, while the export waits for its reader.
    pub fn give_up(&mut self) {
        self.taken = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Access;
    use futures::FutureExt as _;

    #[tokio::test]
    async fn turns_go_to_whoever_waits_longest() {
        let turns = Arc::new(Semaphore::new(1));
        let server = Arc::new(Server::new("postgres://nobody@localhost/none").unwrap());
        let pages = Pool::new("pages", &server, Settings::new(Access::ReadOnly), 1);
        let [mut first, mut second] = [Duration::ZERO, Duration::from_hours(1)]
            .map(|length| Turn::new(Arc::clone(&turns), length, pages.clone()));
        assert!(first.is_over(), "it has not begun");
        assert!(first.take().now_or_never().is_some(), "nobody has a turn");
        {
            let mut waits = Box::pin(second.take());
            assert!(waits.as_mut().now_or_never().is_none(), "one at a time");
            assert!(first.is_over(), "it lasts for no time at all");
            assert!(first.take().now_or_never().is_none(), "another one waits");
            assert!(waits.now_or_never().is_some(), "it came first");
        }
        assert!(!second.is_over());
        assert!(first.take().now_or_never().is_none());
        second.give_up();
        assert!(first.take().now_or_never().is_some());
    }
}
