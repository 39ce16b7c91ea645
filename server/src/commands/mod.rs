//! The commands besides `serve`.

pub mod advise;
pub mod export;
pub mod findings;
pub mod kill_switch;
pub mod migrate;
pub mod roles;
pub mod user;
