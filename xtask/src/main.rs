//! `cargo xtask`: what people and CI run. One sub-command a module; [`tools`] finds or installs
//! what they need, [`report`] says what is being done.
//!
//! Exit status: 0 done, 1 failed, 2 wrong usage.

mod bench;
mod build;
mod chaos;
mod check;
mod console;
mod demo;
mod error;
mod process;
mod report;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Error;
use crate::workspace::{Profile, Workspace};

/// Builds, shows, tests and measures the audit console.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds the browser code, the console and the demo.
    Build {
        /// Optimise for speed, and the browser code for size.
        #[arg(long)]
        release: bool,
    },
    /// Builds and starts everything: database, demo engine, console.
    Demo(demo::Options),
    /// Checks format, lints, documentation and unit tests: what to run before each commit.
    Check,
    /// Runs every test: Rust, then end to end in a real Chromium.
    Test(test::Options),
    /// Breaks everything at random while people read and an engine writes, and checks every answer.
    Chaos(chaos::Options),
    /// Measures, one line a measure, and keeps the lines in target/bench.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::failed(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Build { release } => build::all(&workspace, Profile::from_release(release)),
        Command::Demo(options) => demo::run(&workspace, &options),
        Command::Check => check::run(&workspace),
        Command::Test(options) => test::run(&workspace, &options),
        Command::Chaos(options) => chaos::run(&workspace, &options),
        Command::Bench(options) => bench::run(&workspace, &options),
    }
}
