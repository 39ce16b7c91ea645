//! Where things are: the sources, the target folder, the site, the built programs.

use std::path::PathBuf;
use std::process::Command;

use crate::error::Error;
use crate::process;

/// How to build: for a fast start of work, or for speed and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build.
    Dev,
    /// Optimised.
    Release,
}

impl Profile {
    /// The profile that a `--release` option asks for.
    pub fn from_release(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// The folder below `target/` that cargo puts native programs into.
    fn native_folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }

    /// The profile of the root manifest for the browser's code.
    pub fn wasm(self) -> &'static str {
        match self {
            Self::Dev => "wasm-dev",
            Self::Release => "wasm-release",
        }
    }
}

/// The folders of this workspace.
#[derive(Debug)]
pub struct Workspace {
    /// The folder of the root manifest.
    pub root: PathBuf,
    /// Cargo's target folder, wherever its configuration puts it.
    pub target: PathBuf,
}

impl Workspace {
    /// Asks cargo where the workspace is.
    ///
    /// # Errors
    /// When cargo cannot be started or its answer holds no folders.
    pub fn locate() -> Result<Self, Error> {
        let output = process::output(
            cargo()
                .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
                .arg("--manifest-path")
                .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")),
        )?;
        let metadata: serde_json::Value = serde_json::from_str(&output).map_err(|error| {
            Error::Unexpected(format!("`cargo metadata` printed no JSON: {error}"))
        })?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| Error::Unexpected(format!("`cargo metadata` names no {key}")))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
        })
    }

    /// The folder that the server hands out below `/`: `pkg/` holds the browser's code.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The console's program.
    pub fn server_bin(&self, profile: Profile) -> PathBuf {
        self.bin(profile, "audit-console")
    }

    /// The demo's program.
    pub fn demo_bin(&self, profile: Profile) -> PathBuf {
        self.bin(profile, "demo")
    }

    /// The folder of the browser tests.
    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    fn bin(&self, profile: Profile, name: &str) -> PathBuf {
        self.target.join(profile.native_folder()).join(name)
    }

    /// A cargo command in the workspace's folder.
    pub fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root);
        command
    }
}

/// Cargo as if typed by hand: `cargo run` tells xtask about xtask's own package by variables that
/// some build scripts (ring's) read, and crates would be built again at each change of command.
fn cargo() -> Command {
    let mut command = Command::new("cargo");
    for (key, _) in std::env::vars_os() {
        let name = key.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&key);
        }
    }
    command
}
