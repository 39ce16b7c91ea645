//! Pieces that pages are put together from. They know the model's values, not where a page is.

pub mod band;
pub mod banner;
pub mod calendar;
pub mod checked;
pub mod decision;
pub mod detail;
pub mod episode;
pub mod facts;
pub mod finding;
pub mod form;
pub mod header;
pub mod json;
pub mod list;
pub mod live;
pub mod mark;
pub mod markdown;
pub mod number;
pub mod outcome;
pub mod review;
pub mod severity;
pub mod text;
pub mod time;
