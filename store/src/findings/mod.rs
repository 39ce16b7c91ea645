//! The findings scanner. It reads the engine's rows span by span, applies the rules of `domain::finding`, and stores
//! findings in schema `audit_console`. It runs in the background, never while a page loads.

mod rebuild;
mod recent;
mod scanner;

pub use scanner::{FindingScanner, ScanOutcome};
