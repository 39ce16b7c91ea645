//! npm, and the packages of a folder as its lock file names them.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::process::Command;

use crate::error::Error;
use crate::{process, report};

use super::apt;

const PACKAGES: [&str; 2] = ["nodejs", "npm"];

/// Finds npm, or installs it where that can be done.
///
/// # Errors
/// When it is not there and cannot be installed.
pub fn ensure() -> Result<(), Error> {
    if is_present() {
        return Ok(());
    }
    apt::install(&PACKAGES)?;
    if is_present() {
        return Ok(());
    }
    Err(Error::Missing {
        tool: "npm",
        remedy: apt::command_line(&PACKAGES),
    })
}

/// Whether npm and node are in `PATH`.
pub fn is_present() -> bool {
    ["npm", "node"]
        .iter()
        .all(|program| process::find_in_path(program).is_some())
}

/// `npm ci` in `folder`, unless its packages are already those of the lock file.
///
/// # Errors
/// When npm fails, or the lock file cannot be read.
pub fn ci(folder: &Path, what: &str) -> Result<(), Error> {
    let lock_path = folder.join("package-lock.json");
    let lock = std::fs::read(&lock_path).map_err(Error::file("read", &lock_path))?;
    let mut hasher = DefaultHasher::new();
    lock.hash(&mut hasher);
    let stamp = format!("{:016x}", hasher.finish());

    // Inside node_modules, so that deleting the folder deletes the claim that it is complete.
    let stamp_path = folder.join("node_modules/.xtask-installed");
    if std::fs::read_to_string(&stamp_path).is_ok_and(|found| found == stamp) {
        return Ok(());
    }
    report::step(&format!("npm ci ({what})"), || {
        process::run(
            Command::new("npm")
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                // A browser is looked for first and installed the one way that works.
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
                .current_dir(folder),
        )
    })?;
    std::fs::write(&stamp_path, stamp).map_err(Error::file("write", &stamp_path))
}
