//! `cargo xtask check`: everything but the integration tests and the browser's. `.ci/run` begins with it.

use std::process::Command;

use crate::error::Error;
use crate::tools::wasm_target::{self, TARGET};
use crate::workspace::{Profile, Workspace};
use crate::{process, report, test};

/// Crate `frontend` compiles for the browser alone.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "frontend"];
/// Lints that warn while one works must not be committed.
const DENY_WARNINGS: [&str; 3] = ["--", "-D", "warnings"];

/// Checks format, lints, documentation and unit tests, in this order, up to the first that fails.
///
/// # Errors
/// When one of them fails; its own output says what is wrong.
pub fn run(workspace: &Workspace) -> Result<(), Error> {
    let mut format = workspace.cargo();
    format.args(["fmt", "--all", "--check"]);
    step("format", &mut format)?;

    let mut clippy = workspace.cargo();
    clippy
        .arg("clippy")
        .args(NATIVE)
        .arg("--all-targets")
        .args(DENY_WARNINGS);
    step("clippy", &mut clippy)?;

    // On its own: what browser and server share must not need what the server alone asks of it.
    browser_lints(workspace, "domain")?;
    browser_lints(workspace, "frontend")?;

    let mut documentation = workspace.cargo();
    documentation
        .arg("doc")
        .args(NATIVE)
        .arg("--no-deps")
        .env("RUSTDOCFLAGS", "-D warnings");
    step("documentation", &mut documentation)?;

    test::run_unit_tests(workspace)
}

/// Lints a crate as it is compiled for the browser.
fn browser_lints(workspace: &Workspace, package: &str) -> Result<(), Error> {
    let compiler = wasm_target::ensure(workspace)?;
    let mut clippy = workspace.cargo();
    clippy
        .args(["clippy", "--package", package, "--lib"])
        .args(["--target", TARGET, "--profile", Profile::Dev.wasm()])
        // The folder of `cargo xtask build`, whose dependencies it uses.
        .arg("--target-dir")
        .arg(workspace.target.join("front"))
        .args(DENY_WARNINGS);
    step(
        &format!("clippy of {package} for the browser"),
        &mut compiler.choose_for(clippy),
    )
}

fn step(name: &str, command: &mut Command) -> Result<(), Error> {
    report::step(name, || process::run(command))
}
