//! Tells on standard error what is being done and how long it took.

use std::fmt::Display;
use std::time::Instant;

/// One step of a start, told when it is done.
pub struct Step {
    started: Instant,
    name: String,
}

impl Step {
    /// Begins a step.
    #[must_use]
    pub fn begin(name: impl Into<String>) -> Self {
        Self {
            started: Instant::now(),
            name: name.into(),
        }
    }

    /// Ends it: prints its name, what came of it, and its seconds.
    pub fn done(self, outcome: impl Display) {
        eprintln!(
            "{:<14} {outcome} ({:.1} s)",
            self.name,
            self.started.elapsed().as_secs_f64()
        );
    }
}
