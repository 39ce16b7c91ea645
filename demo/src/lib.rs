//! Embedded PostgreSQL and Redis, a demo engine that fills a database in the real engine's shapes, and test databases.
//!
//! - [`postgres`] and [`redis_server`] run the real servers, unprivileged, for as long as this process lives.
//! - [`engine`] makes a history of paper trading, always the same for the same seed; [`load`] copies it into PostgreSQL;
//!   [`live`] goes on trading in real time.
//! - [`testdb`] gives each test a database of its own.
//!
//! It knows the engine's schema ([`schema`]) and nothing of the console: that one is a program that [`console`] starts.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot go on shall fail")
)]

pub mod console;
pub mod database;
pub mod engine;
pub mod error;
pub mod live;
pub mod load;
pub mod platform;
pub mod postgres;
pub mod redis_server;
pub mod schema;
pub mod testdb;
