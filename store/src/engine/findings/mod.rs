//! What the rules of `domain::finding` look at: the rows of a span of time, and what they are held
//! against.

mod queries;
mod reference;
mod rows;
mod span;

pub use queries::{RuleQuery, rule_query};
pub use reference::Reference;
pub use rows::ScannedRows;
