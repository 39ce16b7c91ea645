//! The one error type of this crate. Its messages are read by people at a terminal: each says what to do.

use std::path::PathBuf;

/// What can go wrong while the demo's services, its history or its console are brought up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read, written or created.
    #[error("{path}: {source}. Choose another folder with --data-dir, or remove this one.")]
    Folder {
        /// The file or folder concerned.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A folder below `/var/tmp` is not ours, so it is not safe to use.
    #[error("{0} belongs to somebody else. Choose another folder with --data-dir.")]
    ForeignFolder(PathBuf),
    /// We are root and there is no account to which PostgreSQL could be given.
    #[error(
        "PostgreSQL does not run as root, and /etc/passwd has neither `postgres` nor `nobody`. Run this as an ordinary user."
    )]
    NoUnprivilegedAccount,
    /// Another live process works in the same data folder.
    #[error(
        "{path} is in use by another running demo (process {pid}). Stop that one, or choose another folder with --data-dir."
    )]
    FolderInUse {
        /// The data folder.
        path: PathBuf,
        /// The process that uses it.
        pid: i32,
    },
    /// A helper process ended or stayed silent before its service was ready.
    #[error("{service} did not start: {reason}")]
    ServiceStart {
        /// `PostgreSQL` or `Redis`.
        service: &'static str,
        /// What was seen instead of readiness.
        reason: String,
    },
    /// A service ended while it was needed.
    #[error("{0} ended by itself")]
    ServiceGone(&'static str),
    /// The crate that runs PostgreSQL failed.
    #[error("PostgreSQL: {0}")]
    Postgres(#[from] postgresql_embedded::Error),
    /// A statement failed in the demo's own database.
    #[error("the demo's database: {0}")]
    Database(#[from] sqlx::Error),
    /// Redis answered with an error.
    #[error("the demo's Redis: {0}")]
    Redis(#[from] redis::RedisError),
    /// The port that the console shall listen on is taken.
    #[error(
        "port {port} is taken: {source}. Choose another with --port, or --port 0 for any free one."
    )]
    PortTaken {
        /// The port asked for.
        port: u16,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The console's binary could not be started or failed.
    #[error("{command}: {reason}")]
    Console {
        /// The command line, without secrets.
        command: String,
        /// How it failed.
        reason: String,
    },
    /// The history's producer thread ended without its result.
    #[error("the history was not finished: {0}")]
    History(String),
    /// Waiting for signals or pipes failed.
    #[error("the operating system refused: {0}")]
    Os(#[from] std::io::Error),
    /// Ctrl-C or SIGTERM arrived while something was being started. Not a failure.
    #[error("stopped while starting")]
    Interrupted,
}

/// This crate's result.
pub type Result<T> = std::result::Result<T, Error>;

/// Names the file or folder in an I/O error.
pub trait AtPath<T> {
    /// Turns the error into [`Error::Folder`] for `path`.
    ///
    /// # Errors
    /// The original error, with its path.
    fn at(self, path: impl Into<PathBuf>) -> Result<T>;
}

impl<T> AtPath<T> for std::io::Result<T> {
    fn at(self, path: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| Error::Folder {
            path: path.into(),
            source,
        })
    }
}
