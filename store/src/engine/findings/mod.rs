//! What the rules of `domain::finding` look at: the rows of a span of time, and what they are held
//! against.

mod reference;
mod rows;
mod span;

pub use reference::Reference;
pub use rows::Examined;
