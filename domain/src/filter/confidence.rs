//! `min_confidence` and `max_confidence`.

use crate::query::{Pairs, ParamError, Params};

/// A range of confidence, both ends included, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ConfidenceRange {
    /// At least this.
    pub min: Option<f64>,
    /// At most this.
    pub max: Option<f64>,
}

impl ConfidenceRange {
    /// Takes both parameters.
    ///
    /// # Errors
    /// When one is no number from 0 to 1, or the least is above the most.
    pub fn take(params: &mut Params) -> Result<Self, ParamError> {
        let range = Self {
            min: take(params, "min_confidence")?,
            max: take(params, "max_confidence")?,
        };
        match (range.min, range.max) {
            (Some(min), Some(max)) if min > max => Err(ParamError::new(
                "min_confidence",
                format!("{min} is above max_confidence, {max}"),
            )),
            _ => Ok(range),
        }
    }

    /// Prints the pairs that [`ConfidenceRange::take`] reads.
    pub fn print(&self, out: &mut Pairs) {
        if let Some(min) = self.min {
            out.push("min_confidence", min.to_string());
        }
        if let Some(max) = self.max {
            out.push("max_confidence", max.to_string());
        }
    }
}

fn take(params: &mut Params, name: &str) -> Result<Option<f64>, ParamError> {
    params
        .take_one(name)?
        .map(|text| {
            text.parse()
                .ok()
                .filter(|number| (0.0..=1.0).contains(number))
                // -0.0 and 0.0 are the same bound; one spelling is kept.
                .map(|number: f64| number.abs())
                .ok_or_else(|| ParamError::wrong_value(name, &text, "a number from 0 to 1"))
        })
        .transpose()
}
