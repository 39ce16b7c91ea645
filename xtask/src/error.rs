//! What can go wrong in a task, said so that the reader knows what to do next.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// A task's failure.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read, written, moved or made.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    File {
        /// What was tried: `read`, `write` …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A program could not be started.
    #[error("cannot start `{command}`: {source}")]
    Start {
        /// The command line.
        command: String,
        /// The system's reason.
        source: io::Error,
    },
    /// A program ended with a failure; its own output says why.
    #[error("`{command}` failed ({status}); its output is above")]
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A tool is missing and could not be installed.
    #[error("{tool} is missing and could not be installed here; run: {remedy}")]
    Missing {
        /// What is missing.
        tool: &'static str,
        /// The command that installs it.
        remedy: String,
    },
    /// A program said something that was not understood, or too little.
    #[error("{0}")]
    Unexpected(String),
    /// wasm-bindgen could not translate the module.
    #[error("wasm-bindgen: {0}")]
    Bindgen(String),
    /// A request to the console under measurement failed.
    #[error("{path}: {reason}")]
    Http {
        /// The path and query string.
        path: String,
        /// What came instead of an answer.
        reason: String,
    },
    /// Some tests failed.
    #[error("tests failed: {0}")]
    Tests(String),
    /// Some measures could not be taken.
    #[error("not measured: {0}")]
    NotMeasured(String),
}

impl Error {
    /// For `map_err` on file operations.
    pub fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File {
            action,
            path,
            source,
        }
    }
}
