//! Findings, the progress of each rule, and notes about findings.

mod keep;
mod list;
mod notes;
mod progress;

pub(crate) use keep::Scope;
pub use notes::NewNote;

/// `FROM` and `WHERE` clauses of the findings that are not gone. `n.current` says whether the latest note is about the
/// finding's present summary.
pub(crate) const FROM: &str = " FROM audit_console.finding f \
    LEFT JOIN LATERAL (SELECT n.about = f.summary AS current FROM audit_console.finding_note n \
    WHERE n.finding_id = f.id ORDER BY n.number DESC LIMIT 1) n ON true WHERE f.gone_at IS NULL";
/// SQL expression of a finding's state.
pub(crate) const STATE: &str = "(CASE WHEN n.current THEN 'explained' ELSE 'open' END)";
