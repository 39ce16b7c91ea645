//! `wasm-opt` from the npm package `binaryen`: Debian's is too old for today's modules.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::process;
use crate::workspace::Workspace;

use super::npm;

/// What rustc and wasm-bindgen use by default. `--all-features` would also write what browsers do not
/// read yet: binaryen 132 emits compact imports, and Chromium 156 refuses the module.
pub const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-extended-const",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

const MANIFEST: &str = include_str!("../../wasm-opt/package.json");
const LOCK: &str = include_str!("../../wasm-opt/package-lock.json");

/// Optimises `module` in place for size. False when there is no npm to get wasm-opt from.
///
/// # Errors
/// When npm or wasm-opt fails.
pub fn shrink(workspace: &Workspace, module: &Path) -> Result<bool, Error> {
    if !npm::is_present() {
        return Ok(false);
    }
    let program = install(workspace)?;
    process::run(
        Command::new(program)
            .arg("-Oz")
            .args(FEATURES)
            .arg(module)
            .arg("-o")
            .arg(module),
    )?;
    Ok(true)
}

/// Installs below the target folder, so that the sources stay as they were cloned.
fn install(workspace: &Workspace) -> Result<PathBuf, Error> {
    let folder = workspace.target.join("tools/wasm-opt");
    std::fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
    for (name, text) in [("package.json", MANIFEST), ("package-lock.json", LOCK)] {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(Error::file("write", &path))?;
    }
    npm::ci(&folder, "wasm-opt")?;
    Ok(folder.join("node_modules/.bin/wasm-opt"))
}
