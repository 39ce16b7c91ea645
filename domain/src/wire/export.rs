//! How far an export is.

use serde::{Deserialize, Serialize};

/// What an export is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ExportState {
    /// In the queue.
    Waiting,
    /// Rows are being sent.
    Running,
    /// Every row was sent.
    Done,
    /// It did not begin, or was cut off.
    Failed,
    /// Its owner ended it, or whoever downloaded it went away.
    Cancelled,
}

impl ExportState {
    /// Whether nothing will change any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// As it is sent: `waiting`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// `GET /api/v1/exports/{key}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportStatus {
    /// Bytes sent.
    pub bytes: u64,
    /// What there is to add to the headline, in words; may be empty.
    pub detail: String,
    /// About how many rows there will be, as PostgreSQL's planner expects; not known at first.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub estimate: Option<u64>,
    /// The state in words.
    pub headline: String,
    /// Why it failed, in words.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub message: Option<String>,
    /// Place in the queue, 1 is next; 0 when it does not wait.
    pub place: usize,
    /// Of an export that was cut off, the path of an export of the rows after the last one that was sent.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub rest: Option<String>,
    /// What the link to the rest says.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub rest_label: Option<String>,
    /// Rows sent.
    pub rows: u64,
    /// Rows a second since it began; none before there is anything to tell it from.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub rows_per_second: Option<u64>,
    /// Whole seconds that it has waited, or has run.
    pub seconds: u64,
    /// About how many seconds it will yet run.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub seconds_left: Option<u64>,
    /// What it is doing.
    pub state: ExportState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_sent_as_its_word() {
        for state in [
            ExportState::Waiting,
            ExportState::Running,
            ExportState::Done,
            ExportState::Failed,
            ExportState::Cancelled,
        ] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
