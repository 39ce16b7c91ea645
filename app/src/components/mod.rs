//! The components that pages consist of. They know the model's values, not the page they are on.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a component owns its props, also those that it only reads"
)]

pub mod band;
pub mod banner;
pub mod calendar;
pub mod content;
pub mod curve;
pub mod decision;
pub mod detail;
pub mod episode;
pub mod facts;
pub mod field;
pub mod finding;
pub mod form;
pub mod header;
pub mod html;
pub mod icon;
pub mod json;
pub mod list;
pub mod live;
pub mod markdown;
pub mod number;
pub mod order;
pub mod outcome;
pub mod review;
pub mod scale;
pub mod scan_progress;
pub mod severity;
pub mod signal_outcome;
pub mod text;
pub mod time;
pub mod trace;
pub mod visible;
