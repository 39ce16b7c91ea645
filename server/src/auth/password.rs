//! Passwords: bcrypt as the engine hashes them, argon2id for the console's own accounts.
//!
//! Every check computes one bcrypt and one argon2id hash, the one that does not apply against a dummy, so that its duration
//! does not reveal whether an account exists, nor of which kind it is. `gate` limits the number of checks.

use std::panic::catch_unwind;
use std::sync::mpsc;
use std::thread;

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::oneshot;

/// Shortest password of a console account, in characters.
pub const SHORTEST: usize = 10;
/// The dummy for bcrypt, with cost 12 as the engine uses it.
const NOBODYS_BCRYPT: &str = "$2b$12$.lq4BtHWF4h.ck/HhhbzY.e6LSs.6Lkl9KYETsLm00fszdC4dCUXG";
/// The dummy for argon2id, with the parameters of [`hash`].
const NOBODYS_ARGON2: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0IQ$e1ELZvdVsdvbdPjTPZwTAJSwoxSWnwyRDUbZtTAI/9A";

/// A stored hash.
#[derive(Clone, Debug)]
pub enum StoredHash {
    /// Of an engine account; not every account has a valid one.
    Bcrypt(String),
    /// Of a console account.
    Argon2(String),
    /// There is no such account.
    Nobody,
}

/// A thread that checks passwords, one at a time.
#[derive(Clone)]
pub struct Hasher(mpsc::Sender<Check>);

struct Check {
    password: String,
    stored: StoredHash,
    answer: oneshot::Sender<bool>,
}

impl Hasher {
    /// Starts the thread, on Linux with this niceness (0 to 19).
    #[must_use]
    pub fn start(niceness: i32) -> Self {
        let (checks, waiting) = mpsc::channel::<Check>();
        let thread = thread::Builder::new().name("passwords".to_owned());
        let started = thread.spawn(move || {
            // On Linux it is set for the thread alone. When it is refused, checks compete with pages.
            #[cfg(target_os = "linux")]
            let _ = rustix::process::nice(niceness);
            for check in waiting {
                // A check that panics does not end the thread, and counts as wrong.
                let matches = catch_unwind(|| verify(&check.password, &check.stored));
                // The client may have disconnected.
                let _ = check.answer.send(matches.unwrap_or(false));
            }
        });
        if let Err(error) = started {
            tracing::error!(%error, "the thread for passwords could not be started: nobody can log in");
        }
        Self(checks)
    }

    /// Whether `password` is the one of `stored`. A check that fails counts as wrong.
    pub async fn verify(&self, password: String, stored: StoredHash) -> bool {
        let (answer, answered) = oneshot::channel();
        let check = Check {
            password,
            stored,
            answer,
        };
        self.0.send(check).is_ok() && answered.await.unwrap_or(false)
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

/// bcrypt reads 72 bytes; as in the engine, longer passwords are truncated.
fn verify_bcrypt(password: &str, hash: Option<&str>) -> bool {
    if let Some(Ok(matches)) = hash.map(|hash| bcrypt::verify(password, hash)) {
        return matches;
    }
    // An invalid hash, as of service accounts, takes the same time.
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
