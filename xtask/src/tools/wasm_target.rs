//! The compiler's `wasm32-unknown-unknown` target.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::workspace::Workspace;
use crate::{process, report};

/// The target's name.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Which compiler builds for the browser.
#[derive(Debug)]
pub enum Compiler {
    /// The one that cargo uses anyway.
    Default,
    /// One of the workspace's own, given by the folder of its `cargo` and `rustc`.
    Own(PathBuf),
}

impl Compiler {
    /// Makes `cargo` use this compiler.
    pub fn choose_for(&self, cargo: Command) -> Command {
        let Self::Own(folder) = self else {
            return cargo;
        };
        let mut own = Command::new(folder.join("cargo"));
        own.args(cargo.get_args());
        if let Some(folder) = cargo.get_current_dir() {
            own.current_dir(folder);
        }
        for (key, value) in cargo.get_envs() {
            match value {
                Some(value) => own.env(key, value),
                None => own.env_remove(key),
            };
        }
        own.env("RUSTC", folder.join("rustc"));
        // Names the other toolchain's libraries, by which a compiler finds its targets.
        own.env_remove("LD_LIBRARY_PATH");
        own
    }
}

/// Finds the target or has rustup add it; where the toolchain belongs to somebody else, installs
/// the same toolchain with the target below the target folder.
///
/// # Errors
/// When the target is missing and no rustup can add it.
pub fn ensure(workspace: &Workspace) -> Result<Compiler, Error> {
    if has_target(Path::new("rustc")) {
        return Ok(Compiler::Default);
    }
    if process::find_in_path("rustup").is_none() {
        return Err(Error::Missing {
            tool: TARGET,
            remedy: "install Rust by https://rustup.rs, then: rustup target add \
                     wasm32-unknown-unknown"
                .to_owned(),
        });
    }
    let own_home = workspace.target.join("tools/rustup");
    if let Some(compiler) = installed_below(&own_home) {
        return Ok(compiler);
    }
    let added = report::step(&format!("rustup target add {TARGET}"), || {
        process::run(Command::new("rustup").args(["target", "add", TARGET]))
    });
    if added.is_ok() && has_target(Path::new("rustc")) {
        return Ok(Compiler::Default);
    }
    report::note("this toolchain cannot be changed, so the browser code gets one of its own");
    install_below(&own_home)?;
    installed_below(&own_home).ok_or_else(|| Error::Missing {
        tool: TARGET,
        remedy: format!("rustup target add {TARGET} (as the owner of the Rust toolchain)"),
    })
}

fn install_below(home: &Path) -> Result<(), Error> {
    let version = compiler_version()?;
    report::step(&format!("installing Rust {version} with {TARGET}"), || {
        process::run(
            Command::new("rustup")
                .env("RUSTUP_HOME", home)
                .env_remove("RUSTUP_TOOLCHAIN")
                .args(["toolchain", "install", &version])
                .args(["--profile", "minimal", "--target", TARGET])
                .arg("--no-self-update"),
        )
    })
}

fn installed_below(home: &Path) -> Option<Compiler> {
    let version = compiler_version().ok()?;
    std::fs::read_dir(home.join("toolchains"))
        .ok()?
        .flatten()
        .filter(|folder| {
            let name = folder.file_name();
            name.to_string_lossy().starts_with(&format!("{version}-"))
        })
        .map(|folder| folder.path().join("bin"))
        .find(|folder| has_target(&folder.join("rustc")))
        .map(Compiler::Own)
}

/// The version of the compiler in use, as rustup names it: `1.95.0`.
fn compiler_version() -> Result<String, Error> {
    let text = process::output(Command::new("rustc").arg("--version"))?;
    text.split_whitespace()
        .nth(1)
        .map(str::to_owned)
        .ok_or_else(|| Error::Unexpected(format!("`rustc --version` printed {text:?}")))
}

fn has_target(rustc: &Path) -> bool {
    let library = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        // `cargo run` sets it, and a compiler of another toolchain would look there.
        .env_remove("LD_LIBRARY_PATH")
        .stderr(Stdio::null())
        .output();
    let Ok(library) = library else { return false };
    let folder = PathBuf::from(String::from_utf8_lossy(&library.stdout).trim());
    let Ok(mut entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.any(|entry| {
        entry.is_ok_and(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libcore-") && name.ends_with(".rlib")
        })
    })
}
