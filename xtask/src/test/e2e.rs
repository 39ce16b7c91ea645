//! The browser tests: Playwright and a real Chromium against the real console over the demo's
//! database.

use std::process::Command;

use crate::console::{self, Running};
use crate::error::Error;
use crate::tools::{chromium, npm};
use crate::workspace::{Profile, Workspace};
use crate::{process, report};

use super::Outcome;

/// Trade decisions in the tests' history: enough for many pages, quick to load.
const ROWS: u64 = 5_000;

/// Runs Playwright.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Result<Outcome, Error> {
    npm::ensure()?;
    let end2end = workspace.end2end();
    npm::ci(&end2end, "end2end")?;
    let chromium = chromium::ensure(&end2end)?;
    report::note(format_args!("browser: {}", chromium.display()));

    let console = report::step("starting the demo for the browser tests", || {
        let data = workspace.target.join("e2e");
        console::start(workspace, Profile::Dev, ROWS, 0, &data)
    })?;
    let mut command = playwright(workspace, &console);
    command.env("E2E_CHROMIUM", chromium).args(arguments);
    let mut closing = Vec::new();
    let passed = report::step::<_, Error>("browser tests", || {
        process::run_watched(&mut command, |line| {
            if is_closing(line) {
                closing.push(line.trim().to_owned());
            }
        })
    })?;
    Ok(Outcome { passed, closing })
}

fn playwright(workspace: &Workspace, console: &Running) -> Command {
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test"])
        .current_dir(workspace.end2end())
        .env("E2E_BASE_URL", &console.url)
        .env("DATABASE_URL", &console.database_url);
    if let Some(redis_url) = &console.redis_url {
        command.env("REDIS_URL", redis_url);
    }
    command
}

/// Playwright closes with lines as `  3 failed`, `  45 passed (1.2m)`.
fn is_closing(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let counts = words.next().is_some_and(|word| word.parse::<u32>().is_ok());
    counts
        && matches!(
            words.next(),
            Some("passed" | "failed" | "flaky" | "skipped" | "did" | "interrupted")
        )
}
