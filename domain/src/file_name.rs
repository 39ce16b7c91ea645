//! File names of exports.

use chrono_tz::Tz;

use crate::filter::Window;
use crate::time::Timestamp;

/// The file name of an export of `what`: start and end, the time zone of their days, and the time of the export.
///
/// `trades_20261123T130000Z_to_20261124T125959.999999Z_Australia-Sydney_exported_20261128T120301Z.csv`. Times are in
/// UTC, as in the file. An open start is `beginning`; an open end is the time of the export.
#[must_use]
pub fn file_name(what: &str, window: Window, zone: Tz, now: Timestamp, ending: &str) -> String {
    let from = window.from.map_or_else(|| "beginning".to_owned(), moment);
    let to = moment(window.to.unwrap_or(now));
    // Replace slashes in the zone's name.
    let zone = zone.name().replace('/', "-");
    // Seconds suffice to distinguish exports.
    let made = now.plus_micros(-now.postgres_micros().rem_euclid(1_000_000));
    let made = moment(made);
    format!("{what}_{from}_to_{to}_{zone}_exported_{made}.{ending}")
}

/// ISO 8601 basic format, which every file system accepts. Fractions of a second only if they are not zero.
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
    fn name_has_window_zone_and_time_of_export() {
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
    fn unusual_years_and_zones_give_valid_file_names() {
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
