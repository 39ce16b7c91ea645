//! `cargo xtask test`: the Rust tests on a real PostgreSQL and Redis, then the browser tests
//! against the real console. Both run even when the first fails; the closing lines of both are
//! said again at the end.

mod e2e;
mod rust;

use clap::Args;

use crate::error::Error;
use crate::tools::servers;
use crate::workspace::{Profile, Workspace};
use crate::{build, report};

/// Options of `cargo xtask test`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only the Rust tests.
    #[arg(long, conflicts_with = "e2e")]
    rust: bool,
    /// Only the end-to-end tests.
    #[arg(long)]
    e2e: bool,
    /// Passed on to the one runner: `cargo xtask test --rust -- -p store`.
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
}

/// What a runner made of its tests.
#[derive(Debug)]
struct Outcome {
    passed: bool,
    /// The runner's own closing lines.
    closing: Vec<String>,
}

/// Runs the unit tests. Some of `store` prepare its statements on a PostgreSQL server, which is started for them.
///
/// # Errors
/// When the server cannot be started, or a test fails.
pub fn run_unit_tests(workspace: &Workspace) -> Result<(), Error> {
    servers::ensure_redis();
    build::demo(workspace)?;
    let arguments = ["--workspace", "--exclude", "frontend", "--lib", "--bins"];
    let outcome = rust::run(workspace, &arguments.map(str::to_owned))?;
    for line in &outcome.closing {
        report::note(line);
    }
    if outcome.passed {
        Ok(())
    } else {
        Err(Error::Tests("unit tests".to_owned()))
    }
}

/// Runs the tests.
///
/// # Errors
/// When something cannot be set up, or a test fails.
pub fn run(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    let (rust, e2e) = (!options.e2e, !options.rust);
    if rust && e2e && !options.arguments.is_empty() {
        // The two runners understand different arguments.
        clap::Error::raw(
            clap::error::ErrorKind::MissingRequiredArgument,
            "arguments after `--` need --rust or --e2e, to say which runner gets them\n",
        )
        .exit();
    }
    servers::ensure_redis();
    servers::ensure_pgbouncer();
    build::all(workspace, Profile::Dev)?;

    let mut outcomes = Vec::new();
    if rust {
        outcomes.push(("Rust", rust::run(workspace, &options.arguments)?));
    }
    if e2e {
        outcomes.push(("end to end", e2e::run(workspace, &options.arguments)?));
    }
    for (name, outcome) in &outcomes {
        for line in &outcome.closing {
            report::note(format_args!("{name}: {line}"));
        }
    }
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|(_, outcome)| !outcome.passed)
        .map(|&(name, _)| name)
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Error::Tests(failed.join(", ")))
    }
}
