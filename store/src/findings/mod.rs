//! Looking for findings: reads the engine's rows span by span, holds the rules of `domain::finding` against
//! them, and keeps what is found in schema `audit_console`. Never at the load of a page.

mod rebuild;
mod recent;
mod scanner;

pub use scanner::{FindingScanner, ScanOutcome};
