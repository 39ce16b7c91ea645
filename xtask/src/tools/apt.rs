//! Debian packages. Only root installs: a task never asks for a password.

use std::process::{Command, Stdio};

use crate::error::Error;
use crate::{process, report};

/// The command that a person would type to install `packages`.
pub fn command_line(packages: &[&str]) -> String {
    let sudo = if is_root() { "" } else { "sudo " };
    format!(
        "{sudo}apt-get install -y --no-install-recommends {}",
        packages.join(" ")
    )
}

/// Installs `packages` where we are root on a machine with apt-get. False when that is not so.
///
/// # Errors
/// When apt-get fails.
pub fn install(packages: &[&str]) -> Result<bool, Error> {
    if !is_root() || process::find_in_path("apt-get").is_none() {
        return Ok(false);
    }
    report::step(&command_line(packages), || {
        // A base image often has no package lists yet: fetch them when the first try says so.
        if apt_get("install", packages)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|s| s.success())
        {
            return Ok(());
        }
        process::run(&mut apt_get("update", &[]))?;
        process::run(&mut apt_get("install", packages))
    })?;
    Ok(true)
}

fn apt_get(action: &str, packages: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .args(["-q", "-y", action])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    if action == "install" {
        command.arg("--no-install-recommends").args(packages);
    }
    command
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
