//! The Rust tests, with a PostgreSQL and a Redis that live as long as the run.

use std::process::Command;
use std::time::Duration;

use crate::error::Error;
use crate::process::{self, Background};
use crate::report;
use crate::workspace::{Profile, Workspace};

use super::Outcome;

/// Runs `cargo test` over everything native.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<Outcome, Error> {
    let (_services, variables) = report::step("starting PostgreSQL and Redis", || {
        start_services(workspace)
    })?;
    let mut command = workspace.cargo();
    command.args(["test", "--no-fail-fast"]).envs(variables);
    // `-p store` and the like choose packages themselves.
    if !arguments.iter().any(|argument| chooses_package(argument)) {
        command.args(["--workspace", "--exclude", "frontend"]);
    }
    command.args(arguments);
    let mut tally = Tally::default();
    let passed = report::step::<_, Error>("Rust tests", || {
        process::run_watched(&mut command, |line| tally.see(line))
    })?;
    Ok(Outcome {
        passed,
        closing: tally.closing(),
    })
}

fn chooses_package(argument: &str) -> bool {
    ["-p", "--package", "--workspace"]
        .iter()
        .any(|option| argument.starts_with(option))
}

/// Starts `demo services`; it says its variables, `KEY=VALUE` a line, then `READY`.
fn start_services(workspace: &Workspace) -> Result<(Background, Vec<(String, String)>), Error> {
    let mut command = Command::new(workspace.demo_bin(Profile::Dev));
    command
        .current_dir(&workspace.root)
        .arg("services")
        .arg("--data-dir")
        .arg(workspace.target.join("test-services"));
    let mut services = Background::start("demo services", &command)?;
    let mut variables = Vec::new();
    services.wait_for(Duration::from_mins(5), |line| {
        if let Some((key, value)) = line.split_once('=') {
            variables.push((key.to_owned(), value.to_owned()));
        }
        (line.trim() == "READY").then_some(())
    })?;
    Ok((services, variables))
}

/// Adds up the `test result:` lines of all test programs.
#[derive(Debug, Default)]
struct Tally {
    programs: u32,
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Tally {
    /// Takes lines as `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; …`.
    fn see(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        self.programs += 1;
        let mut previous = "";
        for word in result.split_whitespace() {
            let count = previous.parse::<u64>().unwrap_or_default();
            match word.trim_end_matches(';') {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
            previous = word;
        }
    }

    fn closing(&self) -> Vec<String> {
        vec![format!(
            "{} passed; {} failed; {} ignored, in {} test programs",
            self.passed, self.failed, self.ignored, self.programs
        )]
    }
}
