//! Passwords: bcrypt as the engine hashes them, argon2id for the console's own accounts.
//!
//! Every check costs one bcrypt and one argon2id, real or for show, so that its time tells neither
//! whether an account exists nor whose it is. A few run at once and [`PLACES`] are under way; the rest are
//! refused before they cost anything, so that a flood of log-ins leaves the console to everybody else.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Checks that wait for a turn give up after this long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Attempts to log in that are under way at once.
pub const PLACES: usize = 32;
/// Shortest password of a console account, in characters.
pub const SHORTEST: usize = 10;
/// bcrypt, cost 12 as the engine has it; checked for its time alone, its answer never counts.
const NOBODYS_BCRYPT: &str = "$2b$12$.lq4BtHWF4h.ck/HhhbzY.e6LSs.6Lkl9KYETsLm00fszdC4dCUXG";
/// argon2id with the parameters of [`hash`]; checked for its time alone, its answer never counts.
const NOBODYS_ARGON2: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0IQ$e1ELZvdVsdvbdPjTPZwTAJSwoxSWnwyRDUbZtTAI/9A";

/// A stored hash.
#[derive(Clone, Debug)]
pub enum StoredHash {
    /// Of the engine; may be no hash at all.
    Bcrypt(String),
    /// Of the console.
    Argon2(String),
    /// There is no such account.
    Nobody,
}

/// Too many checks are waiting.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("too many people log in at the moment; try again in a minute")]
pub struct TooBusy;

/// Checks passwords, a bounded number at a time.
#[derive(Clone)]
pub struct Hasher {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

/// A place among the attempts that are under way.
pub struct Place(OwnedSemaphorePermit);

impl Default for Hasher {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            places: Arc::new(Semaphore::new(PLACES)),
            turns: Arc::new(Semaphore::new((cores / 2).max(1))),
        }
    }
}

impl Hasher {
    /// A place for one attempt.
    ///
    /// # Errors
    /// When all are taken.
    pub fn admit(&self) -> Result<Place, TooBusy> {
        let place = self.places.clone().try_acquire_owned();
        place.map(Place).map_err(|_| TooBusy)
    }

    /// Whether `password` is the one behind `stored`.
    ///
    /// # Errors
    /// When its turn did not come in time.
    pub async fn verify(
        &self,
        place: Place,
        password: String,
        stored: StoredHash,
    ) -> Result<bool, TooBusy> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| TooBusy)?
            .map_err(|_| TooBusy)?;
        let check = tokio::task::spawn_blocking(move || {
            let matches = verify(&password, &stored);
            drop((turn, place.0));
            matches
        });
        // A check that panicked did not match.
        Ok(check.await.unwrap_or(false))
    }
}

fn verify(password: &str, stored: &StoredHash) -> bool {
    let (bcrypt, argon2) = match stored {
        StoredHash::Bcrypt(hash) => (Some(hash.as_str()), None),
        StoredHash::Argon2(hash) => (None, Some(hash.as_str())),
        StoredHash::Nobody => (None, None),
    };
    let by_bcrypt = verify_bcrypt(password, bcrypt);
    let by_argon2 = verify_argon2(password, argon2.unwrap_or(NOBODYS_ARGON2));
    (by_bcrypt && bcrypt.is_some()) || (by_argon2 && argon2.is_some())
}

/// bcrypt reads 72 bytes; the engine cuts longer passwords there, and so does this.
fn verify_bcrypt(password: &str, hash: Option<&str>) -> bool {
    if let Some(Ok(matches)) = hash.map(|hash| bcrypt::verify(password, hash)) {
        return matches;
    }
    // No hash at all, as service accounts have it, costs the same time.
    let _ = bcrypt::verify(password, NOBODYS_BCRYPT);
    false
}

fn verify_argon2(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// A new account's hash: argon2id with the library's defaults, which are OWASP's (19 MiB, 2 rounds).
///
/// # Errors
/// When the password is too short, or hashing fails.
pub fn hash(password: &str) -> Result<String, String> {
    if password.chars().count() < SHORTEST {
        return Err(format!("a password has at least {SHORTEST} characters"));
    }
    let salt = SaltString::generate(&mut OsRng);
    Argon2::default()
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| format!("the password could not be hashed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_of_a_real_hash_matches() {
        let engine = StoredHash::Bcrypt(NOBODYS_BCRYPT.to_owned());
        assert!(verify("adminadmin", &engine));
        assert!(!verify("adminadmim", &engine));
        let console = StoredHash::Argon2(hash("demo-console").unwrap());
        assert!(verify("demo-console", &console));
        assert!(!verify("demo-consol", &console));
    }

    #[test]
    fn what_is_no_hash_matches_nothing_and_panics_at_nothing() {
        for broken in [
            "dummy",
            "",
            "$2b$12$",
            "$2b$12$äöü",
            "$2b$99$.lq4BtHWF4h.ck/HhhbzY.",
        ] {
            let stored = StoredHash::Bcrypt(broken.to_owned());
            assert!(!verify("dummy", &stored), "{broken}");
            assert!(!verify("", &stored), "{broken}");
        }
        assert!(!verify("adminadmin", &StoredHash::Nobody));
        assert!(!verify(
            "pass\0word",
            &StoredHash::Bcrypt(NOBODYS_BCRYPT.to_owned())
        ));
    }

    #[test]
    fn the_hash_for_show_costs_what_a_real_one_does() {
        let parameters = |hash: &str| hash.rsplitn(3, '$').last().map(ToOwned::to_owned);
        let real = hash("demo-console").unwrap();
        assert!(PasswordHash::new(NOBODYS_ARGON2).is_ok());
        assert_eq!(parameters(&real), parameters(NOBODYS_ARGON2));
    }

    #[test]
    fn short_passwords_are_refused() {
        assert!(hash("123456789").is_err());
    }
}
