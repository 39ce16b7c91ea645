//! A demo that runs beside a task: its database and, over it, the console.

use std::path::Path;
use std::time::Duration;

use crate::demo;
use crate::error::Error;
use crate::process::Background;
use crate::workspace::{Profile, Workspace};

/// A running demo; it stops when this is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where the console answers, without a slash at the end.
    pub url: String,
    /// The database that the console reads, for the server's superuser.
    pub database_url: String,
    /// The Redis that the console reads, when there is one.
    pub redis_url: Option<String>,
    _demo: Background,
}

impl Running {
    /// The database for the role that the console serves as: the demo's roles share a password.
    pub fn console_database_url(&self) -> String {
        self.database_url
            .replacen("//postgres:", "//audit_console:", 1)
    }
}

/// Starts `demo run --once` on a free port, over a history of `rows` decisions with `episodes` short
/// kill-switch episodes besides the usual ones, and waits until the console answers.
///
/// # Errors
/// When it ends or says nothing of its addresses.
pub fn start(
    workspace: &Workspace,
    profile: Profile,
    rows: u64,
    episodes: u32,
    data: &Path,
) -> Result<Running, Error> {
    let mut command = demo::command(workspace, profile, rows, 0);
    command
        .arg("--once")
        .args(["--episodes", &episodes.to_string()])
        .arg("--data-dir")
        .arg(data);
    let mut demo = Background::start("demo run", &command)?;
    let mut said = Addresses::default();
    // Loading 10 million rows takes minutes.
    demo.wait_for(Duration::from_mins(30), |line| {
        said.see(line);
        // The demo's last line before it waits.
        line.contains("Ctrl-C").then_some(())
    })?;
    let missing = |what| Error::Unexpected(format!("`demo run` did not say its {what}"));
    Ok(Running {
        url: said.console.ok_or_else(|| missing("URL"))?,
        database_url: said.database.ok_or_else(|| missing("DATABASE_URL"))?,
        redis_url: said.redis,
        _demo: demo,
    })
}

/// The addresses among what the demo prints for people.
#[derive(Debug, Default)]
struct Addresses {
    console: Option<String>,
    database: Option<String>,
    redis: Option<String>,
}

impl Addresses {
    fn see(&mut self, line: &str) {
        if let Some(url) = url_in(line, &["http://127.0.0.1:"]) {
            self.console = Some(url.trim_end_matches('/').to_owned());
        }
        if let Some(url) = url_in(line, &["postgres://", "postgresql://"]) {
            self.database = Some(url.to_owned());
        }
        if let Some(url) = url_in(line, &["redis://"]) {
            self.redis = Some(url.to_owned());
        }
    }
}

/// The word of `line` that begins with one of `schemes`.
fn url_in<'a>(line: &'a str, schemes: &[&str]) -> Option<&'a str> {
    let start = schemes.iter().find_map(|scheme| line.find(scheme))?;
    line[start..].split_whitespace().next()
}
