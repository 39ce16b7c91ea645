//! Reads the details of the engine's trade events.
//!
//! A value that is missing or has another type than the engine writes is `None`. A document that PostgreSQL cannot
//! extract texts from counts as empty, here as in every list.

use uuid::Uuid;

use crate::event::Event;
use crate::json::Tree;
use crate::rejection::{REJECTED, RejectionRow};
use crate::time::Timestamp;
use crate::trace::{RowId, Step, StepKind};

/// The event type of an executor's signals.
pub const SIGNAL: &str = "ALGORITHM_SIGNAL";
/// The event type of the Guard's approvals.
pub const APPROVED: &str = "TRADE_APPROVED";

/// Documents with more characters and more brackets than this are not parsed.
const MOST_BRACKETS: usize = 4_000;

/// Whether PostgreSQL can extract texts from a JSON document: it has no `\u0000`, no lone surrogate, and is not nested
/// thousands of levels deep. Same rule as `store`'s SQL.
#[must_use]
pub fn is_readable(document: &str) -> bool {
    let brackets = || document.bytes().filter(|byte| b"[{".contains(byte)).count();
    if document.len() > MOST_BRACKETS && brackets() > MOST_BRACKETS {
        return false;
    }
    !document.contains("\\u") || escapes_are_characters(document.as_bytes())
}

fn escapes_are_characters(document: &[u8]) -> bool {
    let mut at = 0;
    while let Some(&byte) = document.get(at) {
        if byte != b'\\' {
            at += 1;
            continue;
        }
        match unit(document, at) {
            None => at += 2,
            Some(0 | 0xDC00..=0xDFFF) => return false,
            Some(0xD800..=0xDBFF) => match unit(document, at + 6) {
                Some(0xDC00..=0xDFFF) => at += 12,
                _ => return false,
            },
            Some(_) => at += 6,
        }
    }
    true
}

/// The UTF-16 unit of a `\uXXXX` escape at this position.
fn unit(document: &[u8], at: usize) -> Option<u16> {
    let digits = document.get(at..at + 6)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The fields that trade events have in common.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TradeDetails {
    /// `user_id`
    pub user: Option<String>,
    /// `algorithm_id`
    pub algorithm: Option<String>,
    /// `coin`, or `signal.coin_type`
    pub coin: Option<String>,
    /// `side`, or `signal.action`
    pub side: Option<String>,
    /// `quantity`, or `signal.quantity`, as spelled.
    pub quantity: Option<String>,
    /// `signal.confidence`, as spelled.
    pub confidence: Option<String>,
    /// `estimated_price`, or `market_data_snapshot.price`, as spelled.
    pub price: Option<String>,
    /// `trade_value` in AUD, as spelled.
    pub value: Option<String>,
    /// `reason`
    pub reason: Option<String>,
}

impl TradeDetails {
    /// Parses an event's details.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        Self::read(&event.event_type, event.details.as_deref())
    }

    /// Parses a document; an unreadable one yields no fields.
    #[must_use]
    pub fn read(event_type: &str, document: Option<&str>) -> Self {
        let readable = document.filter(|document| is_readable(document));
        readable.map_or_else(Self::default, |document| {
            Self::of_tree(event_type, &Tree::read(document))
        })
    }

    /// Extracts the fields of a parsed document.
    #[must_use]
    pub fn of_tree(event_type: &str, tree: &Tree) -> Self {
        let text = |tree: Option<&Tree>, name: &str| {
            let scalar = tree?.member(name)?.scalar()?;
            (scalar != "null").then(|| scalar.to_owned())
        };
        let top = Some(tree);
        let head = Self {
            user: text(top, "user_id"),
            algorithm: text(top, "algorithm_id"),
            ..Self::default()
        };
        if event_type == SIGNAL {
            let signal = tree.member("signal");
            return Self {
                coin: text(signal, "coin_type"),
                side: text(signal, "action"),
                quantity: text(signal, "quantity"),
                confidence: text(signal, "confidence"),
                price: text(tree.member("market_data_snapshot"), "price"),
                ..head
            };
        }
        Self {
            coin: text(top, "coin"),
            side: text(top, "side"),
            quantity: text(top, "quantity"),
            price: text(top, "estimated_price"),
            value: text(top, "trade_value"),
            reason: text(top, "reason"),
            ..head
        }
    }
}

/// A row of `audit_log` as a step of a trade; `None` for other events.
#[must_use]
pub fn step(
    id: Uuid,
    at: Timestamp,
    (event_type, severity): (&str, &str),
    user: Option<Uuid>,
    details: &TradeDetails,
) -> Option<Step> {
    let number = |text: &Option<String>| text.as_deref()?.parse::<f64>().ok();
    let deed = match event_type {
        SIGNAL => StepKind::Signal,
        APPROVED => StepKind::Approval {
            value: number(&details.value),
        },
        REJECTED => StepKind::Rejection {
            row: RejectionRow::of(severity, details.reason.as_deref()),
            reason: details.reason.clone(),
        },
        _ => return None,
    };
    let step = Step::new(RowId::Event(id), at, deed)
        .of(
            details.algorithm.as_deref(),
            details.coin.as_deref(),
            details.side.as_deref(),
        )
        .by(user, number(&details.quantity));
    Some(step)
}

/// The algorithm's id in an agent's name: `algo:<uuid>`.
#[must_use]
pub fn algorithm_of_agent(agent: &str) -> Option<Uuid> {
    let (prefix, id) = agent.split_at_checked(5)?;
    let named = prefix.eq_ignore_ascii_case("algo:");
    named.then(|| Uuid::try_parse(id).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_postgresql_rejects_are_unreadable() {
        for (document, readable) in [
            (r#"{"a": "b"}"#, true),
            (r#"{"a": "\u0041"}"#, true),
            (r#"{"a": "\u0000"}"#, false),
            (r#"{"a": "\\u0000"}"#, true),
            (r#"{"a": "\\\u0000"}"#, false),
            (r#"{"a": "\ud83d\ude00"}"#, true),
            (r#"{"a": "\ud83d text"}"#, false),
            (r#"{"a": "\ude00"}"#, false),
            (r#"{"a": "\"}"#, true),
        ] {
            assert_eq!(is_readable(document), readable, "{document}");
        }
        assert!(!is_readable(&"[".repeat(4_001)));
        assert!(is_readable(&"[".repeat(1_000)));
    }

    #[test]
    fn values_of_another_type_are_none() {
        let wrong = r#"{"algorithm_id": 12, "signal": {"action": ["buy"], "coin_type": null}}"#;
        let details = TradeDetails::read(SIGNAL, Some(wrong));
        assert_eq!((details.side, details.coin), (None, None));
        assert_eq!(details.algorithm.as_deref(), Some("12"));
        assert_eq!(TradeDetails::read(SIGNAL, None), TradeDetails::default());
    }

    #[test]
    fn algorithm_id_is_read_from_the_agents_name() {
        let id = "74ad3880-c88c-4a10-bd8f-5c5659726601";
        assert_eq!(
            algorithm_of_agent(&format!("algo:{id}")),
            Uuid::try_parse(id).ok()
        );
        for agent in ["strategy_momentum_v1", "algo:", "algo:x", "äöü"] {
            assert_eq!(algorithm_of_agent(agent), None, "{agent}");
        }
    }
}
