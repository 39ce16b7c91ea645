//! Checks an event's details against the format that the engine writes.

use crate::details::{APPROVED, SIGNAL, TradeDetails, is_readable};
use crate::episode::{EVENT_TYPES, Signal, toggle_signal};
use crate::json::Tree;
use crate::rejection::REJECTED;

/// Type of a value.
#[derive(Clone, Copy)]
enum Type {
    Text,
    Number,
    /// A number, or a decimal as a string.
    Decimal,
    Object,
}

const SIGNAL_KEYS: &[(&[&str], Type)] = &[
    (&["algorithm_id"], Type::Text),
    (&["signal"], Type::Object),
    (&["signal", "action"], Type::Text),
    (&["signal", "coin_type"], Type::Text),
    (&["signal", "quantity"], Type::Decimal),
    (&["signal", "confidence"], Type::Number),
    (&["market_data_snapshot"], Type::Object),
    (&["market_data_snapshot", "price"], Type::Decimal),
];

const CHECK_KEYS: &[(&[&str], Type)] = &[
    (&["user_id"], Type::Text),
    (&["coin"], Type::Text),
    (&["side"], Type::Text),
    (&["quantity"], Type::Decimal),
    (&["estimated_price"], Type::Decimal),
    (&["trade_value"], Type::Decimal),
    (&["reason"], Type::Text),
    (&["algorithm_id"], Type::Text),
];

const SWITCH_KEYS: &[(&[&str], Type)] = &[
    (&["status"], Type::Text),
    (&["triggered_by"], Type::Text),
    (&["source"], Type::Text),
];

/// The fields of an event's details, and what is wrong with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DetailsCheck {
    /// The fields that trade events have in common.
    pub trade: TradeDetails,
    /// `triggered_by`
    pub triggered_by: Option<String>,
    /// What is wrong with the details, in words; `None` if nothing is. Any key may be absent or null.
    pub complaint: Option<String>,
}

impl DetailsCheck {
    /// Parses the details of an event of this type.
    #[must_use]
    pub fn of(event_type: &str, document: Option<&str>) -> Self {
        let keys = match event_type {
            SIGNAL => SIGNAL_KEYS,
            APPROVED | REJECTED => CHECK_KEYS,
            kind if EVENT_TYPES.contains(&kind) => SWITCH_KEYS,
            _ => {
                let unreadable = document.is_some_and(|document| !is_readable(document));
                return Self::wrong(unreadable.then_some(UNREADABLE));
            }
        };
        match document {
            None => Self::wrong(Some("it has no details")),
            Some(document) if !is_readable(document) => Self::wrong(Some(UNREADABLE)),
            Some(document) => Self::of_known(event_type, keys, &Tree::read(document)),
        }
    }

    fn of_known(event_type: &str, keys: &[(&[&str], Type)], tree: &Tree) -> Self {
        if !matches!(tree, Tree::Object(_)) {
            return Self::wrong(Some("the details are no object"));
        }
        if event_type == "kill_switch_toggle" && toggle_signal(tree) == Signal::Unreadable {
            return Self::wrong(Some("active is neither true nor false"));
        }
        let triggered_by = tree.member("triggered_by").and_then(Tree::scalar);
        Self {
            trade: TradeDetails::of_tree(event_type, tree),
            triggered_by: triggered_by.map(ToOwned::to_owned),
            complaint: keys
                .iter()
                .find_map(|(path, wanted)| wrong(tree, path, *wanted)),
        }
    }

    fn wrong(complaint: Option<&str>) -> Self {
        Self {
            complaint: complaint.map(ToOwned::to_owned),
            ..Self::default()
        }
    }
}

const UNREADABLE: &str = "the details hold what PostgreSQL cannot take apart";

fn wrong(tree: &Tree, path: &[&str], wanted: Type) -> Option<String> {
    let mut value = tree;
    for key in path {
        value = value.member(key)?;
    }
    let null = matches!(value, Tree::Bare(word) if word == "null");
    let number = |text: &str| text.parse::<f64>().is_ok();
    let (right, name) = match wanted {
        Type::Text => (matches!(value, Tree::String(_)), "text"),
        Type::Number => (matches!(value, Tree::Bare(word) if number(word)), "number"),
        Type::Decimal => (
            matches!(value, Tree::Bare(word) | Tree::String(word) if number(word)),
            "number",
        ),
        Type::Object => (matches!(value, Tree::Object(_)), "object"),
    };
    (!null && !right).then(|| format!("{} is no {name}", path.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_as_the_engine_writes_them_pass_and_others_do_not() {
        let complaint =
            |kind: &str, details: Option<&str>| DetailsCheck::of(kind, details).complaint;
        let of = |kind, details: &str| complaint(kind, Some(details));
        let good = r#"{"algorithm_id": null, "signal": {"action": "buy", "quantity": "0.5", "confidence": 0.5}}"#;
        assert_eq!(of(SIGNAL, good), None);
        assert_eq!(of(SIGNAL, "{}"), None);
        assert_eq!(of("kill_switch_toggle", r#"{"active": true}"#), None);
        assert_eq!(of("OTHER", "[1, 2]"), None);
        assert_eq!(complaint("OTHER", None), None);
        for (kind, details, says) in [
            (SIGNAL, r#"{"algorithm_id": 12}"#, "algorithm_id is no text"),
            (
                SIGNAL,
                r#"{"signal": {"confidence": "high"}}"#,
                "signal.confidence is no number",
            ),
            (
                APPROVED,
                r#"{"quantity": {"value": 1}}"#,
                "quantity is no number",
            ),
            (SIGNAL, "[]", "the details are no object"),
            (
                "kill_switch_toggle",
                "{}",
                "active is neither true nor false",
            ),
            (REJECTED, r#"{"reason": "\ud83d"}"#, UNREADABLE),
            ("OTHER", r#"{"a": "\u0000"}"#, UNREADABLE),
        ] {
            assert_eq!(of(kind, details).as_deref(), Some(says), "{details}");
        }
        assert_eq!(
            complaint(SIGNAL, None).as_deref(),
            Some("it has no details")
        );
    }
}
