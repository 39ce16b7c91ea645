//! `cargo xtask demo`: builds, then becomes the demo, so that signals reach it.

use std::os::unix::process::CommandExt;
use std::process::Command;

use clap::Args;

use crate::error::Error;
use crate::tools::servers;
use crate::workspace::{Profile, Workspace};
use crate::{build, process};

/// Options of `cargo xtask demo`.
#[derive(Debug, Args)]
pub struct Options {
    /// Trade decisions in the history.
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    rows: u64,
    /// The console's port; 0 picks a free one.
    #[arg(long, value_name = "P", default_value_t = 8040)]
    port: u16,
    /// Stop the engine after the history: no new rows while you look.
    #[arg(long)]
    once: bool,
    /// Build optimised.
    #[arg(long)]
    release: bool,
}

/// Installs what is missing, builds and starts the demo; returns only when that fails.
///
/// # Errors
/// When building fails or the demo cannot be started.
pub fn run(workspace: &Workspace, options: &Options) -> Result<(), Error> {
    let profile = Profile::from_release(options.release);
    servers::ensure_redis();
    build::all(workspace, profile)?;
    let mut demo = command(workspace, profile, options.rows, options.port);
    if options.once {
        demo.arg("--once");
    }
    let source = demo.exec();
    Err(Error::Start {
        command: process::shown(&demo),
        source,
    })
}

/// `demo run` with the console of the same profile.
pub fn command(workspace: &Workspace, profile: Profile, rows: u64, port: u16) -> Command {
    let mut demo = Command::new(workspace.demo_bin(profile));
    demo.current_dir(&workspace.root)
        .arg("run")
        .args(["--rows", &rows.to_string()])
        .args(["--port", &port.to_string()])
        .arg("--server-bin")
        .arg(workspace.server_bin(profile))
        .arg("--site-root")
        .arg(workspace.site());
    demo
}
