//! Log-in and log-out, passwords, session cookies, and the extractors of accounts and rights.

pub mod cookie;
pub mod current;
pub mod gate;
pub mod login;
pub mod password;

pub use current::{PassiveReader, Reader, RequireAdmin, RequireAuthor, Visitor};
