//! `wasm_brotli`: the bytes that a page's script and module take on the wire.

use std::ffi::OsStr;

use crate::build;
use crate::error::Error;
use crate::workspace::Workspace;

use super::measure::{Measure, Target};

/// Kilobytes (1,000 bytes).
const TARGET: f64 = 125.0;

/// Adds up the `.br` files of the optimised browser code.
pub fn measure(workspace: &Workspace) -> Result<Measure, Error> {
    let mut bytes = 0;
    for path in build::files_below(&build::site_package(workspace))? {
        if path.extension() == Some(OsStr::new("br")) {
            let data = path.metadata().map_err(Error::file("read", &path))?;
            bytes += data.len();
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "kilobytes")]
    let value = bytes as f64 / 1_000.0;
    Ok(Measure {
        name: "wasm_brotli".to_owned(),
        value,
        unit: "kB",
        reference: None,
        target: Target::AtMost(TARGET),
    })
}
