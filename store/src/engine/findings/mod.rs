//! Reads the input of the rules of `domain::finding`: the rows of a span, and the reference data that they are compared
//! with.

mod queries;
mod reference;
mod rows;
mod span;

pub use queries::{RuleQuery, rule_query};
pub use reference::Reference;
pub use rows::ScannedRows;
