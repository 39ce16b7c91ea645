//! PostgreSQL's own clients, the references that the benchmarks compare with: `psql`, and `pgbench`, which runs a
//! statement again and again.

use std::path::PathBuf;

use crate::error::Error;
use crate::process;

use super::apt;

/// Finds `psql` beside Debian's servers or in `PATH`, or installs Debian's client.
///
/// # Errors
/// When it is not there and cannot be installed.
pub fn ensure() -> Result<PathBuf, Error> {
    client("psql", "postgresql-client")
}

/// Finds `pgbench` as [`ensure`] finds `psql`; Debian has it beside the servers.
///
/// # Errors
/// When it is not there and cannot be installed.
pub fn ensure_pgbench() -> Result<PathBuf, Error> {
    client("pgbench", "postgresql")
}

fn client(name: &'static str, package: &str) -> Result<PathBuf, Error> {
    if let Some(found) = find(name) {
        return Ok(found);
    }
    let packages = [package];
    apt::install(&packages)?;
    find(name).ok_or_else(|| Error::Missing {
        tool: name,
        remedy: apt::command_line(&packages),
    })
}

/// Debian's `PATH` has wrappers, also of programs that are not there.
fn find(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql");
    versions
        .ok()
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin").join(name))
        .filter(|candidate| process::is_executable(candidate))
        .max()
        .or_else(|| process::find_in_path(name))
}
