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
    /// Takes both parameters. One that is no number from 0 to 1 is a fault of `params`, and so is a least above
    /// the most.
    pub fn take(params: &mut Params) -> Self {
        let mut range = Self {
            min: params.or_default(|params| take(params, "min_confidence")),
            max: params.or_default(|params| take(params, "max_confidence")),
        };
        if let (Some(min), Some(max)) = (range.min, range.max)
            && min > max
        {
            let message = format!("{min} is above max_confidence, {max}");
            params.blame(ParamError::new("min_confidence", message));
            range.min = None;
        }
        range
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
