//! The console as a child process: its migration, the auditor's role, and the server itself.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::error::{Error, Result};

/// How long the server may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long it may take to finish its requests and exports after SIGTERM.
const STOP_LIMIT: Duration = Duration::from_secs(12);
/// What the server prints before its address.
const LISTENING: &str = "listening on ";
/// Settings that a person may have for a real engine; here they would lead to the wrong databases.
const FOREIGN_SETTINGS: [&str; 10] = [
    "POSTGRES_SERVER",
    "POSTGRES_PORT",
    "POSTGRES_USER",
    "POSTGRES_PASSWORD",
    "POSTGRES_DB",
    "REDIS_HOST",
    "REDIS_PORT",
    "REDIS_DB",
    "REDIS_PASSWORD",
    "PUBLIC_URL",
];

/// Which binary to run, and what it is told.
pub struct Console {
    /// The binary `audit-console`.
    pub binary: PathBuf,
    /// The built wasm and its glue, served as static files.
    pub site_root: PathBuf,
    /// Database of the engine and of the console.
    pub database_url: String,
    /// Redis, where there is one.
    pub redis_url: Option<String>,
    /// Port of 127.0.0.1; 0 for any free one.
    pub port: u16,
}

impl Console {
    /// Creates or updates the console's schema.
    ///
    /// # Errors
    /// When the command fails; its own message is on standard error.
    pub async fn migrate(&self) -> Result<()> {
        self.run(&["migrate"]).await
    }

    /// Grants the role `auditor` to an engine's account; granting it again is no error.
    ///
    /// # Errors
    /// When the command fails; its own message is on standard error.
    pub async fn grant_auditor(&self, email: &str) -> Result<()> {
        self.run(&["user", "grant", email, "--role", "auditor"])
            .await
    }

    async fn run(&self, arguments: &[&str]) -> Result<()> {
        let mut child = self
            .command(arguments)
            .spawn()
            .map_err(|error| self.failed(arguments, error.to_string()))?;
        if let Some(output) = child.stdout.take() {
            pass_on(BufReader::new(output).lines());
        }
        let status = child.wait().await?;
        if status.success() {
            Ok(())
        } else {
            Err(self.failed(arguments, format!("ended with {status}; its message is above")))
        }
    }

    /// Starts the server and waits until it listens.
    ///
    /// # Errors
    /// When it ends or stays silent instead.
    pub async fn serve(&self) -> Result<Server> {
        let arguments = ["serve"];
        let mut child = self
            .command(&arguments)
            .spawn()
            .map_err(|error| self.failed(&arguments, error.to_string()))?;
        let output = child
            .stdout
            .take()
            .ok_or_else(|| self.failed(&arguments, "its output is not connected".to_owned()))?;
        let mut lines = BufReader::new(output).lines();
        let url = match tokio::time::timeout(START_LIMIT, address(&mut lines)).await {
            Ok(Ok(Some(url))) => url,
            Ok(Ok(None)) => {
                let status = child.wait().await?;
                return Err(self.failed(&arguments, format!("ended with {status}; its message is above")));
            }
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => {
                return Err(self.failed(
                    &arguments,
                    format!("does not listen after {} s", START_LIMIT.as_secs()),
                ));
            }
        };
        pass_on(lines);
        Ok(Server { child, url })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(arguments)
            .env("DATABASE_URL", &self.database_url)
            // Said too, so that neither the environment nor an `.env` can name another.
            .env("CONSOLE_DATABASE_URL", &self.database_url)
            .env("LISTEN_ADDR", format!("127.0.0.1:{}", self.port))
            .env("AUDIT_CONSOLE_SITE_ROOT", &self.site_root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // Away from the terminal's group: we stop it ourselves, in order.
            .process_group(0)
            .kill_on_drop(true);
        for name in FOREIGN_SETTINGS {
            command.env_remove(name);
        }
        match &self.redis_url {
            Some(url) => command.env("REDIS_URL", url),
            None => command.env_remove("REDIS_URL"),
        };
        command
    }

    fn failed(&self, arguments: &[&str], reason: String) -> Error {
        let binary = self.binary.file_name().unwrap_or(OsStr::new("audit-console"));
        Error::Console {
            command: format!("{} {}", Path::new(binary).display(), arguments.join(" ")),
            reason,
        }
    }
}

/// Reads until the line that names the address; everything else goes to standard error.
async fn address(lines: &mut Lines<BufReader<ChildStdout>>) -> std::io::Result<Option<String>> {
    while let Some(line) = lines.next_line().await? {
        if let Some((_, url)) = line.split_once(LISTENING) {
            return Ok(Some(url.trim().to_owned()));
        }
        eprintln!("{line}");
    }
    Ok(None)
}

/// Passes the rest of an output on to standard error, for as long as there is any: a full pipe would stop the writer.
fn pass_on(mut lines: Lines<BufReader<impl AsyncRead + Unpin + Send + 'static>>) {
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            eprintln!("{line}");
        }
    });
}

/// A server that listens. Dropping it kills it; [`Server::stop`] lets it finish.
pub struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// Where it listens, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until it ends by itself, and says how.
    pub async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }

    /// Asks it to stop, and kills it when it does not within twelve seconds.
    pub async fn stop(mut self) {
        let pid = self
            .child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // It may have ended by itself in this moment.
            let _ = kill_process(pid, Signal::TERM);
        }
        if tokio::time::timeout(STOP_LIMIT, self.child.wait())
            .await
            .is_err()
        {
            eprintln!("the console does not stop within {} s, killing it", STOP_LIMIT.as_secs());
            // It may have ended in this very moment, which is as good.
            let _ = self.child.kill().await;
        }
    }
}
