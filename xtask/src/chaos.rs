//! `cargo xtask chaos`: random schedules of faults against the real binary and real servers. The schedules themselves are
//! the test program `server/tests/chaos`.

use std::fs;

use clap::Args;

use crate::error::Error;
use crate::tools::servers;
use crate::workspace::Workspace;
use crate::{process, report};

/// Options of `cargo xtask chaos`.
#[derive(Debug, Args)]
pub struct Options {
    /// The first schedule's seed; each further one has the next. The same seed is the same schedule.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many schedules.
    #[arg(long, value_name = "N", default_value_t = 20)]
    schedules: u64,
    /// Go on with a batch that was interrupted: without the schedules that have passed since the last run without this.
    #[arg(long)]
    resume: bool,
}

/// Runs the schedules.
///
/// # Errors
/// When a server cannot be had, or a schedule failed.
pub fn run(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    servers::ensure_redis();
    servers::ensure_pgbouncer();
    servers::ensure_faketime();
    let folder = workspace.target.join("chaos");
    fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
    let passed = folder.join("passed.txt");
    if !options.resume {
        fs::write(&passed, "").map_err(Error::file("write", &passed))?;
    }
    let mut command = workspace.cargo();
    command
        // Without `-p server`, whose own choice of features would build what it uses anew.
        .args(["test", "--test", "chaos", "--"])
        .args(["--ignored", "--exact", "schedules", "--nocapture"])
        .env("CHAOS_SEED", options.seed.to_string())
        .env("CHAOS_SCHEDULES", options.schedules.to_string())
        .env("CHAOS_PASSED", &passed);
    let passed = report::step::<_, Error>("chaos", || process::run_watched(&mut command, |_| {}))?;
    if passed {
        Ok(())
    } else {
        Err(Error::Tests("chaos".to_owned()))
    }
}
