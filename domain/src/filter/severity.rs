//! Severities, in the engine's words.

use super::choice::ParamEnum;

/// How severe an event or a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// `info`
    Info,
    /// `warning`
    Warning,
    /// `error`
    Error,
    /// `critical`
    Critical,
}

impl ParamEnum for Severity {
    const VALUES: &'static [(Self, &'static str)] = &[
        (Self::Info, "info"),
        (Self::Warning, "warning"),
        (Self::Error, "error"),
        (Self::Critical, "critical"),
    ];
    const EXPECTED: &'static str = "info, warning, error or critical";
}
