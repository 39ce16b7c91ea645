//! One measure and its line, what is good of it; medians and percentiles.

use std::fmt;

/// A measured value, what it is compared with, and what it should be.
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
    /// Which values are good.
    pub target: Target,
}

impl Measure {
    /// A value beside a reference of the same unit.
    pub fn beside(
        name: impl Into<String>,
        value: f64,
        unit: &'static str,
        reference: f64,
        target: Target,
    ) -> Self {
        let ratio = value / reference;
        Self {
            name: name.into(),
            value,
            unit,
            reference: Some(Reference {
                value: reference,
                unit,
                ratio,
            }),
            target,
        }
    }

    /// How many times a reference something is.
    pub fn times(
        name: impl Into<String>,
        ratio: f64,
        (reference, unit): (f64, &'static str),
        target: Target,
    ) -> Self {
        Self {
            name: name.into(),
            value: ratio,
            unit: "x",
            reference: Some(Reference {
                value: reference,
                unit,
                ratio,
            }),
            target,
        }
    }
}

/// Which values of a [`Measure`] are good, in its unit.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// This one, and lower ones.
    AtMost(f64),
    /// This one, and higher ones.
    AtLeast(f64),
}

impl Target {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(highest) => value <= highest,
            Self::AtLeast(lowest) => value >= lowest,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::AtMost(value) | Self::AtLeast(value)) = self;
        value.fmt(f)
    }
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
        let verdict = if self.target.is_met(self.value) {
            "ok"
        } else {
            "short"
        };
        write!(f, ", target {}) {verdict}", self.target)
    }
}

/// Decisions in the database that the project's promises are about.
const PROMISED_ROWS: u64 = 10_000_000;

/// A line's name; it says the size of the database when that is not the promised one.
pub fn at_size(name: &str, rows: u64) -> String {
    if rows >= PROMISED_ROWS {
        name.to_owned()
    } else {
        format!("{name}_at_{rows}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_has_a_direction() {
        let said = |value, target| {
            let measure = Measure {
                name: "pages".to_owned(),
                value,
                unit: "x",
                reference: None,
                target,
            };
            measure.to_string()
        };
        let good = "pages 2.00 x (reference none, ratio none, target 1.5) ok";
        assert_eq!(said(2.0, Target::AtLeast(1.5)), good);
        assert!(said(2.0, Target::AtMost(1.5)).ends_with(" short"));
        assert!(said(1.5, Target::AtMost(1.5)).ends_with(" ok"));
        assert!(said(1.0, Target::AtLeast(1.5)).ends_with(" short"));
    }
}
