//! The demo engine: a deterministic paper-trading engine that writes what the real one writes.
//!
//! Strategies read a random-walk market and decide; the Guard approves or rejects; a paper exchange fills. Every row has
//! the shape that the engine's own code gives it, oddities included: doubled activation rows, two rows for one rejection by
//! the kill switch, a toggle that stops nothing, market buys whose quantity is an amount in AUD.
//!
//! [`Engine`] trades at instants that it is given. [`History`] gives it the past, [`crate::live`] the present.

mod agents;
mod anomalies;
mod background;
mod bulk_episodes;
pub mod findings;
mod ground_truth;
mod guard;
mod history;
mod hostile;
mod json;
mod kill_switch;
mod ledger;
mod market;
mod order_outcome;
mod people;
mod portfolio;
mod reasons;
mod record;
mod reference;
mod rows;
mod strategy;
mod table;
mod time;
mod timeline;
mod trade;
mod trading;

pub use findings::ExpectedFinding;
pub use ground_truth::{ExpectedEpisode, GroundTruth, Mechanism};
pub use history::{Finished, History, HistorySpec};
pub use hostile::Hostile;
pub use people::PASSWORD;
pub use rows::Rows;
pub use table::Table;
pub use time::Instant;
pub use timeline::{Actor, EPISODES};
pub use trading::Engine;
