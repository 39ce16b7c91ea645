//! `cargo xtask build`: the browser's code into `target/site/pkg`, then the native programs.

mod compress;
pub use compress::files_below;
mod package;
mod wasm;

use std::path::PathBuf;

use crate::error::Error;
use crate::workspace::{Profile, Workspace};
use crate::{process, report};

/// Builds everything that a running console needs.
///
/// # Errors
/// When a tool is missing or a compiler fails.
pub fn all(workspace: &Workspace, profile: Profile) -> Result<(), Error> {
    browser(workspace, profile)?;
    native(workspace, profile)
}

/// Builds the browser's code and puts it into the site.
fn browser(workspace: &Workspace, profile: Profile) -> Result<(), Error> {
    let module = wasm::compile(workspace, profile)?;
    let package = package::make(workspace, profile, &module)?;
    package::publish(&package, &site_package(workspace))
}

/// Builds the demo, which has the servers of the tests.
///
/// # Errors
/// When the compiler fails.
pub fn demo(workspace: &Workspace) -> Result<(), Error> {
    report::step("building the demo", || {
        let mut command = workspace.cargo();
        process::run(command.args(["build", "--bin", "demo"]))
    })
}

/// Builds the console and the demo.
fn native(workspace: &Workspace, profile: Profile) -> Result<(), Error> {
    report::step("building the console and the demo", || {
        let mut command = workspace.cargo();
        command.args(["build", "--bin", "audit-console", "--bin", "demo"]);
        if profile == Profile::Release {
            command.arg("--release");
        }
        process::run(&mut command)
    })
}

/// The folder of the browser's code in the site.
pub fn site_package(workspace: &Workspace) -> PathBuf {
    workspace.site().join("pkg")
}
