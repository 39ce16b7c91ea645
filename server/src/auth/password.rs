//! Passwords: bcrypt as the engine hashes them, argon2id for the console's own accounts.
//!
//! Every check costs one bcrypt and one argon2id, real or for show, so that its time tells neither
//! whether an account exists nor whose it is. How many may be made is `gate`'s to say.

use std::panic::catch_unwind;
use std::sync::mpsc;
use std::thread;

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::oneshot;

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

/// A thread of its own that checks passwords, one at a time.
#[derive(Clone)]
pub struct Hasher(mpsc::Sender<Check>);

struct Check {
    password: String,
    stored: StoredHash,
    answer: oneshot::Sender<bool>,
}

impl Hasher {
    /// Starts the thread. On Linux it gives way to everything else of the console by `niceness` (0 to 19); elsewhere it
    /// does not.
    #[must_use]
    pub fn start(niceness: i32) -> Self {
        let (checks, waiting) = mpsc::channel::<Check>();
        let thread = thread::Builder::new().name("passwords".to_owned());
        let started = thread.spawn(move || {
            // Of a thread, on Linux; a refusal costs the console's pages some of their time.
            #[cfg(target_os = "linux")]
            let _ = rustix::process::nice(niceness);
            for check in waiting {
                // A check that panics must not end the thread, and did not match.
                let matches = catch_unwind(|| verify(&check.password, &check.stored));
                // Whoever asked may have gone.
                let _ = check.answer.send(matches.unwrap_or(false));
            }
        });
        if let Err(error) = started {
            tracing::error!(%error, "no thread for passwords: nobody can log in");
        }
        Self(checks)
    }

    /// Whether `password` is the one behind `stored`. A check that came to nothing did not match.
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
