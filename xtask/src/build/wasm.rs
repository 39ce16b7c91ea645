//! Compiles crate `frontend` for the browser.

use std::path::PathBuf;

use crate::error::Error;
use crate::tools::wasm_target::{self, TARGET};
use crate::workspace::{Profile, Workspace};
use crate::{process, report};

/// Compiles and returns the module, before wasm-bindgen.
///
/// It has a target folder of its own: another compiler (see [`wasm_target::Compiler`]), or other features,
/// then never throw the native programs' builds away.
///
/// # Errors
/// When the target is missing or the compiler fails.
pub fn compile(workspace: &Workspace, profile: Profile) -> Result<PathBuf, Error> {
    let compiler = wasm_target::ensure(workspace)?;
    let folder = workspace.target.join("front");
    let what = format!("building the browser code ({})", profile.wasm());
    report::step(&what, || {
        let mut command = workspace.cargo();
        command
            .args(["build", "--package", "frontend", "--lib"])
            .args(["--target", TARGET, "--profile", profile.wasm()])
            .arg("--target-dir")
            .arg(&folder);
        process::run(&mut compiler.choose_for(command))
    })?;
    Ok(folder
        .join(TARGET)
        .join(profile.wasm())
        .join("audit_console.wasm"))
}
