//! A list's filter form as a browser sends it, and the query that the person meant by it.
//!
//! The form is one: words, ticks, dates and every button that narrows the list are its fields, so that whatever is
//! pressed carries all that was ticked and typed. Two of its fields may contradict each other then (a preset is
//! pressed while dates stand in their fields); here stands which of them counts. A query string of this kind never
//! stays in an address: who receives one answers with the query that it means.

use crate::query::{Pairs, ParamError, Params};
use crate::time::Timestamp;

use super::range::Bound;

/// The field that marks a query string as the form's.
pub const MARKER: (&str, &str) = ("form", "filter");
/// A pressed preset: a span as `last` takes it, or [`ALL`].
pub const PRESET: &str = "preset";
/// The preset without a span.
pub const ALL: &str = "all";
/// A pressed bar: `FROM~TO`, each as `from` and `to` take it.
pub const RANGE: &str = "range";
/// A pressed value of a facet: one pair of a query string, which is added.
pub const ADD: &str = "add";
/// A pressed chip or value in force: one pair of a query string, which is taken out.
pub const DROP: &str = "drop";
/// The span that is in force: it stays where neither a preset is pressed nor a date typed.
pub const DEFAULT_LAST: &str = "default_last";
/// The zone that the page shows: the one of days that were typed where no other is named.
pub const DEFAULT_ZONE: &str = "default_tz";
/// When the page was made: an export of a span that ends now ends then.
pub const AS_OF: &str = "as_of";

/// What a form's query string says beside the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NormalizedForm {
    /// When the page was made that the form stood on.
    pub as_of: Option<Timestamp>,
}

/// Turns the fields of a form into parameters of its list; `None`, and nothing done, where `params` are no form's.
pub fn normalize(params: &mut Params) -> Option<NormalizedForm> {
    if !params.has(MARKER.0) {
        return None;
    }
    params.drop_empty();
    let mark = params.or_default(|params| params.take_one(MARKER.0));
    if let Some(other) = mark.filter(|mark| mark != MARKER.1) {
        params.blame(ParamError::wrong_value(MARKER.0, &other, MARKER.1));
    }
    let [preset, range, last, zone, as_of] = [PRESET, RANGE, DEFAULT_LAST, DEFAULT_ZONE, AS_OF]
        .map(|name| params.or_default(|params| params.take_one(name)));
    normalize_time(params, preset, range, last);
    normalize_pairs(params);
    if let Some(zone) = zone
        && !params.has("tz")
        && has_days(params)
    {
        params.insert("tz", zone);
    }
    let as_of = as_of.and_then(|text| {
        let at = Timestamp::parse_rfc3339(&text);
        if at.is_none() {
            params.blame(ParamError::wrong_value(AS_OF, &text, "an RFC 3339 time"));
        }
        at
    });
    Some(NormalizedForm { as_of })
}

/// What was pressed counts, then what was typed, then what was in force.
fn normalize_time(
    params: &mut Params,
    preset: Option<String>,
    range: Option<String>,
    default: Option<String>,
) {
    if let Some(preset) = preset {
        params.discard(&["from", "to", "last"]);
        if preset != ALL {
            params.insert("last", preset);
        }
    } else if let Some(range) = range {
        params.discard(&["from", "to", "last"]);
        match range.split_once('~') {
            Some((from, to)) => {
                params.insert("from", from.to_owned());
                params.insert("to", to.to_owned());
            }
            None => params.blame(ParamError::wrong_value(RANGE, &range, "two ends, FROM~TO")),
        }
    } else if let Some(last) = default
        && !["from", "to", "last"].iter().any(|name| params.has(name))
    {
        params.insert("last", last);
    }
}

/// Adds and takes out the pairs that were pressed.
fn normalize_pairs(params: &mut Params) {
    for name in [DROP, ADD] {
        for text in params.or_default(|params| params.take_all(name)) {
            let pairs = Params::parse(&text).map(Params::into_pairs);
            let pairs = pairs.unwrap_or_default();
            let [(param, value)] = pairs.as_slice() else {
                params.blame(ParamError::wrong_value(name, &text, "one pair, name=value"));
                continue;
            };
            // A value that was ticked already is not asked for twice.
            params.discard_pair(param, value);
            if name == ADD {
                params.insert(param, value.clone());
            }
        }
    }
}

fn has_days(params: &Params) -> bool {
    let ends = params.clone().into_pairs();
    let mut ends = ends.as_slice().iter();
    ends.any(|(name, value)| {
        (name == "from" || name == "to") && matches!(Bound::parse(value), Some(Bound::Day(_)))
    })
}

/// One pair as [`ADD`] and [`DROP`] take it.
#[must_use]
pub fn pressed(param: &str, value: &str) -> String {
    Pairs::default().with(param, value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(raw: &str) -> String {
        let mut params = Params::parse(raw).unwrap();
        assert!(normalize(&mut params).is_some(), "{raw}");
        params.into_pairs().to_string()
    }

    #[test]
    fn what_is_no_form_is_left_alone() {
        let mut params = Params::parse("preset=7d&q=").unwrap();
        assert_eq!(normalize(&mut params), None);
        assert_eq!(params.into_pairs().to_string(), "preset=7d&q=");
    }

    #[test]
    fn what_is_pressed_counts_then_what_is_typed_then_what_was_in_force() {
        let form = "form=filter&q=&asset=BTC&default_last=24h&default_tz=Australia/Sydney";
        for (more, means) in [
            ("", "asset=BTC&last=24h"),
            ("&from=&to=", "asset=BTC&last=24h"),
            ("&preset=7d", "asset=BTC&last=7d"),
            ("&preset=all&from=2026-11-24", "asset=BTC"),
            (
                "&from=2026-11-24&to=",
                "asset=BTC&from=2026-11-24&tz=Australia/Sydney",
            ),
            (
                "&from=2026-11-24&tz=UTC",
                "asset=BTC&from=2026-11-24&tz=UTC",
            ),
            (
                "&from=2026-11-24T00:00:00Z",
                "asset=BTC&from=2026-11-24T00:00:00Z",
            ),
            (
                "&from=2020-01-01&range=2026-11-24~2026-11-25",
                "asset=BTC&from=2026-11-24&to=2026-11-25&tz=Australia/Sydney",
            ),
        ] {
            assert_eq!(normalized(&format!("{form}{more}")), means, "{more}");
        }
    }

    #[test]
    fn a_pressed_value_is_added_once_and_taken_out_wholly() {
        assert_eq!(
            normalized("form=filter&asset=BTC&asset=ETH&add=asset%3DBTC"),
            "asset=ETH&asset=BTC"
        );
        assert_eq!(
            normalized("form=filter&asset=BTC&asset=ETH&drop=asset%3DBTC"),
            "asset=ETH"
        );
        let odd = pressed("details.a=b", "1&2=%");
        let mut params = Params::default();
        params.insert(MARKER.0, MARKER.1.to_owned());
        params.insert(ADD, odd);
        assert!(normalize(&mut params).is_some());
        assert_eq!(
            params.take_one("details.a=b").unwrap().as_deref(),
            Some("1&2=%")
        );
    }

    #[test]
    fn what_no_form_sends_is_a_fault() {
        for (raw, param) in [
            ("form=other", "form"),
            ("form=filter&range=2026-11-24", "range"),
            ("form=filter&as_of=now", "as_of"),
            ("form=filter&add=a%3D1%26b%3D2", "add"),
            ("form=filter&preset=7d&preset=1h", "preset"),
        ] {
            let mut params = Params::parse(raw).unwrap();
            normalize(&mut params);
            assert_eq!(params.finish(&[]).unwrap_err().param, param, "{raw}");
        }
    }
}
