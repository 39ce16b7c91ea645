//! One measure and its line; medians and percentiles.

use std::fmt;

/// A measured value, what it is compared with, and what it should be at most.
#[derive(Debug)]
pub struct Measure {
    /// The line's name.
    pub name: String,
    /// The measured value, in `unit`.
    pub value: f64,
    /// `ms`, `s`, `MiB`, `MB`, `kB`, or `x` for a ratio.
    pub unit: &'static str,
    /// What the same run measured for comparison.
    pub reference: Option<Reference>,
    /// The highest value that is good, in `unit`.
    pub target: f64,
}

/// The comparison of a [`Measure`].
#[derive(Debug)]
pub struct Reference {
    /// The reference's value.
    pub value: f64,
    /// The reference's unit.
    pub unit: &'static str,
    /// How many times the reference the measured thing takes.
    pub ratio: f64,
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:.2} {} (", self.name, self.value, self.unit)?;
        match &self.reference {
            Some(Reference { value, unit, ratio }) => {
                write!(f, "reference {value:.2} {unit}, ratio {ratio:.2}")?;
            }
            None => f.write_str("reference none, ratio none")?,
        }
        let verdict = if self.value <= self.target {
            "ok"
        } else {
            "short"
        };
        write!(f, ", target {}) {verdict}", self.target)
    }
}

/// The value below which the `share` (0 to 1) of `samples` lies; 0 of no samples.
pub fn percentile(samples: &mut [f64], share: f64) -> f64 {
    samples.sort_by(f64::total_cmp);
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "thousands of samples, a share from 0 to 1"
    )]
    let index = (samples.len() as f64 * share) as usize;
    let last = samples.len().saturating_sub(1);
    samples.get(index.min(last)).copied().unwrap_or_default()
}

/// The middle one of `samples`; 0 of no samples.
pub fn median(samples: &mut [f64]) -> f64 {
    percentile(samples, 0.5)
}
