//! From the compiler's module to what the browser loads: wasm-bindgen, wasm-opt, brotli.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use wasm_bindgen_cli_support::Bindgen;

use crate::error::Error;
use crate::report;
use crate::tools::{npm, wasm_opt};
use crate::workspace::{Profile, Workspace};

use super::compress;

/// The files are `audit_console.js` and `audit_console_bg.wasm`.
const NAME: &str = "audit_console";

/// Makes the package of `module` in a folder of the profile's own and returns that folder; does
/// nothing when it is there already, made from the same module with the same tools.
///
/// # Errors
/// When a tool fails or a file cannot be written.
pub fn make(workspace: &Workspace, profile: Profile, module: &Path) -> Result<PathBuf, Error> {
    let folder = workspace.target.join("front/package").join(profile.wasm());
    let bytes = std::fs::read(module).map_err(Error::file("read", module))?;
    let stamp = stamp(&bytes, profile);
    let stamp_path = folder.with_extension("stamp");
    if std::fs::read_to_string(&stamp_path).is_ok_and(|found| found == stamp) {
        report::note("browser code unchanged since it was last packaged");
        return Ok(folder);
    }

    // The claim goes first and comes back last, so that a broken-off run is never believed.
    remove_if_there(&stamp_path)?;
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(Error::file("empty", &folder))?;
    }
    std::fs::create_dir_all(&folder).map_err(Error::file("make", &folder))?;
    report::step("wasm-bindgen", || bind(bytes, profile, &folder))?;
    if profile == Profile::Release {
        let module = folder.join(format!("{NAME}_bg.wasm"));
        let shrunk = report::step("wasm-opt -Oz", || wasm_opt::shrink(workspace, &module))?;
        if !shrunk {
            report::note("wasm-opt skipped: no npm here to install it by (package nodejs, npm)");
        }
    }
    report::step("brotli", || compress::folder(&folder, profile))?;
    std::fs::write(&stamp_path, stamp).map_err(Error::file("write", &stamp_path))?;
    Ok(folder)
}

/// Brings `site` to the same content as `package`; files that are the same are left alone, and a
/// file that is replaced is whole at every moment, for a console may be serving it.
///
/// # Errors
/// When a file cannot be read or written.
pub fn publish(package: &Path, site: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(site).map_err(Error::file("make", site))?;
    let wanted = compress::files_below(package)?;
    for source in &wanted {
        let target = site.join(source.strip_prefix(package).unwrap_or(source));
        let bytes = std::fs::read(source).map_err(Error::file("read", source))?;
        if std::fs::read(&target).is_ok_and(|found| found == bytes) {
            continue;
        }
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).map_err(Error::file("make", parent))?;
        }
        let new = target.with_added_extension("new");
        std::fs::write(&new, bytes).map_err(Error::file("write", &new))?;
        std::fs::rename(&new, &target).map_err(Error::file("replace", &target))?;
    }
    for old in compress::files_below(site)? {
        let source = package.join(old.strip_prefix(site).unwrap_or(&old));
        if !wanted.contains(&source) {
            remove_if_there(&old)?;
        }
    }
    Ok(())
}

fn bind(module: Vec<u8>, profile: Profile, folder: &Path) -> Result<(), Error> {
    let release = profile == Profile::Release;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes(NAME, module)
        .out_name(NAME)
        .typescript(false)
        .demangle(!release)
        .remove_name_section(release)
        .remove_producers_section(release);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder))
        .map_err(|error| Error::Bindgen(format!("{error:#}")))
}

/// Names everything that the package depends on.
fn stamp(module: &[u8], profile: Profile) -> String {
    let mut hasher = DefaultHasher::new();
    module.hash(&mut hasher);
    wasm_opt::FEATURES.hash(&mut hasher);
    let optimised = profile == Profile::Release && npm::is_present();
    format!(
        "module {:016x}, wasm-opt {optimised}, xtask {}",
        hasher.finish(),
        env!("CARGO_PKG_VERSION")
    )
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file("remove", path)(error))
        }
        _ => Ok(()),
    }
}
