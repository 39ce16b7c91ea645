//! All SQL of the project.
//!
//! Two databases, two types: [`EngineDb`] reads the trading engine's tables and cannot write; [`ConsoleDb`] is schema
//! `audit_console`, the console's own tables. Both may be in one database, or in a replica and a primary. Functions
//! that read data for auditors take an [`access::Auditor`], which only a user with that role has.

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
