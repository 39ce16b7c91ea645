//! The pages' handlers: read the query, ask the store, hand a model to `app`.

pub mod details;
pub mod episode;
pub mod finding;
pub mod findings;
pub mod idempotency;
pub mod kill_switch;
pub mod lists;
pub mod overview;
pub mod review;
pub mod traces;
pub mod views;
