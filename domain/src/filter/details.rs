//! `details.PATH=value`: what stands at a path inside an event's json.

use super::any_of::{AnyOf, Text};
use crate::query::{Pairs, ParamError, Params};

/// Most paths that one filter may name.
pub const MAX_PATHS: usize = 16;
const PREFIX: &str = "details.";

/// Paths into the details, each with the values that may (or may not) stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DetailsFilter(Vec<(DetailsPath, AnyOf<Text>)>);

/// Keys from the outside in: `signal.coin_type`. A number also picks an array's element; a dot or a
/// backslash inside a key is written with a `\` before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailsPath(Vec<String>);

impl DetailsPath {
    /// From the keys themselves.
    #[must_use]
    pub fn new(keys: Vec<String>) -> Self {
        Self(keys)
    }

    /// The keys, from the outside in.
    #[must_use]
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let mut keys = vec![String::new()];
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '.' => keys.push(String::new()),
                '\\' => keys.last_mut()?.push(chars.next()?),
                char => keys.last_mut()?.push(char),
            }
        }
        keys.iter().all(|key| !key.is_empty()).then_some(Self(keys))
    }

    /// The parameter's name: `details.signal.coin_type`.
    #[must_use]
    pub fn param(&self) -> String {
        let keys: Vec<String> = self
            .0
            .iter()
            .map(|key| key.replace('\\', "\\\\").replace('.', "\\."))
            .collect();
        format!("{PREFIX}{}", keys.join("."))
    }
}

impl DetailsFilter {
    /// Takes every parameter whose name begins with `details.`. A path that is empty or has an empty key, and
    /// paths beyond [`MAX_PATHS`], are faults of `params`.
    pub fn take(params: &mut Params) -> Self {
        let mut grouped: Vec<(DetailsPath, Vec<String>)> = Vec::new();
        for (text, value) in params.or_default(|params| params.take_prefixed(PREFIX)) {
            let Some(path) = DetailsPath::parse(&text) else {
                params.blame(ParamError::new(
                    format!("{PREFIX}{text}"),
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
        let mut filter = Self::default();
        for (path, values) in grouped {
            let (any_of, faults) = AnyOf::read(&path.param(), values);
            for fault in faults {
                params.blame(fault);
            }
            if !any_of.is_empty() {
                filter.0.push((path, any_of));
            }
        }
        filter
    }

    /// The paths with their values.
    #[must_use]
    pub fn as_slice(&self) -> &[(DetailsPath, AnyOf<Text>)] {
        &self.0
    }

    /// Prints the pairs that [`DetailsFilter::take`] reads.
    pub fn print(&self, out: &mut Pairs) {
        for (path, values) in &self.0 {
            values.print(&path.param(), out);
        }
    }
}
