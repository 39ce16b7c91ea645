//! `pgbench`: a statement again and again through prepared connections, with less noise than `psql`'s `\timing`.

use std::path::PathBuf;
use std::process::Command;

use crate::error::Error;
use crate::process;
use crate::tools::psql;
use crate::workspace::Workspace;

/// Runs of a connection that warm it up: the first one prepares.
const WARM_UP: usize = 5;

/// `pgbench` on one database.
#[derive(Debug)]
pub struct Pgbench {
    program: PathBuf,
    database_url: String,
    /// Its scripts, and what it writes of each run.
    folder: PathBuf,
}

impl Pgbench {
    /// Finds the program.
    ///
    /// # Errors
    /// When it is not there and cannot be installed, or the folder for its files cannot be made.
    pub fn find(workspace: &Workspace, database_url: &str) -> Result<Self, Error> {
        let folder = workspace.target.join("bench/pgbench");
        std::fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
        Ok(Self {
            program: psql::ensure_pgbench()?,
            database_url: database_url.to_owned(),
            folder,
        })
    }

    /// Milliseconds of each of `count` runs of a statement on one connection, rows fetched.
    ///
    /// # Errors
    /// When pgbench fails or tells of another number of runs.
    pub fn times(&self, statement: &str, count: usize) -> Result<Vec<f64>, Error> {
        let log = self.folder.join("log");
        let _ = std::fs::remove_dir_all(&log);
        std::fs::create_dir_all(&log).map_err(Error::file("make", &log))?;
        let mut command = self.command(statement)?;
        command
            .args(["-c", "1", "-t", &(WARM_UP + count).to_string()])
            .arg("--log")
            .arg("--log-prefix")
            .arg(log.join("runs"));
        process::output(&mut command)?;
        let mut times = Vec::with_capacity(count);
        for file in std::fs::read_dir(&log).map_err(Error::file("read", &log))? {
            let path = file.map_err(Error::file("read", &log))?.path();
            let text = std::fs::read_to_string(&path).map_err(Error::file("read", &path))?;
            // client, run, microseconds, script, and when it ended
            let runs = text.lines().filter_map(|line| line.split(' ').nth(2));
            times.extend(runs.skip(WARM_UP).filter_map(|run| run.parse::<f64>().ok()));
        }
        if times.len() == count {
            Ok(times.into_iter().map(|micros| micros / 1_000.0).collect())
        } else {
            Err(Error::Unexpected(format!(
                "pgbench told of {} of {count} runs",
                times.len()
            )))
        }
    }

    /// Runs a second of a script, as fast as `clients` connections and two threads can for so many seconds.
    ///
    /// # Errors
    /// When pgbench fails or does not say.
    pub fn rate(&self, script: &str, clients: usize, seconds: u64) -> Result<f64, Error> {
        let mut command = self.command(script)?;
        command
            .args(["-c", &clients.to_string(), "-j", "2"])
            .args(["-T", &seconds.to_string()]);
        let said = process::output(&mut command)?;
        said.lines()
            .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
            .ok_or_else(|| Error::Unexpected("pgbench said no runs a second".to_owned()))
    }

    fn command(&self, script: &str) -> Result<Command, Error> {
        let path = self.folder.join("script.sql");
        std::fs::write(&path, format!("{script};\n")).map_err(Error::file("write", &path))?;
        let mut command = Command::new(&self.program);
        command
            .args(["-n", "-M", "prepared", "-f"])
            .arg(&path)
            .arg(&self.database_url)
            .env("PGTZ", "UTC");
        Ok(command)
    }
}
