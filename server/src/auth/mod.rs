//! Who is asking: log-in and log-out, passwords, session cookies, and the extractors that pages use.

pub mod cookie;
pub mod current;
pub mod gate;
pub mod login;
pub mod password;

pub use current::{PassiveReader, Reader, RequireAdmin, RequireAuthor, Visitor};
