//! The console's server: configuration, commands, routes, layers, log-in, exports, health, shutdown.

// These macros panic when the reader has closed the pipe; `output` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

pub mod api;
pub mod assets;
pub mod auth;
pub mod cli;
pub mod commands;
pub mod config;
pub mod drafts;
pub mod error;
pub mod exports;
pub mod filter_options;
pub mod finding_scanner;
pub mod health;
pub mod hosts;
pub mod kill_switch_status;
pub mod layers;
pub mod listen;
pub mod live;
pub mod lock_watch;
pub mod nav_counts;
pub mod openapi;
pub mod output;
pub mod page_context;
pub mod pages;
pub mod preferences;
pub mod query;
pub mod record;
pub mod routes;
pub mod saved;
pub mod serve;
pub mod server_functions;
pub mod signals;
pub mod state;
pub mod surveys;
pub mod swr_cache;
pub mod telemetry;
