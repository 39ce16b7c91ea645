//! The console as a child process: its database roles, its migration, the auditor's role, and the server itself.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::error::{Error, Result};
use crate::platform::keeper::STOP_LIMIT;

/// How long the server may take until it listens.
const START_LIMIT: Duration = Duration::from_mins(1);
const NO_PIPES: &str = "its pipes are not connected";
/// Text that the server prints before its address.
const LISTENING: &str = "listening on ";
/// Hours within which an episode must be reviewed. Set explicitly, because the demo's texts assume it and the
/// environment or an `.env` file must not change it.
const REVIEW_HOURS: &str = "24";
/// The role that owns schema `audit_console`.
const OWNER_ROLE: &str = "audit_console_owner";
/// The role that the console serves as.
const RUNTIME_ROLE: &str = "audit_console";
/// Environment variables for a real engine, which would point the demo at the wrong databases.
const FOREIGN_SETTINGS: [&str; 12] = [
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
    "CONSOLE_OWNER_DATABASE_URL",
    "AUDIT_CONSOLE_ENGINE_ROLE",
];

/// The binary to run, and its settings.
pub struct Console {
    /// The binary `audit-console`.
    pub binary: PathBuf,
    /// The built wasm and its glue, served as static files.
    pub site_root: PathBuf,
    /// Database of the engine and of the console, with the server's superuser. The console's roles have its password.
    pub database_url: String,
    /// URL of Redis, if available.
    pub redis_url: Option<String>,
    /// Port of 127.0.0.1; 0 for any free one.
    pub port: u16,
}

impl Console {
    /// Runs the SQL of `audit-console roles`, as a database administrator does once. A schema that an earlier demo
    /// created with one role is transferred.
    ///
    /// # Errors
    /// When the command fails, or the database refuses.
    pub async fn make_roles(&self) -> Result<()> {
        let mut database = PgConnection::connect(&self.database_url).await?;
        let has_one_role: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'audit_console' \
             AND pg_get_userbyid(nspowner) <> $1)",
        )
        .bind(OWNER_ROLE)
        .fetch_one(&mut database)
        .await?;
        let arguments: &[&str] = if has_one_role {
            &["roles", "--from-single-role"]
        } else {
            &["roles"]
        };
        let sql = self.printed(arguments).await?;
        database.execute(AssertSqlSafe(sql)).await?;
        let password = self.password();
        for role in [OWNER_ROLE, RUNTIME_ROLE] {
            let set = format!("ALTER ROLE {role} PASSWORD '{password}'");
            database.execute(AssertSqlSafe(set)).await?;
        }
        database.close().await?;
        Ok(())
    }

    /// Creates or updates the console's schema, as its owner.
    ///
    /// # Errors
    /// When the command fails; its own message is on standard error.
    pub async fn migrate(&self) -> Result<()> {
        let owner = self.url_as(OWNER_ROLE);
        let flag = format!("--console-owner-database-url={owner}");
        self.run(&["migrate", &flag]).await
    }

    /// The database's URL for a role that has the superuser's password.
    fn url_as(&self, role: &str) -> String {
        let (_, place) = self.database_url.split_once('@').unwrap_or_default();
        format!("postgres://{role}:{}@{place}", self.password())
    }

    /// The superuser's password; only letters and digits.
    fn password(&self) -> &str {
        let user = self
            .database_url
            .split_once('@')
            .map_or("", |(user, _)| user);
        user.rsplit_once(':').map_or("", |(_, password)| password)
    }

    /// Runs a command and returns its standard output.
    async fn printed(&self, arguments: &[&str]) -> Result<String> {
        let failed = |reason| self.failed(arguments, reason);
        let mut child = self.keeper(arguments)?;
        let (lifeline, mut output) =
            pipes(&mut child).ok_or_else(|| failed(NO_PIPES.to_owned()))?;
        let mut text = String::new();
        while let Some(line) = output.next_line().await? {
            text.push_str(&line);
            text.push('\n');
        }
        let status = child.wait().await?;
        drop(lifeline);
        if status.success() {
            Ok(text)
        } else {
            Err(failed(format!("ended with {status}; its message is above")))
        }
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
        let failed = |reason| self.failed(arguments, reason);
        let mut child = self.keeper(arguments)?;
        let (lifeline, output) = pipes(&mut child).ok_or_else(|| failed(NO_PIPES.to_owned()))?;
        pass_on(output);
        let status = child.wait().await?;
        drop(lifeline);
        if status.success() {
            Ok(())
        } else {
            Err(failed(format!("ended with {status}; its message is above")))
        }
    }

    /// Starts the server and waits until it listens.
    ///
    /// # Errors
    /// When it ends or does not listen in time.
    pub async fn serve(&self) -> Result<Server> {
        let arguments = ["serve"];
        let failed = |reason| self.failed(&arguments, reason);
        let mut child = self.keeper(&arguments)?;
        let (lifeline, mut output) =
            pipes(&mut child).ok_or_else(|| failed(NO_PIPES.to_owned()))?;
        let listening = tokio::time::timeout(START_LIMIT, address(&mut output))
            .await
            .map_err(|_| failed(format!("does not listen after {} s", START_LIMIT.as_secs())))??;
        let Some(url) = listening else {
            let status = child.wait().await?;
            return Err(failed(format!("ended with {status}; its message is above")));
        };
        pass_on(output);
        Ok(Server {
            child,
            lifeline,
            url,
        })
    }

    /// Starts the binary under a keeper process.
    fn keeper(&self, arguments: &[&str]) -> Result<Child> {
        let runtime = self.url_as(RUNTIME_ROLE);
        let mut command = Command::new(std::env::current_exe()?);
        command
            .args(["keep", "--"])
            .arg(&self.binary)
            .args(arguments)
            .env("DATABASE_URL", &runtime)
            // Set as well, so that neither the environment nor an `.env` file can name another.
            .env("CONSOLE_DATABASE_URL", &runtime)
            .env("AUDIT_CONSOLE_OWNER_ROLE", OWNER_ROLE)
            .env("AUDIT_CONSOLE_RUNTIME_ROLE", RUNTIME_ROLE)
            .env("AUDIT_CONSOLE_ALLOW_OWNER", "false")
            .env("LISTEN_ADDR", format!("127.0.0.1:{}", self.port))
            .env("AUDIT_CONSOLE_SITE_ROOT", &self.site_root)
            .env("AUDIT_CONSOLE_REVIEW_HOURS", REVIEW_HOURS)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Outside the terminal's process group, since the demo stops it in order.
            .process_group(0);
        for name in FOREIGN_SETTINGS {
            command.env_remove(name);
        }
        match &self.redis_url {
            Some(url) => command.env("REDIS_URL", url),
            None => command.env_remove("REDIS_URL"),
        };
        Ok(command.spawn()?)
    }

    fn failed(&self, arguments: &[&str], reason: String) -> Error {
        let binary = self
            .binary
            .file_name()
            .unwrap_or(OsStr::new("audit-console"));
        Error::Console {
            command: format!("{} {}", Path::new(binary).display(), arguments.join(" ")),
            reason,
        }
    }
}

type Output = Lines<BufReader<ChildStdout>>;

/// The pipe that keeps a keeper alive, and its program's output.
fn pipes(child: &mut Child) -> Option<(ChildStdin, Output)> {
    let (lifeline, output) = (child.stdin.take()?, child.stdout.take()?);
    Some((lifeline, BufReader::new(output).lines()))
}

/// Reads until the line that names the address; everything else goes to standard error.
async fn address(lines: &mut Output) -> std::io::Result<Option<String>> {
    while let Some(line) = lines.next_line().await? {
        if let Some((_, url)) = line.split_once(LISTENING) {
            return Ok(Some(url.trim().to_owned()));
        }
        eprintln!("{line}");
    }
    Ok(None)
}

/// Copies the rest of an output to standard error, since a full pipe would block the writer.
fn pass_on(mut lines: Output) {
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            eprintln!("{line}");
        }
    });
}

/// A listening server. Dropping it lets it stop in the background; [`Server::stop`] waits for that.
pub struct Server {
    /// Its keeper process, which stops the server when this process dies for any reason.
    child: Child,
    /// Separate from the child, whose `wait` would close it.
    lifeline: ChildStdin,
    url: String,
}

impl Server {
    /// Where it listens, `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until it ends by itself, and returns how it ended.
    pub async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }

    /// Asks it to stop and waits. Its keeper kills it after a timeout.
    pub async fn stop(mut self) {
        drop(self.lifeline);
        if tokio::time::timeout(2 * STOP_LIMIT, self.child.wait())
            .await
            .is_err()
        {
            eprintln!("the console's keeper does not stop, killing it");
            // It may have just ended, which is fine.
            let _ = self.child.kill().await;
        }
    }
}
