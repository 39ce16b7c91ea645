//! Bare SQL through `psql`: what the console is compared with.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::error::Error;
use crate::process;

/// The rows of view `trades`, as the contract's CSV has its columns. Conditions and order follow.
pub const TRADES: &str = "select t.id, t.timestamp, t.agent_id, t.asset, t.decision, \
    t.confidence_score, t.price_at_decision, t.is_executed, t.block_reason, t.reason, \
    t.execution_order_id, o.status, o.side, o.quantity, o.filled_quantity, o.price, o.filled_at \
    from trade_audit t left join orders o on o.id = t.execution_order_id";

/// The order of every list: newest first, total.
pub const NEWEST: &str = "order by t.timestamp desc, t.id desc";

/// The format, for `to_char`, of a time in UTC as parameters take it.
pub const UTC: &str = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'";

/// `psql` on one database.
#[derive(Debug)]
pub struct Psql {
    program: PathBuf,
    database_url: String,
}

impl Psql {
    /// A client of the database at `database_url`.
    pub fn new(program: PathBuf, database_url: &str) -> Self {
        Self {
            program,
            database_url: database_url.to_owned(),
        }
    }

    /// The same program on another database.
    pub fn on(&self, database_url: &str) -> Self {
        Self::new(self.program.clone(), database_url)
    }

    /// The single value that `query` selects, as text.
    ///
    /// # Errors
    /// When psql fails.
    pub fn value(&self, query: &str) -> Result<String, Error> {
        let text = process::output(self.command().args(["-At", "-c", query]))?;
        Ok(text.trim().to_owned())
    }

    /// Runs the queries in turn on one connection; the milliseconds of each, rows fetched.
    ///
    /// # Errors
    /// When psql fails or says another number of times.
    pub fn times(&self, queries: &[String]) -> Result<Vec<f64>, Error> {
        let mut script = String::from("\\timing on\n\\o /dev/null\n");
        for query in queries {
            let _ = writeln!(script, "{query};");
        }
        let mut command = self.command();
        let failed = |source| Error::Start {
            command: "psql".to_owned(),
            source,
        };
        let mut child = command
            .args(["-v", "ON_ERROR_STOP=1"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(script.as_bytes()).map_err(failed)?;
        }
        let output = child.wait_with_output().map_err(failed)?;
        let times: Vec<f64> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .filter_map(|line| line.strip_prefix("Time: ")?.split(' ').next()?.parse().ok())
            .collect();
        if output.status.success() && times.len() == queries.len() {
            Ok(times)
        } else {
            Err(Error::Unexpected(format!(
                "psql timed {} of {} queries ({})",
                times.len(),
                queries.len(),
                output.status
            )))
        }
    }

    /// Seconds that psql takes to write all rows of `query` as CSV, start of psql included.
    ///
    /// # Errors
    /// When psql fails.
    pub fn copy_seconds(&self, query: &str) -> Result<f64, Error> {
        let started = Instant::now();
        let mut command = self.command();
        command.args(["-c", &format!("\\copy ({query}) to stdout csv header")]);
        let failed = |source| Error::Start {
            command: "psql \\copy".to_owned(),
            source,
        };
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
        if let Some(stdout) = child.stdout.take() {
            process::drain(stdout).map_err(failed)?;
        }
        let status = child.wait().map_err(failed)?;
        if status.success() {
            Ok(started.elapsed().as_secs_f64())
        } else {
            Err(Error::Failed {
                command: process::shown(&command),
                status,
            })
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["-X", "-q", "-d", &self.database_url])
            .env("PGTZ", "UTC");
        command
    }
}
