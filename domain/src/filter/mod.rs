//! The query of a list: parsed from a query string, validated, and printed back.
//!
//! One [`ListQuery`] drives a view's table, count, JSON, JSONL and CSV. No other code parses query strings of lists.
//! The view's own parameters come from its catalogue entry, see [`crate::catalogue`].

pub mod actor;
pub mod choice;
pub mod cols;
pub mod details;
#[cfg(feature = "server")]
pub mod episodes;
pub mod form;
pub mod kill_switch;
#[cfg(feature = "server")]
pub mod list;
pub mod negation;
pub mod range;
mod severity;
pub mod signals;
pub mod trades;
#[cfg(feature = "server")]
pub mod words;

pub use actor::Actor;
pub use choice::ParamEnum;
pub use cols::{Columns, SavedColumns};
pub use kill_switch::State;
#[cfg(feature = "server")]
pub use list::ListQuery;
pub use range::{Bound, Last, TimeFilter, Window};
pub use severity::Severity;
pub use signals::SignalOutcomeKind;
pub use trades::OutcomeKind;
#[cfg(feature = "server")]
pub use words::Words;
