//! A helper process: this same binary under a hidden sub-command, which runs one service for as long as we live.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::account::Account;
use crate::error::{Error, Result};

/// How long a service may take until it is ready: a first `initdb` on a slow disk included.
const START_LIMIT: Duration = Duration::from_mins(2);
/// How long a service may take to stop before its helper is killed.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// What a helper writes before the address of its service.
pub const READY: &str = "ready ";

/// A running helper. Dropping it closes its lifeline, so the service stops soon after; [`Helper::stop`] waits for that.
pub struct Helper {
    service: &'static str,
    child: Child,
    /// Kept apart from the child, whose `wait` would close it.
    lifeline: ChildStdin,
    url: String,
    _output: Lines<BufReader<ChildStdout>>,
}

impl Helper {
    /// Starts `binary` with `arguments` in `folder`, as `account` when given, with `environment` added, and waits until its service is ready.
    ///
    /// # Errors
    /// [`Error::ServiceStart`] when it ends or stays silent instead.
    pub async fn start(
        service: &'static str,
        binary: &Path,
        arguments: &[&str],
        folder: &Path,
        account: Option<&Account>,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let mut command = Command::new(binary);
        command
            .args(arguments)
            .current_dir(folder)
            .env("HOME", folder)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Away from the terminal's group: Ctrl-C shall stop the console first and its database last.
            .process_group(0);
        if let Some(account) = account {
            command.uid(account.uid).gid(account.gid);
        }
        let failed = |reason: String| Error::ServiceStart { service, reason };
        let mut child = command
            .spawn()
            .map_err(|error| failed(format!("{}: {error}", binary.display())))?;
        let (Some(lifeline), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("its pipes are not connected".to_owned()));
        };
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(START_LIMIT, lines.next_line())
            .await
            .map_err(|_| failed(format!("not ready after {} s", START_LIMIT.as_secs())))??;
        let Some(url) = line.as_deref().and_then(|line| line.strip_prefix(READY)) else {
            let status = child.wait().await?;
            return Err(failed(format!(
                "its helper ended with {status}; its message is above"
            )));
        };
        Ok(Self {
            service,
            lifeline,
            url: url.to_owned(),
            child,
            _output: lines,
        })
    }

    /// Where the service listens, as a URL with its password.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until the helper ends by itself, and tells which service is gone.
    pub async fn ended(&mut self) -> &'static str {
        // Whatever the status or error is: the service is not there any more.
        let _ = self.child.wait().await;
        self.service
    }

    /// Stops the service and waits until it is down.
    pub async fn stop(mut self) {
        drop(self.lifeline);
        if tokio::time::timeout(STOP_LIMIT, self.child.wait())
            .await
            .is_err()
        {
            eprintln!("{} does not stop, killing it", self.service);
            // It may have ended in this very moment, which is as good.
            let _ = self.child.kill().await;
        }
    }
}
