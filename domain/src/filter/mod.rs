//! Filters as typed values: parsed from a query string, printed back, validated.
//!
//! One [`ListQuery`] drives a view's table, count, JSON, JSONL and CSV. Nobody else reads query strings.

pub mod any_of;
pub mod cols;
pub mod confidence;
pub mod details;
pub mod events;
pub mod findings;
pub mod form;
pub mod kill_switch;
pub mod list;
pub mod range;
pub mod signals;
pub mod trades;
pub mod words;

pub use any_of::{AnyOf, FilterValue, ParamEnum, Text};
pub use cols::{Columns, SavedColumns};
pub use confidence::ConfidenceRange;
pub use details::DetailsFilter;
pub use events::{EventFilter, Severity};
pub use findings::FindingFilter;
pub use kill_switch::{EpisodeFilter, State};
pub use list::{ListQuery, ViewFilter};
pub use range::{Bound, Last, TimeFilter, Window};
pub use signals::{SignalFilter, SignalOutcomeKind};
pub use trades::{DecisionKind, OrderStatus, OutcomeKind, TradeFilter};
pub use words::Words;
