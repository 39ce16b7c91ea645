//! The database's files, read once from one end to the other, so that what is measured afterwards is not how fast
//! the disk finds single pages: a fresh machine has none of them in memory.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use crate::error::Error;

/// Reads every file in `folder` and below. A file that goes away meanwhile, as PostgreSQL's own do, is no matter.
///
/// # Errors
/// When a folder cannot be listed.
pub fn read_all(folder: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(folder).map_err(Error::file("list", folder))? {
        let entry = entry.map_err(Error::file("list", folder))?;
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => read_all(&path)?,
            Ok(kind) if kind.is_file() => {
                if let Ok(mut file) = File::open(&path) {
                    let _ = io::copy(&mut file, &mut io::sink());
                }
            }
            _ => {}
        }
    }
    Ok(())
}
