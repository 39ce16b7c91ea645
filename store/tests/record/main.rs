//! The record and its two roles: statements that the runtime role is refused, breaches that the check finds, and the
//! change from one role to two.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a test fails where it meets what it did not expect"
)]

#[path = "../common/mod.rs"]
mod common;

mod breaches;
mod refused;
mod roles;
mod trial;

use store::access::Subject;
use store::console::Origin;
use store::{ConsoleDb, StoreError};
use uuid::Uuid;

fn strategist() -> Subject {
    Subject::Engine("d8f801bd-2f59-474a-9e91-75121af54b5a".parse().unwrap())
}

/// The check's messages.
async fn told(console: &ConsoleDb) -> String {
    console.check_record().await.unwrap().lines()
}

/// Records a log-in attempt.
async fn attempt(console: &ConsoleDb) -> Result<(), StoreError> {
    // Distinct accounts, since failed attempts of one account would be throttled.
    let email = format!("{}@b", Uuid::new_v4().simple());
    let origin = Origin {
        email: &email,
        address: "::1",
        block: "::",
        is_known: false,
    };
    let under_way = console.begin_login(&origin).await?.unwrap();
    console.end_login(under_way, &origin, true).await
}
