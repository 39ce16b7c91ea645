//! Findings, how far each rule has got, and what people write about findings.

mod keep;
mod list;
mod notes;
mod progress;

pub(crate) use keep::Scope;
pub use notes::NewNote;

/// What tells whether the latest note about finding `f` is about what it says now.
const NOTE: &str = " LEFT JOIN LATERAL (SELECT n.about = f.summary AS current FROM audit_console.finding_note n \
    WHERE n.finding_id = f.id ORDER BY n.number DESC LIMIT 1) n ON true";
/// The state's word.
const STATE: &str = "(CASE WHEN n.current THEN 'explained' ELSE 'open' END)";
