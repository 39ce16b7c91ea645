//! Accounts of the demo.

use rand::Rng;
use rand::rngs::StdRng;
use uuid::Uuid;

use super::rows::Rows;
use super::table::Table;
use super::time::{DAY, Instant};

/// The password of every demo account that can log in.
pub const PASSWORD: &str = "demo-console";
/// Its bcrypt hash at the engine's cost of 12. One salt for all: it is public anyway, and hashing takes 0.2 s each.
pub const PASSWORD_HASH: &str = "$2b$12$Zb1wYqk4Jt0mR7uXvC3eOeOAYcsKQ2Rg7GnZIfFpN4nQcKjygoUiW";
/// Log-in name of the first admin.
pub const ADMIN: &str = "admin@demo.local";
/// Log-in name of the second one.
pub const ADMIN2: &str = "admin2@demo.local";
/// What the engine stores for accounts that never log in.
const NO_PASSWORD: &str = "dummy";

/// Somebody with an account.
pub struct Person {
    /// Log-in name.
    pub email: &'static str,
    /// Account id.
    pub id: Uuid,
    /// The id as JSON has it.
    pub id_text: String,
}

/// The people of the demo.
pub struct People {
    /// Reads audits.
    pub auditor: Person,
    /// Superuser.
    pub admin: Person,
    /// The other superuser.
    pub admin2: Person,
    /// Trades one algorithm, has no role in the console.
    pub customer: Person,
    /// Owns the algorithms and trades most of them; cannot log in.
    pub strategist: Person,
}

impl People {
    /// Deterministic for a generator state.
    pub fn new(rng: &mut StdRng) -> Self {
        let mut person = |email| {
            let id = random_id(rng);
            Person {
                email,
                id,
                id_text: id.to_string(),
            }
        };
        Self {
            auditor: person("auditor@demo.local"),
            admin: person(ADMIN),
            admin2: person(ADMIN2),
            customer: person("customer@demo.local"),
            strategist: person("strategist@demo.local"),
        }
    }

    /// Picks a person who logs in occasionally.
    pub fn pick(&self, rng: &mut StdRng) -> &Person {
        let people = [&self.auditor, &self.admin, &self.admin2, &self.customer];
        people[rng.random_range(0..people.len())]
    }

    /// Writes the accounts, made before the history starts.
    pub fn write(&self, start: Instant, rows: &mut Rows) {
        let accounts = [
            (
                &self.auditor,
                "Ada Auditor",
                PASSWORD_HASH,
                false,
                Some("Australia/Sydney"),
            ),
            (&self.admin, "Alex Admin", PASSWORD_HASH, true, Some("UTC")),
            (&self.admin2, "Bo Admin", PASSWORD_HASH, true, None),
            (
                &self.customer,
                "Casey Customer",
                PASSWORD_HASH,
                false,
                Some("UTC"),
            ),
            (
                &self.strategist,
                "The Strategist",
                NO_PASSWORD,
                false,
                Some("UTC"),
            ),
        ];
        for (person, name, hash, is_superuser, timezone) in accounts {
            let created = start + -30 * DAY;
            rows.row(Table::User)
                .text(person.email)
                .boolean(true)
                .boolean(is_superuser)
                .text(name)
                .uuid(person.id)
                .text(hash)
                .instant(created)
                .instant(created + 10)
                .optional_text(timezone)
                .text("AUD")
                .text("medium")
                .text("beginner")
                .end();
        }
    }
}

/// A version 4 UUID out of the history's own generator.
pub fn random_id(rng: &mut StdRng) -> Uuid {
    uuid::Builder::from_random_bytes(rng.random()).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_that_of_the_password() {
        assert!(bcrypt::verify(PASSWORD, PASSWORD_HASH).unwrap());
        assert!(PASSWORD_HASH.starts_with("$2b$12$"));
    }
}
