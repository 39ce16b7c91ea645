//! Parses JSON into a tree for display: keys in order, duplicates kept, numbers exactly as written.
//!
//! `serde_json::Value` loses all three and rejects nesting deeper than 128, while PostgreSQL's `json` stores any
//! well-formed text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Depth beyond which values are kept as raw text.
pub const MAX_DEPTH: usize = 24;

/// One value of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Key and value pairs, in the order of the text.
    Object(Vec<(String, Tree)>),
    /// Elements.
    Array(Vec<Tree>),
    /// The content of a string.
    String(String),
    /// A number, `true`, `false` or `null`, exactly as written.
    Bare(String),
    /// Raw text that was not parsed: nested too deeply, or with an escape that is not a character.
    Raw(String),
}

impl Tree {
    /// Parses a JSON text; unparsable parts become [`Tree::Raw`].
    #[must_use]
    pub fn read(text: &str) -> Self {
        match serde_json::from_str::<&RawValue>(text) {
            Ok(raw) => Self::from_raw(raw, MAX_DEPTH),
            Err(_) => Self::Raw(text.to_owned()),
        }
    }

    fn from_raw(raw: &RawValue, depth: usize) -> Self {
        let text = raw.get();
        if depth == 0 {
            return Self::Raw(text.to_owned());
        }
        let taken = match text.as_bytes().first() {
            Some(b'{') => serde_json::from_str::<Members>(text).ok().map(|members| {
                let members = members.0.into_iter();
                Self::Object(
                    members
                        .map(|(key, value)| (key, Self::from_raw(value, depth - 1)))
                        .collect(),
                )
            }),
            Some(b'[') => serde_json::from_str::<Elements>(text).ok().map(|elements| {
                let elements = elements.0.into_iter();
                Self::Array(
                    elements
                        .map(|value| Self::from_raw(value, depth - 1))
                        .collect(),
                )
            }),
            Some(b'"') => serde_json::from_str(text).ok().map(Self::String),
            _ => Some(Self::Bare(text.to_owned())),
        };
        taken.unwrap_or_else(|| Self::Raw(text.to_owned()))
    }

    /// The member with this name of an object; if there are several, the last, as with PostgreSQL's `->`.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let found = members.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| value)
    }

    /// The value as written in a filter: a string's content or a bare value's text; `None` for objects, arrays and raw
    /// text.
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::String(text) | Self::Bare(text) => Some(text),
            Self::Object(_) | Self::Array(_) | Self::Raw(_) => None,
        }
    }
}

/// An object's members, with unparsed values.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MembersVisitor;
        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(MembersVisitor)
    }
}

/// An array's elements, unparsed.
struct Elements<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Elements<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ElementsVisitor;
        impl<'de> Visitor<'de> for ElementsVisitor {
            type Value = Elements<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    elements.push(element);
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(ElementsVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_duplicates_and_digits_are_preserved() {
        let tree = Tree::read(r#"{"b": 1.50, "a": [true, null], "b": "x"}"#);
        let Tree::Object(members) = tree else {
            panic!("no object")
        };
        assert_eq!(members[0], ("b".to_owned(), Tree::Bare("1.50".to_owned())));
        assert_eq!(members[2], ("b".to_owned(), Tree::String("x".to_owned())));
        assert_eq!(members[1].0, "a");
    }

    #[test]
    fn deep_nesting_is_parsed_up_to_the_maximum_depth() {
        let deep = format!("{}1{}", "[".repeat(1_000), "]".repeat(1_000));
        let mut tree = Tree::read(&deep);
        let mut depth = 0;
        while let Tree::Array(mut elements) = tree {
            tree = elements.remove(0);
            depth += 1;
        }
        assert_eq!(depth, MAX_DEPTH);
        assert!(matches!(tree, Tree::Raw(text) if text.starts_with("[[[")));
    }

    #[test]
    fn invalid_json_and_invalid_escapes_are_raw() {
        assert_eq!(Tree::read("{oops"), Tree::Raw("{oops".to_owned()));
        let lone = r#"{"a": "\ud800"}"#;
        assert!(matches!(Tree::read(lone), Tree::Object(m) if matches!(m[0].1, Tree::Raw(_))));
    }
}
