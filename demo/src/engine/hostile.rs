//! Hostile rows: markup, formulas, NaN, malformed JSON. Each history has one of each kind.

use uuid::Uuid;

use super::record::{Decision, Event, TradeDecision};
use super::rows::Rows;
use super::time::Instant;

/// Nested objects of the deepest details.
const DEPTH: usize = 1_000;
/// Maximum number of characters of `trade_audit.reason`.
const REASON_LENGTH: usize = 1_000;

/// A kind of hostile row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hostile {
    /// Markup in a reason.
    Script,
    /// Right-to-left override marks in a reason.
    RightToLeft,
    /// A reason as long as the column allows, without a space.
    LongReason,
    /// A spreadsheet formula in a reason.
    FormulaReason,
    /// A spreadsheet formula as the agent's name.
    FormulaAgent,
    /// Confidence NaN.
    NanConfidence,
    /// Confidence Infinity.
    InfiniteConfidence,
    /// No price.
    NullPrice,
    /// Price NaN, which a numeric can be.
    NanPrice,
    /// Details nested 1,000 deep.
    DeepDetails,
    /// Details NULL.
    NullDetails,
    /// Details whose parts have the wrong types.
    WrongTypes,
    /// Details with an escaped NUL: valid `json`, but `->>` on it is an error.
    EscapedNul,
    /// Details with half a surrogate pair: the same.
    LoneSurrogate,
    /// An event type that no release notes mention.
    UnknownType,
}

impl Hostile {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Script,
        Self::RightToLeft,
        Self::LongReason,
        Self::FormulaReason,
        Self::FormulaAgent,
        Self::NanConfidence,
        Self::InfiniteConfidence,
        Self::NullPrice,
        Self::NanPrice,
        Self::DeepDetails,
        Self::NullDetails,
        Self::WrongTypes,
        Self::EscapedNul,
        Self::LoneSurrogate,
        Self::UnknownType,
    ];

    /// Writes the row. `agent` and `user` must exist in the history.
    pub fn write(self, rows: &mut Rows, agent: &str, user: Uuid, id: Uuid, at: Instant) {
        match self.event() {
            Some((event_type, severity, details)) => Event {
                event_type,
                severity,
                details: details.as_deref(),
                user_id: Some(user),
                id,
                at,
            }
            .write(rows),
            None => self.write_decision(rows, agent, id, at),
        }
    }

    /// Type, severity and details of those kinds that are events.
    fn event(self) -> Option<(&'static str, &'static str, Option<String>)> {
        let event = match self {
            Self::DeepDetails => ("CONFIG_SNAPSHOT", "info", Some(nested())),
            Self::NullDetails => ("ALGORITHM_SIGNAL", "info", None),
            Self::WrongTypes => (
                "ALGORITHM_SIGNAL",
                "info",
                Some(
                    r#"{"algorithm_id": 12, "signal": {"action": ["buy"], "coin_type": null, "quantity": {"value": 1}, "confidence": "high"}, "market_data_snapshot": "n/a"}"#
                        .to_owned(),
                ),
            ),
            Self::EscapedNul => (
                "ALGORITHM_SIGNAL",
                "info",
                Some(
                    r#"{"algorithm_id": null, "signal": {"action": "buy", "coin_type": "BTC\u0000", "quantity": "0.01", "confidence": 0.5}}"#
                        .to_owned(),
                ),
            ),
            Self::LoneSurrogate => (
                "TRADE_REJECTED",
                "warning",
                Some(r#"{"coin": "ETH", "side": "buy", "quantity": 0.5, "reason": "broken \ud83d text", "algorithm_id": null}"#.to_owned()),
            ),
            Self::UnknownType => (
                "LIQUIDITY_SHADOW_PROBE",
                "info",
                Some(r#"{"venue": "paper", "depth": [[1, 2.5], [2, 1.25]], "ok": true}"#.to_owned()),
            ),
            _ => return None,
        };
        Some(event)
    }

    fn write_decision(self, rows: &mut Rows, agent: &str, id: Uuid, at: Instant) {
        let long = "x".repeat(REASON_LENGTH);
        let reason = match self {
            Self::Script => {
                "<script>alert(1)</script><img src=x onerror=alert(2)> looked like a breakout"
            }
            Self::RightToLeft => {
                "Momentum \u{202e}gnisir\u{202c} \u{2066}on the tape\u{2069}, \u{202e}LLES ton did"
            }
            Self::LongReason => &long,
            Self::FormulaReason => "=HYPERLINK(\"http://evil\",\"x\")",
            Self::NullPrice => "No price feed at the time of the decision.",
            Self::NanPrice => "Price feed returned NaN.",
            _ => "Model output was not a finite number.",
        };
        TradeDecision {
            agent_id: if self == Self::FormulaAgent {
                "=HYPERLINK(\"http://evil\",\"agent\")"
            } else {
                agent
            },
            decision: Decision::Hold,
            reason,
            confidence: match self {
                Self::NanConfidence => f64::NAN,
                Self::InfiniteConfidence => f64::INFINITY,
                _ => 0.5,
            },
            asset: "BTC",
            price: match self {
                Self::NullPrice => None,
                Self::NanPrice => Some(f64::NAN),
                _ => Some(101_500.25),
            },
            is_executed: false,
            order_id: None,
            block_reason: None,
            id,
            at,
        }
        .write(rows);
    }
}

fn nested() -> String {
    let mut out = "{\"a\": ".repeat(DEPTH);
    out.push('1');
    out.push_str(&"}".repeat(DEPTH));
    out
}
