//! `start_to_first_page`: from starting the console's program to its first page.

use std::time::Instant;

use crate::console::Running;
use crate::error::Error;
use crate::workspace::Workspace;

use super::measure::{Measure, Target, median};
use super::serve::Serve;
use super::session;

const RUNS: usize = 5;
/// Milliseconds.
const TARGET: f64 = 2_000.0;

/// The median of five starts, each up to the first 200 of `/login`.
pub fn measure(workspace: &Workspace, demo: &Running) -> Result<Measure, Error> {
    let mut samples = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let started = Instant::now();
        let serve = Serve::start(workspace, demo)?;
        let answer = session::agent().get(format!("{}/login", serve.url)).call();
        let elapsed = started.elapsed();
        let status = answer.as_ref().map(|answer| answer.status().as_u16());
        if !matches!(status, Ok(200)) {
            return Err(Error::Http {
                path: "/login".to_owned(),
                reason: format!("{status:?}"),
            });
        }
        samples.push(elapsed.as_secs_f64() * 1_000.0);
    }
    Ok(Measure {
        name: "start_to_first_page".to_owned(),
        value: median(&mut samples),
        unit: "ms",
        reference: None,
        target: Target::AtMost(TARGET),
    })
}
