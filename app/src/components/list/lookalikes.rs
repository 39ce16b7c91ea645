//! Values that look like another value: a Latin and a Cyrillic `a`, `O` and zero. Lists name the characters that
//! distinguish such values.

use std::collections::HashMap;

use unicode_script::{Script, UnicodeScript as _};
use unicode_security::MixedScript as _;
use unicode_security::confusable_detection::skeleton;

/// Most characters that are named of one value.
const MOST: usize = 3;

/// For each value, the characters that distinguish it from a lookalike or that are of a different script than the rest:
/// `Cyrillic U+0430`. `None` for unambiguous values.
#[must_use]
pub fn distinctions(values: &[&str]) -> Vec<Option<String>> {
    let mut alike: HashMap<String, Vec<&str>> = HashMap::new();
    for value in values {
        let same = alike.entry(skeleton(value).collect()).or_default();
        if !same.contains(value) {
            same.push(value);
        }
    }
    values
        .iter()
        .map(|value| {
            let key: String = skeleton(value).collect();
            let others: Vec<&str> = alike
                .get(&key)
                .into_iter()
                .flatten()
                .filter(|other| *other != value)
                .copied()
                .collect();
            let odd = if others.is_empty() {
                of_another_script(value)
            } else {
                let in_all = |char: &char| others.iter().all(|other| other.contains(*char));
                let differing: Vec<char> = value.chars().filter(|char| !in_all(char)).collect();
                // The same characters in another order or number.
                if differing.is_empty() {
                    value.chars().collect()
                } else {
                    differing
                }
            };
            named(odd)
        })
        .collect()
}

/// The characters of a value that are of a different script than the rest; `None` if all are of one script.
#[must_use]
pub fn distinction(value: &str) -> Option<String> {
    named(of_another_script(value))
}

/// The characters of a value in several scripts that are not of the one which most of it is in.
fn of_another_script(value: &str) -> Vec<char> {
    if value.is_ascii() || value.is_single_script() {
        return Vec::new();
    }
    let script = |char: char| {
        Some(char.script()).filter(|script| !matches!(script, Script::Common | Script::Inherited))
    };
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for script in value.chars().filter_map(script) {
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, count)) => *count += 1,
            None => counts.push((script, 1)),
        }
    }
    // Of several the first.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    let Some((main, _)) = most else {
        return Vec::new();
    };
    value
        .chars()
        .filter(|char| script(*char).is_some_and(|script| script != *main))
        .collect()
}

/// `Cyrillic U+0430, U+0435`: a script is named where it changes.
fn named(chars: Vec<char>) -> Option<String> {
    let mut distinct: Vec<char> = Vec::new();
    for char in chars {
        if !distinct.contains(&char) {
            distinct.push(char);
        }
    }
    let mut script = None;
    let mut names: Vec<String> = Vec::new();
    for char in distinct.iter().take(MOST) {
        let code = format!("U+{:04X}", u32::from(*char));
        let own = char.script();
        let is_known =
            script.replace(own) == Some(own) || matches!(own, Script::Common | Script::Inherited);
        names.push(if is_known {
            code
        } else {
            format!("{} {code}", own.full_name())
        });
    }
    if distinct.len() > MOST {
        names.push("…".to_owned());
    }
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_told_apart() {
        let of = |values: &[&str]| -> Vec<String> {
            distinctions(values)
                .into_iter()
                .map(Option::unwrap_or_default)
                .collect()
        };
        assert_eq!(of(&["BTC", "ETH", "Überweisung", "中文"]), ["", "", "", ""]);
        assert_eq!(of(&["a", "а"]), ["Latin U+0061", "Cyrillic U+0430"]);
        assert_eq!(
            of(&["BTC", "ВТС"]),
            [
                "Latin U+0042, U+0054, U+0043",
                "Cyrillic U+0412, U+0422, U+0421"
            ]
        );
        assert_eq!(of(&["BTС"]), ["Cyrillic U+0421"]);
        assert_eq!(of(&["ETO", "ET0"]), ["Latin U+004F", "U+0030"]);
        assert_eq!(
            of(&["zü", "zu\u{308}"]),
            ["Latin U+00FC", "Latin U+0075, U+0308"]
        );
        assert_eq!(of(&["a b", "a\u{a0}b"]), ["U+0020", "U+00A0"]);
    }

    #[test]
    fn one_value_names_what_is_of_another_script() {
        assert_eq!(distinction("pаypаl").as_deref(), Some("Cyrillic U+0430"));
        assert_eq!(distinction("paypal"), None);
        assert_eq!(distinction("АБВ"), None);
        assert_eq!(distinction("日本のビットコイン"), None);
    }
}
