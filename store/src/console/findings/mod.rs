//! Findings, how far each rule has got, and what people write about findings.

mod keep;
mod list;
mod notes;
mod progress;

pub(crate) use keep::Scope;
pub use notes::NewNote;

/// ` FROM` the findings that hold, each with whether the latest note about it is about what it says now.
pub(crate) const FROM: &str = " FROM audit_console.finding f \
    LEFT JOIN LATERAL (SELECT n.about = f.summary AS current FROM audit_console.finding_note n \
    WHERE n.finding_id = f.id ORDER BY n.number DESC LIMIT 1) n ON true WHERE f.gone_at IS NULL";
/// The state's word.
pub(crate) const STATE: &str = "(CASE WHEN n.current THEN 'explained' ELSE 'open' END)";
