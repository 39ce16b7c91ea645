//! A view's own filter: the values that a URL gives for the view's parameters.

use super::param::{DETAILS_PREFIX, End, Param, Takes};
use super::{View, ViewSpec};
use crate::filter::details::{DetailsPath, MAX_PATHS};
use crate::filter::negation::{escaped, unescaped};
use crate::query::{Pairs, ParamError, Params};

/// The values given for one parameter. A row passes if it has one of `any` (unless that is empty) and none of `not`.
/// Values are canonical, see [`Takes::canonical`], and distinct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The parameter's name in the URL. For a path in JSON, the full name: `details.signal.coin_type`.
    pub name: String,
    /// Wanted values.
    pub any: Vec<String>,
    /// Excluded values.
    pub not: Vec<String>,
}

impl Given {
    fn nothing(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            any: Vec::new(),
            not: Vec::new(),
        }
    }

    /// Whether no values are given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.any.is_empty() && self.not.is_empty()
    }

    /// Whether a row passes, given a test for its values. For lists that are filtered in memory.
    pub fn passes(&self, matches: impl Fn(&str) -> bool) -> bool {
        let is_match = |value: &String| matches(value);
        (self.any.is_empty() || self.any.iter().any(is_match)) && !self.not.iter().any(is_match)
    }

    fn print(&self, out: &mut Pairs) {
        for value in &self.any {
            out.push(&self.name, escaped(value));
        }
        for value in &self.not {
            out.push(&self.name, format!("!{}", escaped(value)));
        }
    }

    /// Takes the values of a repeatable parameter. Invalid values are recorded as faults of `params`; valid ones are
    /// kept.
    fn read(name: &str, takes: &Takes, values: Vec<String>, params: &mut Params) -> Self {
        let mut given = Self::nothing(name);
        for value in values {
            let (is_not, text) = unescaped(&value);
            let Some(canonical) = takes.canonical(text) else {
                params.blame(ParamError::wrong_value(name, &value, takes.expected()));
                continue;
            };
            let list = if is_not {
                &mut given.not
            } else {
                &mut given.any
            };
            if !list.contains(&canonical) {
                list.push(canonical);
            }
        }
        given
    }
}

/// The filter of a list besides time and words. Contains only parameters with values, in the order of the view's
/// parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(Vec<Given>);

impl Filter {
    /// Takes the view's parameters. Invalid values are recorded as faults of `params` and left out.
    pub fn take(view: &ViewSpec, params: &mut Params) -> Self {
        let mut filter = Self::default();
        for param in &view.params {
            match param.takes {
                Takes::Details => filter.0.extend(take_details(param, params)),
                Takes::Bound { .. } => filter.0.extend(take_bound(param, params)),
                _ => {
                    let values = params.or_default(|params| params.take_all(param.name));
                    let given = Given::read(param.name, &param.takes, values, params);
                    filter
                        .0
                        .extend(Some(given).filter(|given| !given.is_empty()));
                }
            }
        }
        filter.check_ranges(view, params);
        filter
    }

    /// Records a fault for each range whose minimum is above its maximum, and removes it.
    fn check_ranges(&mut self, view: &ViewSpec, params: &mut Params) {
        for param in &view.params {
            let Takes::Bound {
                end: End::Min,
                number,
                other,
            } = param.takes
            else {
                continue;
            };
            let (Some(min), Some(max)) = (self.bound(param.name), self.bound(other)) else {
                continue;
            };
            if number.is_above(min, max) {
                let message = format!("{min} is above {other}, {max}");
                params.blame(ParamError::new(param.name, message));
                self.0.retain(|given| given.name != param.name);
            }
        }
    }

    /// Prints the pairs that [`Filter::take`] reads.
    pub fn print(&self, out: &mut Pairs) {
        for given in &self.0 {
            given.print(out);
        }
    }

    /// The given values, each with its parameter.
    pub fn given(&self, view: View) -> impl Iterator<Item = (&'static Param, &Given)> {
        let params = &view.0.params;
        self.0.iter().filter_map(move |given| {
            let param = params.iter().find(|param| param.is_named(&given.name))?;
            Some((param, given))
        })
    }

    /// The given values, in the order of the view's parameters.
    pub fn all(&self) -> impl Iterator<Item = &Given> {
        self.0.iter()
    }

    /// The given values of the parameter with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Given> {
        self.0.iter().find(|given| given.name == name)
    }

    /// The value of a range parameter.
    #[must_use]
    pub fn bound(&self, name: &str) -> Option<&str> {
        self.get(name)?.any.first().map(String::as_str)
    }
}

/// Takes one end of a range, which is given once and without `!`.
fn take_bound(param: &Param, params: &mut Params) -> Option<Given> {
    let text = params.or_default(|params| params.take_one(param.name))?;
    let canonical = param.takes.canonical(&text);
    if canonical.is_none() {
        let expected = param.takes.expected();
        params.blame(ParamError::wrong_value(param.name, &text, expected));
    }
    Some(Given {
        any: vec![canonical?],
        ..Given::nothing(param.name)
    })
}

/// Takes every parameter whose name begins with `details.`. Empty paths, empty keys, and paths beyond [`MAX_PATHS`] are
/// recorded as faults of `params`.
fn take_details(param: &Param, params: &mut Params) -> Vec<Given> {
    let mut grouped: Vec<(DetailsPath, Vec<String>)> = Vec::new();
    for (text, value) in params.or_default(|params| params.take_prefixed(DETAILS_PREFIX)) {
        let Some(path) = DetailsPath::parse(&text) else {
            params.blame(ParamError::new(
                format!("{DETAILS_PREFIX}{text}"),
                "takes a path of keys, for example details.signal.coin_type",
            ));
            continue;
        };
        match grouped.iter_mut().find(|(known, _)| *known == path) {
            Some((_, values)) => values.push(value),
            None => grouped.push((path, vec![value])),
        }
    }
    if grouped.len() > MAX_PATHS {
        let message = format!("takes at most {MAX_PATHS} paths");
        params.blame(ParamError::new("details", message));
        grouped.truncate(MAX_PATHS);
    }
    grouped
        .into_iter()
        .map(|(path, values)| Given::read(&path.param(), &param.takes, values, params))
        .filter(|given| !given.is_empty())
        .collect()
}
