//! Looking for findings: reads the engine's rows span by span, holds the rules of `domain::finding` against
//! them, and keeps what is found in schema `audit_console`. Never at the load of a page.

mod examiner;
mod rebuild;
mod recent;

pub use examiner::{Examiner, Pass};
