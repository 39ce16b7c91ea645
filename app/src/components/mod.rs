//! Pieces that pages are put together from. They know the model's values, not where a page is.

pub mod banner;
pub mod decision;
pub mod detail;
pub mod episode;
pub mod facts;
pub mod header;
pub mod json;
pub mod list;
pub mod live;
pub mod mark;
pub mod number;
pub mod outcome;
pub mod severity;
pub mod text;
pub mod time;
