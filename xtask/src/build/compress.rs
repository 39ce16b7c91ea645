//! A `.br` beside every script and module: the server hands it out as it is and never compresses
//! them itself.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;

use crate::error::Error;
use crate::workspace::Profile;

/// Compresses every `.js` and `.wasm` below `folder`.
///
/// # Errors
/// When a file cannot be read or written.
pub fn folder(folder: &Path, profile: Profile) -> Result<(), Error> {
    let quality = match profile {
        Profile::Dev => 5,
        Profile::Release => 11,
    };
    for path in files_below(folder)? {
        let served = path.extension().and_then(OsStr::to_str);
        if matches!(served, Some("js" | "wasm")) {
            file(&path, quality)?;
        }
    }
    Ok(())
}

/// Every file below `folder`, at any depth.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(Error::file("read", &folder))? {
            let path = entry.map_err(Error::file("read", &folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    Ok(files)
}

fn file(path: &Path, quality: i32) -> Result<(), Error> {
    let bytes = std::fs::read(path).map_err(Error::file("read", path))?;
    let target = path.with_added_extension("br");
    let parameters = BrotliEncoderParams {
        quality,
        size_hint: bytes.len(),
        ..BrotliEncoderParams::default()
    };
    let mut output = BufWriter::new(File::create(&target).map_err(Error::file("make", &target))?);
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut output, &parameters)
        .map_err(Error::file("write", &target))?;
    output.flush().map_err(Error::file("write", &target))
}
