//! What an export's file is called.

use chrono_tz::Tz;

use crate::filter::Window;
use crate::time::Timestamp;

/// The name of an export of `what`: its first and its last moment, the zone whose days they are ends of, and when
/// the export was made.
///
/// `trades_20261123T130000Z_to_20261124T125959.999999Z_Australia-Sydney_exported_20261128T120301Z.csv`. Moments are
/// in UTC, as those in the file. An end that is open is `beginning` and, as the later one, the moment of export:
/// no word is needed for it there.
#[must_use]
pub fn file_name(what: &str, window: Window, zone: Tz, now: Timestamp, ending: &str) -> String {
    let from = window.from.map_or_else(|| "beginning".to_owned(), moment);
    let to = moment(window.to.unwrap_or(now));
    // What a zone's name may hold besides letters, digits and signs.
    let zone = zone.name().replace('/', "-");
    // A second is enough to tell one export from another.
    let made = now.plus_micros(-now.postgres_micros().rem_euclid(1_000_000));
    let made = moment(made);
    format!("{what}_{from}_to_{to}_{zone}_exported_{made}.{ending}")
}

/// ISO 8601's basic form: no file system minds it. Digits of a second where they are not nought.
fn moment(at: Timestamp) -> String {
    let text = at.rfc3339();
    let Some((whole, fraction)) = text.strip_suffix('Z').and_then(|text| text.split_once('.'))
    else {
        return text;
    };
    let (sign, whole) = match whole.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", whole),
    };
    let whole = whole.replace(['-', ':'], "");
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}Z"),
        fraction => format!("{sign}{whole}.{fraction}Z"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn a_name_says_what_it_holds_and_when_it_was_made() {
        let now = at("2026-11-28T12:03:01.250000Z");
        let window = Window {
            from: Some(at("2026-11-23T13:00:00Z")),
            to: Some(at("2026-11-24T12:59:59.999999Z")),
        };
        assert_eq!(
            file_name("trades", window, Tz::Australia__Sydney, now, "csv"),
            "trades_20261123T130000Z_to_20261124T125959.999999Z_Australia-Sydney_exported_20261128T120301Z.csv"
        );
        assert_eq!(
            file_name("events", Window::default(), Tz::UTC, now, "jsonl"),
            "events_beginning_to_20261128T120301.25Z_UTC_exported_20261128T120301Z.jsonl"
        );
    }

    #[test]
    fn odd_years_and_zones_stay_names_of_files() {
        let window = Window {
            from: Some(at("-0043-03-15T00:00:00Z")),
            to: Some(Timestamp::INFINITY),
        };
        let now = at("2026-11-28T12:03:01Z");
        let name = file_name("trades", window, Tz::Etc__GMTPlus5, now, "raw.csv");
        assert!(
            name.starts_with("trades_-00430315T000000Z_to_infinity_Etc-GMT+5_exported_"),
            "{name}"
        );
        assert!(name.ends_with("Z.raw.csv"), "{name}");
    }
}
