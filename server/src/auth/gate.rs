//! Who may try to log in now. A flood of attempts must cost pages nothing and keep nobody out whose address is known:
//!
//! - There are two lanes: one for whoever has logged in from their address before, one for everybody else. Each has one
//!   attempt under way, with one connection to the database and one thread that hashes; the strangers' thread gives way
//!   to pages.
//! - A few wait in each lane, fewer of one address block. Everybody else is refused before the database is asked for
//!   anything, and told so only after two seconds, so that a client that tries again at once is no load either.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use store::ConsoleDb;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::password::Hasher;

/// Attempts of a lane that wait or are under way.
pub const PLACES: usize = 16;
/// … of one address block.
pub const PLACES_OF_A_BLOCK: usize = 8;
/// An attempt whose turn has not come after this long is refused.
const PATIENCE: Duration = Duration::from_secs(5);
/// A refusal is told after this long.
const REFUSED_AFTER: Duration = Duration::from_secs(2);
/// So many refusals wait to be told; further ones are told at once.
const REFUSALS: usize = 2_000;
/// Who is known is read again after this long, while people log in.
const KNOWN_FOR: Duration = Duration::from_secs(10);
/// How far the strangers' thread gives way to pages: about a tenth of a core that they want, too.
const NICENESS: i32 = 10;

/// Too many attempts wait already.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("Too many people log in at the moment. Try again in a minute.")]
pub struct TooBusy;

/// The two lanes, and who belongs into which.
pub struct Gate {
    known: Lane,
    strangers: Lane,
    origins: Mutex<Origins>,
    /// Held while somebody reads who is known.
    reading: tokio::sync::Mutex<()>,
    refusals: Semaphore,
}

/// Pairs of an account's e-mail, in lower case, and an address block.
#[derive(Default)]
struct Origins {
    known: HashSet<(String, String)>,
    read_at: Option<Instant>,
}

/// Where an attempt waits and is made.
struct Lane {
    patience: Duration,
    hasher: Hasher,
    places: Arc<Semaphore>,
    turn: Arc<Semaphore>,
    blocks: Arc<Mutex<HashMap<String, usize>>>,
}

/// An attempt's turn: nobody else of its lane is under way until it is dropped.
pub struct Turn {
    /// The lane's thread.
    pub hasher: Hasher,
    /// Whether the lane is that of those who have logged in from this address before.
    pub is_known: bool,
    _held: (OwnedSemaphorePermit, OwnedSemaphorePermit, AddressBlock),
}

/// A place that counts for its address block until it is dropped.
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
    /// Waits for the turn of an attempt to log in as `email` from `block`.
    ///
    /// # Errors
    /// When too many wait already, or its turn does not come in time. That is said after two seconds.
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

    /// Lets two seconds go by before a refusal is told.
    pub async fn hold(&self) {
        if let Ok(_held) = self.refusals.try_acquire() {
            tokio::time::sleep(REFUSED_AFTER).await;
        }
    }

    /// Remembers that somebody has logged in from there.
    pub fn remember(&self, email: &str, block: &str) {
        let origin = (email.to_lowercase(), block.to_owned());
        lock(&self.origins).known.insert(origin);
    }

    async fn is_known(&self, console: &ConsoleDb, email: &str, block: &str) -> bool {
        self.read_known(console).await;
        let origin = (email.to_lowercase(), block.to_owned());
        lock(&self.origins).known.contains(&origin)
    }

    /// Reads who is known where that is not known yet or was read long ago; one request at a time, and nobody waits for
    /// it but those who come first of all.
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
            Err(error) => tracing::warn!(%error, "who has logged in from where could not be read"),
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

/// A panic elsewhere leaves whole values behind.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What counts together of addresses: an IPv4 address by itself, also one that is written as IPv6, and of IPv6 the /64,
/// for that is the least that one customer of a provider has.
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
