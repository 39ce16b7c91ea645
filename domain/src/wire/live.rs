//! The kill switch's live state and what waits for somebody, as every page's header shows them.

use serde::{Deserialize, Serialize};

/// `GET /api/v1/live`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveStatus {
    /// The shape beside the words.
    pub mark: Icon,
    /// Kill-switch episodes that are not cleared.
    pub open_episodes: u64,
    /// Findings that nobody has explained.
    pub open_findings: u64,
    /// Reviews that are not done and whose time has run out.
    pub overdue_reviews: u64,
    /// Reviews that are not done and have time left.
    pub pending_reviews: u64,
    /// The state in a word or two: `Stopped`.
    pub short: String,
    /// ` since 18:35` in the person's time zone, or nothing.
    pub since: String,
    /// What the state rests on, in sentences.
    pub title: String,
    /// How alarming the state is.
    pub tone: Tone,
}

/// How alarming something is; the style sheet has a colour for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Tone {
    /// Nothing to see.
    Quiet,
    /// As it should be.
    Ok,
    /// Worth a look.
    Warn,
    /// Stopped or failed.
    Stop,
    /// Should not have been possible.
    Leak,
}

impl Tone {
    /// The class that the style sheet knows it by.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Stop => "stop",
            Self::Leak => "leak",
        }
    }
}

/// A small shape beside words, so that meaning never hangs on colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Icon {
    /// BUY.
    #[serde(rename = "#m-up")]
    Up,
    /// SELL.
    #[serde(rename = "#m-down")]
    Down,
    /// Done as meant.
    #[serde(rename = "#m-dot")]
    Dot,
    /// Begun, not done.
    #[serde(rename = "#m-ring")]
    Ring,
    /// Done in part.
    #[serde(rename = "#m-half")]
    Half,
    /// Stopped.
    #[serde(rename = "#m-square")]
    Square,
    /// Did not work.
    #[serde(rename = "#m-cross")]
    Cross,
    /// Called off, or nothing to be done.
    #[serde(rename = "#m-dash")]
    Dash,
    /// Something that must not be missed.
    #[serde(rename = "#m-alert")]
    Alert,
}

impl Icon {
    /// The fragment of its definition in the page, which is also its word on the wire.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Up => "#m-up",
            Self::Down => "#m-down",
            Self::Dot => "#m-dot",
            Self::Ring => "#m-ring",
            Self::Half => "#m-half",
            Self::Square => "#m-square",
            Self::Cross => "#m-cross",
            Self::Dash => "#m-dash",
            Self::Alert => "#m-alert",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icon_is_sent_as_the_fragment_that_the_page_refers_to() {
        for icon in [
            Icon::Up,
            Icon::Down,
            Icon::Dot,
            Icon::Ring,
            Icon::Half,
            Icon::Square,
            Icon::Cross,
            Icon::Dash,
            Icon::Alert,
        ] {
            let sent = serde_json::to_value(icon).unwrap();
            assert_eq!(sent, icon.href());
        }
    }

    #[test]
    fn a_tone_is_sent_as_its_class() {
        for tone in [Tone::Quiet, Tone::Ok, Tone::Warn, Tone::Stop, Tone::Leak] {
            assert_eq!(serde_json::to_value(tone).unwrap(), tone.class());
        }
    }
}
