//! A console of the benchmark's own, over the demo's database.

use std::process::Command;
use std::time::Duration;

use crate::console::Running;
use crate::error::Error;
use crate::process::Background;
use crate::workspace::{Profile, Workspace};

/// A running `audit-console serve`; it stops when this is dropped.
#[derive(Debug)]
pub struct Serve {
    /// Where it answers, without a slash at the end.
    pub url: String,
    process: Background,
}

impl Serve {
    /// Starts it and waits until it says its address.
    ///
    /// # Errors
    /// When it ends before that.
    pub fn start(workspace: &Workspace, demo: &Running) -> Result<Self, Error> {
        let mut command = Command::new(workspace.server_bin(Profile::Release));
        command
            .current_dir(&workspace.root)
            .arg("serve")
            .env("DATABASE_URL", demo.console_database_url())
            .env("LISTEN_ADDR", "127.0.0.1:0")
            .env("AUDIT_CONSOLE_SITE_ROOT", workspace.site())
            // What it logs of every request would be measured with it.
            .env("RUST_LOG", "warn")
            .env_remove("CONSOLE_DATABASE_URL");
        match &demo.redis_url {
            Some(url) => command.env("REDIS_URL", url),
            None => command.env_remove("REDIS_URL"),
        };
        let mut process = Background::start("audit-console serve", &command)?;
        let url = process.wait_for(Duration::from_mins(1), |line| {
            let (_, url) = line.split_once("listening on ")?;
            Some(url.trim().trim_end_matches('/').to_owned())
        })?;
        Ok(Self { url, process })
    }

    /// Forgets the highest resident size so far.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn reset_peak_memory(&self) -> Result<(), Error> {
        let path = format!("/proc/{}/clear_refs", self.process.id());
        std::fs::write(&path, "5").map_err(Error::file("write", path.as_ref()))
    }

    /// The highest resident size since the last reset, in MiB.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn peak_memory(&self) -> Result<f64, Error> {
        self.memory("VmHWM:")
    }

    /// The resident size now, in MiB.
    ///
    /// # Errors
    /// When the kernel does not tell.
    pub fn resident_memory(&self) -> Result<f64, Error> {
        self.memory("VmRSS:")
    }

    fn memory(&self, line: &str) -> Result<f64, Error> {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(&path).map_err(Error::file("read", path.as_ref()))?;
        status
            .lines()
            .find_map(|known| known.strip_prefix(line))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|kibibytes| kibibytes.parse::<f64>().ok())
            .map(|kibibytes| kibibytes / 1_024.0)
            .ok_or_else(|| Error::Unexpected(format!("{path} names no {line}")))
    }
}
