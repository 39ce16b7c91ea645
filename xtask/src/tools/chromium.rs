//! A Chromium for the browser tests.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::{process, report};

use super::apt;

/// Finds a Chromium in `PATH`, then in Playwright's cache; else installs Debian's, else
/// Playwright's. `end2end` must have its npm packages.
///
/// # Errors
/// When there is none and none could be installed.
pub fn ensure(end2end: &Path) -> Result<PathBuf, Error> {
    if let Some(found) = in_path().or_else(|| of_playwright(end2end)) {
        return Ok(found);
    }
    let packages = ["chromium"];
    // Where one way of installing fails the other may still work.
    if let Err(error) = apt::install(&packages) {
        report::note(error);
    }
    if let Some(found) = in_path() {
        return Ok(found);
    }
    let installed = report::step("npx playwright install chromium", || {
        process::run(
            Command::new("npx")
                .args(["playwright", "install", "chromium"])
                .current_dir(end2end),
        )
    });
    if let Err(error) = installed {
        report::note(error);
    }
    of_playwright(end2end).ok_or_else(|| Error::Missing {
        tool: "Chromium",
        remedy: apt::command_line(&packages),
    })
}

fn in_path() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .find_map(|name| process::find_in_path(name))
}

/// The browser that Playwright itself would start, when it is downloaded.
fn of_playwright(end2end: &Path) -> Option<PathBuf> {
    let script = "process.stdout.write(require('@playwright/test').chromium.executablePath())";
    let path = process::output(
        Command::new("node")
            .args(["-e", script])
            .current_dir(end2end),
    )
    .ok()
    .map(PathBuf::from)?;
    process::is_executable(&path).then_some(path)
}
