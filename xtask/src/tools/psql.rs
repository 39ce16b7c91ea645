//! `psql`, PostgreSQL's own client: the reference that the benchmarks compare with.

use std::path::PathBuf;

use crate::error::Error;
use crate::process;

use super::apt;

/// Finds `psql` in `PATH` or beside Debian's servers, or installs Debian's client.
///
/// # Errors
/// When it is not there and cannot be installed.
pub fn ensure() -> Result<PathBuf, Error> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let packages = ["postgresql-client"];
    apt::install(&packages)?;
    find().ok_or_else(|| Error::Missing {
        tool: "psql",
        remedy: apt::command_line(&packages),
    })
}

fn find() -> Option<PathBuf> {
    process::find_in_path("psql").or_else(|| {
        let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
        versions
            .flatten()
            .map(|version| version.path().join("bin/psql"))
            .filter(|candidate| process::is_executable(candidate))
            .max()
    })
}
