//! What a task says on standard error: a line when a step starts, a line with its seconds when it
//! is done. Standard output is left to results.

use std::fmt::Display;
use std::time::Instant;

/// Runs one step and says how long it took.
///
/// # Errors
/// Those of the step.
pub fn step<T, E>(name: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    eprintln!("xtask: {name} …");
    let started = Instant::now();
    let outcome = work();
    let seconds = started.elapsed().as_secs_f64();
    match outcome {
        Ok(value) => {
            eprintln!("xtask: {name}: done in {seconds:.1} s");
            Ok(value)
        }
        Err(error) => {
            eprintln!("xtask: {name}: FAILED after {seconds:.1} s");
            Err(error)
        }
    }
}

/// Says something that took no time worth telling.
pub fn note(text: impl Display) {
    eprintln!("xtask: {text}");
}

/// Says why the task as a whole failed.
pub fn failed(error: &impl Display) {
    eprintln!("xtask: error: {error}");
}
