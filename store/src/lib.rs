//! The only SQL of the product.
//!
//! Two databases, two types: [`EngineDb`] reads the trading engine's tables and can do nothing else,
//! [`ConsoleDb`] is schema `audit_console`, the console's own. They may be one server, or a replica and a primary.
//! What an auditor may read takes an [`access::Auditor`] handle, which only somebody with that role has.

pub mod access;
pub mod console;
mod db;
pub mod engine;
mod error;
pub mod findings;
pub mod lock_watch;
mod pg;
mod sql;
mod statements;
pub mod views;

pub use console::ConsoleDb;
pub use engine::EngineDb;
pub use error::StoreError;
