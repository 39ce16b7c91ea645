//! Domain types of the console, without I/O: ids and filters (parse, print, validate), sort orders with their cursors,
//! trade decisions, signals, events, kill-switch episodes, CSV cells and columns, time formatting and the clock.
//!
//! Independent of SQL, HTTP and HTML; compiles to WebAssembly.

pub mod account;
pub mod amount;
pub mod block;
#[cfg(feature = "server")]
pub mod calendar;
pub mod catalogue;
pub mod check;
#[cfg(feature = "server")]
pub mod clock;

pub mod csv;
pub mod cursor;
pub mod day;
pub mod details;
pub mod dossier;
pub mod episode;
pub mod event;
#[cfg(feature = "server")]
pub mod file_name;
pub mod filter;
pub mod finding;
pub mod form;
#[cfg(feature = "server")]
pub mod histogram;
pub mod invisible;
pub mod json;
pub mod link;
pub mod live;
pub mod order;
pub mod page;
pub mod query;
pub mod rejection;
pub mod review;
pub mod role;
#[cfg(feature = "server")]
pub mod saved;
pub mod signal;
pub mod strategy;
pub mod time;
pub mod trace;
pub mod trade;
pub mod wire;

#[cfg(feature = "server")]
pub mod zone;
