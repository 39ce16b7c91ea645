//! `cold_build`: everything from nothing, as a fresh clone's first command builds it.

use std::time::Instant;

use crate::error::Error;
use crate::workspace::Workspace;
use crate::{process, report};

use super::measure::{Measure, Target};

/// Seconds, as the project promises for two cores.
const TARGET: f64 = 480.0;

/// Runs `cargo xtask build` with an empty target folder: xtask itself, the browser's code, the
/// console and the demo. Crates already downloaded stay so.
pub fn measure(workspace: &Workspace) -> Result<Measure, Error> {
    let folder = workspace.target.join("bench/cold");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(Error::file("empty", &folder))?;
    }
    let started = Instant::now();
    report::step("cold build", || {
        process::run(
            workspace
                .cargo()
                .args(["run", "--package", "xtask", "--", "build"])
                .env("CARGO_TARGET_DIR", &folder),
        )
    })?;
    let seconds = started.elapsed().as_secs_f64();
    std::fs::remove_dir_all(&folder).map_err(Error::file("remove", &folder))?;
    Ok(Measure {
        name: "cold_build".to_owned(),
        value: seconds,
        unit: "s",
        reference: None,
        target: Target::AtMost(TARGET),
    })
}
