//! Places for exports, and turns among those that have one: so many at once that people need not wait for each other,
//! and so few that read at once that something is left of the machine for pages.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::stop::Stopper;
use crate::StoreError;
use crate::db::{Isolation, OwnConnection, Pool, Server, Session, Settings};

/// Exports that run at the same time; each has a connection of its own, outside the pools. As many as of each other
/// database: the line of exports lets no more run of all together.
const AT_ONCE: usize = 4;
/// Connecting takes at most this long, and so does waiting for an export that is ending to make room.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// So long an export reads before it lets another one read. Between two turns PostgreSQL fills what lies between it and
/// the console, some megabytes: with shorter turns it would hardly ever have to stop.
const TURN: Duration = Duration::from_secs(1);
/// After a page was asked for, exports leave it room for so long.
const COMPANY: Duration = Duration::from_secs(1);
/// So long an export reads, and then pauses, while there are pages. Longer pauses would be filled by what lies between
/// PostgreSQL and the console.
const SLICE: Duration = Duration::from_millis(5);

/// The places of one database.
#[derive(Clone)]
pub struct ExportSlots {
    server: Arc<Server>,
    settings: Settings,
    pages: Pool,
    slots: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    running: Running,
}

/// The exports that have a place, by the number of their PostgreSQL process.
#[derive(Clone, Default)]
struct Running(Arc<Mutex<HashMap<i32, RunningExport>>>);

/// An export that has a place.
#[derive(Clone)]
pub struct RunningExport {
    /// When its snapshot was taken.
    pub since: Instant,
    /// Ends it.
    pub stopper: Stopper,
}

/// A connection of an export's own, and its place. Dropping it closes the connection.
pub struct ExportSlot {
    connection: OwnConnection,
    _registration: Registration,
    /// Ends the export from outside.
    pub stopper: Stopper,
    /// By which it takes turns with others.
    pub turn: Turn,
    _permit: OwnedSemaphorePermit,
}

/// That an export is among the running ones, for as long as it has its place.
struct Registration {
    pid: i32,
    running: Running,
}

/// An export's turn at reading its rows: an export that does not read makes PostgreSQL wait.
pub struct Turn {
    turns: Arc<Semaphore>,
    length: Duration,
    /// The connections of pages.
    pages: Pool,
    /// When it began to read, or had paused last.
    since: Instant,
    /// The turn that is being taken, and when it is over.
    taken: Option<(OwnedSemaphorePermit, Instant)>,
}

impl ExportSlots {
    /// Free places on the database of `server`. Of the exports that have one, half as many may read at once as this
    /// machine has cores, the other half being for pages, which are read by the connections of `pages`.
    pub fn new(server: Arc<Server>, settings: Settings, pages: Pool) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            server,
            settings,
            pages,
            slots: Arc::new(Semaphore::new(AT_ONCE)),
            turns: Arc::new(Semaphore::new((cores / 2).max(1))),
            running: Running::default(),
        }
    }

    /// The exports that have a place, by the number of their PostgreSQL process.
    pub fn running(&self) -> Vec<(i32, RunningExport)> {
        let running = self.running.lock();
        running.iter().map(|(pid, it)| (*pid, it.clone())).collect()
    }

    /// Takes a place, connects, and begins to read: one state of the database where `isolation` says so.
    ///
    /// # Errors
    /// When every place stays taken or the database is away.
    pub async fn take(&self, isolation: Isolation) -> Result<ExportSlot, StoreError> {
        let free = Arc::clone(&self.slots).acquire_owned();
        // Nobody closes the semaphore: there is a place, or none in time.
        let Ok(Ok(permit)) = tokio::time::timeout(CONNECT_TIMEOUT, free).await else {
            return Err(StoreError::ExportsBusy);
        };
        // One export may have all that PostgreSQL gives to a statement; several at a time would leave nothing to pages.
        // Asked with a place taken: of two that begin together only one is alone.
        let is_alone = self.slots.available_permits() + 1 == AT_ONCE;
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
        // With processes of PostgreSQL's to help it, it reads twice as much in the same time.
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
    /// To run statements on.
    pub fn session(&mut self) -> Session<'_> {
        self.connection.session()
    }

    /// Says good-bye: only a connection whose rows came to their end may.
    pub async fn close(self) {
        // What was to be read was; a connection that is gone has nothing more to say.
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
        // No code that holds it panics.
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

    /// Gives up a turn that is over, and waits for another one. Whoever waits longest is next.
    pub async fn take(&mut self) {
        self.give_up();
        // Nobody closes the semaphore.
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

    /// While pages are read, pauses for as long as it has read: PostgreSQL then makes rows for half of the time, and a page
    /// finds more of the machine.
    pub async fn pause_for_pages(&mut self) {
        if self.since.elapsed() < SLICE {
            return;
        }
        if self.pages.was_asked_within(COMPANY) {
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

    /// Gives the turn up, for as long as there is nothing to read for.
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
