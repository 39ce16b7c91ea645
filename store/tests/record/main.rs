//! The record and its two roles: what the runtime role is refused, what the check finds, how an installation
//! that has one role gets two.
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

/// What the check says.
async fn told(console: &ConsoleDb) -> String {
    console.check_record().await.unwrap().lines()
}

/// Somebody logs in.
async fn attempt(console: &ConsoleDb) -> Result<(), StoreError> {
    // Attempts of one account that were refused would count against it.
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
