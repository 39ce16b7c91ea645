//! Limits attempts to log in, so that a flood of them neither slows pages down nor locks out people who log in from a known
//! address.
//!
//! - There are two lanes: one for accounts that have logged in from the same address block before, one for all others.
//!   Each has one attempt under way, with one database connection and one hashing thread; the thread of the second lane
//!   has a lower priority than pages.
//! - Each lane has a short queue with a limit for each address block. Further attempts are refused without a query, and
//!   the refusal is sent after two seconds, so that a client that retries at once is slowed down.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::ConsoleDb;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password::Hasher;

/// Most attempts of a lane, waiting or under way.
pub const PLACES: usize = 16;
/// Most attempts of one address block in a lane.
pub const PLACES_OF_A_BLOCK: usize = 8;
/// An attempt waits at most this long in its lane.
const PATIENCE: Duration = Duration::from_secs(5);
/// A refusal is sent after this long.
const REFUSED_AFTER: Duration = Duration::from_secs(2);
/// Most refusals that are delayed at the same time; further ones are sent at once.
const REFUSALS: usize = 2_000;
/// Known pairs of account and address block are read again after this long.
const KNOWN_FOR: Duration = Duration::from_secs(10);
/// Niceness of the second lane's thread: beside busy pages it gets about a tenth of a core.
const NICENESS: i32 = 10;

/// Too many attempts are waiting.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("Too many people log in at the moment. Try again in a minute.")]
pub struct TooBusy;

/// The two lanes, and the accounts of the first one.
pub struct Gate {
    known: Lane,
    strangers: Lane,
    origins: Mutex<Origins>,
    /// Held while the known pairs are read.
    reading: tokio::sync::Mutex<()>,
    refusals: Semaphore,
}

/// Pairs of an account's e-mail, in lower case, and an address block.
#[derive(Default)]
struct Origins {
    known: HashSet<(String, String)>,
    read_at: Option<Instant>,
}

/// A queue of attempts, and the thread that checks their passwords.
struct Lane {
    patience: Duration,
    hasher: Hasher,
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
    blocks: Arc<Mutex<HashMap<String, usize>>>,
}

/// An attempt that may begin: no other one of its lane does until it is dropped.
pub struct Turn {
    /// The lane's thread.
    pub hasher: Hasher,
    /// Whether the account has logged in from this address block before.
    pub is_known: bool,
    _held: (OwnedSemaphorePermit, OwnedSemaphorePermit, AddressBlock),
}

/// A place in a lane, counted for its address block until it is dropped.
struct AddressBlock {
    blocks: Arc<Mutex<HashMap<String, usize>>>,
    block: String,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            known: Lane::new(0, PATIENCE),
            strangers: Lane::new(NICENESS, PATIENCE),
            origins: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
            refusals: Semaphore::new(REFUSALS),
        }
    }
}

impl Gate {
    /// Waits until an attempt to log in as `email` from `block` may begin.
    ///
    /// # Errors
    /// When too many are waiting, or it may not begin in time; returned after two seconds.
    pub async fn enter(
        &self,
        console: &ConsoleDb,
        email: &str,
        block: &str,
    ) -> Result<Turn, TooBusy> {
        let is_known = self.is_known(console, email, block).await;
        let lane = if is_known {
            &self.known
        } else {
            &self.strangers
        };
        match lane.enter(block, is_known).await {
            Ok(turn) => Ok(turn),
            Err(busy) => {
                self.hold().await;
                Err(busy)
            }
        }
    }

    /// Delays a refusal by two seconds.
    pub async fn hold(&self) {
        if let Ok(_held) = self.refusals.try_acquire() {
            tokio::time::sleep(REFUSED_AFTER).await;
        }
    }

    /// Remembers that the account has logged in from this address block.
    pub fn remember(&self, email: &str, block: &str) {
        let origin = (email.to_lowercase(), block.to_owned());
        lock(&self.origins).known.insert(origin);
    }

    async fn is_known(&self, console: &ConsoleDb, email: &str, block: &str) -> bool {
        self.read_known(console).await;
        let origin = (email.to_lowercase(), block.to_owned());
        lock(&self.origins).known.contains(&origin)
    }

    /// Reads the known pairs where they were not read yet, or long ago. One request at a time does so; others wait for it
    /// only where nothing was read yet.
    async fn read_known(&self, console: &ConsoleDb) {
        let read_at = lock(&self.origins).read_at;
        let _reading = match read_at {
            Some(at) if at.elapsed() < KNOWN_FOR => return,
            Some(_) => match self.reading.try_lock() {
                Ok(reading) => reading,
                Err(_) => return,
            },
            None => {
                let reading = self.reading.lock().await;
                if lock(&self.origins).read_at.is_some() {
                    return;
                }
                reading
            }
        };
        let known = console.list_known_origins().await;
        let mut origins = lock(&self.origins);
        match known {
            Ok(known) => origins.known = known.into_iter().collect(),
            Err(error) => {
                tracing::warn!(%error, "the known addresses of accounts could not be read");
            }
        }
        origins.read_at = Some(Instant::now());
    }
}

impl Lane {
    fn new(niceness: i32, patience: Duration) -> Self {
        Self {
            patience,
            hasher: Hasher::start(niceness),
            places: Arc::new(Semaphore::new(PLACES)),
            turn: Arc::new(Semaphore::new(1)),
            blocks: Arc::default(),
        }
    }

    async fn enter(&self, block: &str, is_known: bool) -> Result<Turn, TooBusy> {
        let of_block = AddressBlock::take(&self.blocks, block)?;
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| TooBusy)?;
        let turn = tokio::time::timeout(self.patience, self.turn.clone().acquire_owned());
        let turn = turn.await.map_err(|_| TooBusy)?.map_err(|_| TooBusy)?;
        Ok(Turn {
            hasher: self.hasher.clone(),
            is_known,
            _held: (turn, place, of_block),
        })
    }
}

impl AddressBlock {
    fn take(blocks: &Arc<Mutex<HashMap<String, usize>>>, block: &str) -> Result<Self, TooBusy> {
        let mut taken = lock(blocks);
        let of_block = taken.entry(block.to_owned()).or_default();
        if *of_block >= PLACES_OF_A_BLOCK {
            return Err(TooBusy);
        }
        *of_block += 1;
        Ok(Self {
            blocks: Arc::clone(blocks),
            block: block.to_owned(),
        })
    }
}

impl Drop for AddressBlock {
    fn drop(&mut self) {
        let mut taken = lock(&self.blocks);
        if let Some(of_block) = taken.get_mut(&self.block) {
            *of_block -= 1;
            if *of_block == 0 {
                taken.remove(&self.block);
            }
        }
    }
}

/// No code panics while it holds the lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The block of an address: an IPv4 address by itself, also one that is mapped to IPv6, and the /64 of an IPv6 address, the
/// smallest block that providers assign to a customer.
#[must_use]
pub fn address_block(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_count_by_what_one_customer_has() {
        let block = |address: &str| address_block(address.parse().unwrap());
        assert_eq!(block("192.0.2.7"), "192.0.2.7");
        assert_eq!(block("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(block("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(block("2001:db8:1:2::"), block("2001:db8:1:2:ffff::1"));
        assert_ne!(block("2001:db8:1:2::"), block("2001:db8:1:3::"));
    }

    #[tokio::test]
    async fn one_block_takes_half_of_the_places_and_no_more() {
        let lane = Lane::new(0, PATIENCE);
        let first = lane.enter("a", false).await.unwrap();
        let mut waiting: Vec<_> = ["a"; PLACES_OF_A_BLOCK - 1]
            .map(|block| Box::pin(lane.enter(block, false)))
            .into();
        for turn in &mut waiting {
            assert!(futures::poll!(turn).is_pending());
        }
        assert!(lane.enter("a", false).await.is_err());
        let mut other = Box::pin(lane.enter("b", false));
        assert!(futures::poll!(&mut other).is_pending());
        drop(waiting);
        drop(first);
        assert!(other.await.is_ok());
        assert!(lock(&lane.blocks).is_empty());
    }

    #[tokio::test]
    async fn those_whose_turn_does_not_come_are_refused() {
        let lane = Lane::new(0, Duration::from_millis(1));
        let _first = lane.enter("a", false).await.unwrap();
        assert!(lane.enter("b", false).await.is_err());
    }
}
