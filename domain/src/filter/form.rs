//! Translates a submitted filter form into a list's query.
//!
//! All controls of the filter are fields of one form: words, checkboxes, dates and buttons. Any button therefore
//! submits everything that was entered. Fields may contradict each other, such as a pressed preset and typed dates; the
//! rules for this are here. The server redirects from a form's query string to that of the resulting query.

use crate::query::{Pairs, ParamError, Params};
use crate::time::Timestamp;

use super::range::Bound;

/// The field that marks the query string of a submitted form.
pub const MARKER: (&str, &str) = ("form", "filter");
/// Field of a pressed preset: a value of `last`, or [`ALL`].
pub const PRESET: &str = "preset";
/// The preset without bounds.
pub const ALL: &str = "all";
/// Field of a pressed histogram bar: `FROM~TO`, as values of `from` and `to`.
pub const RANGE: &str = "range";
/// Field of a pressed facet value: a pair to add to the query.
pub const ADD: &str = "add";
/// Field of a pressed chip or active value: a pair to remove from the query.
pub const DROP: &str = "drop";
/// Field of the present value of `last`, which remains in force if neither a preset is pressed nor a date typed.
pub const DEFAULT_LAST: &str = "default_last";
/// Field of the page's time zone, which applies to typed dates if no other zone is given.
pub const DEFAULT_ZONE: &str = "default_tz";
/// Field of the time at which the page was rendered. An export of a span that ends now ends at that time.
pub const AS_OF: &str = "as_of";

/// Information of a form besides the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NormalizedForm {
    /// When the form's page was rendered.
    pub as_of: Option<Timestamp>,
}

/// Replaces the form's fields by parameters of its list. Returns `None` and changes nothing if `params` are not from a
/// form.
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

/// Priority: a pressed button, then typed dates, then the present value.
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

/// Adds and removes the pressed pairs.
fn normalize_pairs(params: &mut Params) {
    for name in [DROP, ADD] {
        for text in params.or_default(|params| params.take_all(name)) {
            let pairs = Params::parse(&text).map(Params::into_pairs);
            let pairs = pairs.unwrap_or_default();
            let [(param, value)] = pairs.as_slice() else {
                params.blame(ParamError::wrong_value(name, &text, "one pair, name=value"));
                continue;
            };
            // Avoid duplicates of values that are already checked.
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

/// A pair as the value of [`ADD`] or [`DROP`].
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
    fn other_query_strings_are_unchanged() {
        let mut params = Params::parse("preset=7d&q=").unwrap();
        assert_eq!(normalize(&mut params), None);
        assert_eq!(params.into_pairs().to_string(), "preset=7d&q=");
    }

    #[test]
    fn pressed_buttons_override_typed_dates_and_those_the_present_value() {
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
    fn pressed_values_are_added_once_and_removed_completely() {
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
    fn values_that_no_form_sends_are_faults() {
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
