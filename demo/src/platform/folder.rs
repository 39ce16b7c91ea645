//! The data folder: where the database, its password and the notes about its history live between two runs.
//!
//! It is below the project's `target/`, unless the account that runs PostgreSQL cannot go there (a clone below `/root` or
//! in a folder made by `mktemp -d`). Then a folder of the project's own below `/var/tmp` takes its place.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::account::{self, Account};
use crate::error::{AtPath, Error, Result};

/// Where substitutes are made.
const SUBSTITUTES: &str = "/var/tmp";
/// How their names begin.
const PREFIX: &str = "audit-console-";
/// File in a substitute that names the folder it stands for.
const ORIGIN: &str = "origin";

/// A data folder that PostgreSQL's account can work in.
#[derive(Debug, Clone)]
pub struct DataFolder {
    root: PathBuf,
    account: Option<Account>,
}

impl DataFolder {
    /// Opens `wanted`, or the substitute below `/var/tmp` when PostgreSQL's account cannot reach it, and makes it ready.
    ///
    /// # Errors
    /// When the folder cannot be made or belongs to somebody else.
    pub fn open(wanted: &Path) -> Result<Self> {
        let account = account::unprivileged()?;
        fs::create_dir_all(wanted).at(wanted)?;
        let wanted = wanted.canonicalize().at(wanted)?;
        let root = match &account {
            Some(account) if !account.can_enter(&wanted) => {
                let substitute = substitute_for(&wanted);
                eprintln!(
                    "note: PostgreSQL's account cannot enter {}, so the data is kept in {}",
                    wanted.display(),
                    substitute.display()
                );
                create_own(&substitute)?;
                let origin = substitute.join(ORIGIN);
                fs::write(&origin, wanted.as_os_str().as_encoded_bytes()).at(&origin)?;
                remove_abandoned();
                substitute
            }
            _ => wanted,
        };
        let folder = Self { root, account };
        folder.prepare_postgres()?;
        Ok(folder)
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The part that belongs to PostgreSQL's account.
    #[must_use]
    pub fn postgres(&self) -> PathBuf {
        self.root.join("postgres")
    }

    /// The account to switch to for PostgreSQL; `None` when it runs as ourselves.
    #[must_use]
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// A copy of our own binary that PostgreSQL's account can run; the binary itself where it can be reached.
    ///
    /// # Errors
    /// When the binary cannot be found or copied.
    pub fn runnable_self(&self) -> Result<PathBuf> {
        let own = std::env::current_exe()?;
        match &self.account {
            Some(account) if !account.can_run(&own) => self.copy_binary(&own),
            _ => Ok(own),
        }
    }

    fn copy_binary(&self, own: &Path) -> Result<PathBuf> {
        let bin = self.root.join("bin");
        fs::create_dir_all(&bin).at(&bin)?;
        set_mode(&bin, 0o755)?;
        let copy = bin.join("demo");
        // Written beside and renamed: a copy that another process is running cannot be overwritten.
        let fresh = bin.join(format!("demo.{}", std::process::id()));
        fs::copy(own, &fresh).at(&fresh)?;
        set_mode(&fresh, 0o755)?;
        fs::rename(&fresh, &copy).at(&copy)?;
        Ok(copy)
    }

    fn prepare_postgres(&self) -> Result<()> {
        let path = self.postgres();
        if !path.exists() {
            fs::DirBuilder::new().mode(0o700).create(&path).at(&path)?;
        }
        let owner = self
            .account
            .as_ref()
            .map_or_else(account::current_uid, |account| account.uid);
        if path.symlink_metadata().at(&path)?.uid() == owner {
            return Ok(());
        }
        match &self.account {
            Some(account) => give_away(&path, account),
            None => Err(Error::ForeignFolder(path)),
        }
    }
}

/// `/var/tmp/audit-console-<uid>-<hash of the wanted path>`: the same for the same project at every start.
fn substitute_for(wanted: &Path) -> PathBuf {
    let mut hasher = DefaultHasher::new();
    wanted.hash(&mut hasher);
    PathBuf::from(format!(
        "{SUBSTITUTES}/{PREFIX}{}-{:016x}",
        account::current_uid(),
        hasher.finish()
    ))
}

/// Removes the substitutes of folders that are gone: clones are deleted, and nobody thinks of `/var/tmp`. One that cannot be
/// removed, or that somebody still works in, stays.
fn remove_abandoned() {
    let own = format!("{PREFIX}{}-", account::current_uid());
    let substitutes = fs::read_dir(SUBSTITUTES)
        .into_iter()
        .flatten()
        .filter_map(io::Result::ok)
        .filter(|entry| {
            entry
                .file_name()
                .as_encoded_bytes()
                .starts_with(own.as_bytes())
        })
        .map(|entry| entry.path())
        .filter(|path| {
            path.symlink_metadata()
                .is_ok_and(|metadata| metadata.is_dir() && metadata.uid() == account::current_uid())
        });
    for path in substitutes {
        let is_abandoned = fs::read(path.join(ORIGIN))
            .is_ok_and(|origin| !Path::new(OsStr::from_bytes(&origin)).exists());
        let is_free = !File::open(path.join("postgres/lock"))
            .is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
        if is_abandoned && is_free {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Makes a folder that others may pass through but not list. `/var/tmp` is everybody's, so one that is there already must
/// be a real folder of ours: somebody else could have put a trap in its place.
fn create_own(path: &Path) -> Result<()> {
    match fs::DirBuilder::new().mode(0o711).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            return Err(error).at(path);
        }
        _ => {}
    }
    let metadata = path.symlink_metadata().at(path)?;
    if !metadata.is_dir() || metadata.uid() != account::current_uid() {
        return Err(Error::ForeignFolder(path.to_owned()));
    }
    set_mode(path, 0o711)
}

fn set_mode(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).at(path)
}

/// Hands a folder with everything in it to `account`, without following links.
fn give_away(path: &Path, account: &Account) -> Result<()> {
    if path.symlink_metadata().at(path)?.is_symlink() {
        return Ok(());
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).at(path)? {
            give_away(&entry.at(path)?.path(), account)?;
        }
    }
    chown(path, Some(account.uid), Some(account.gid)).at(path)
}

/// The `target/` folder that this binary was built into: `target/debug/demo` gives `target`.
#[must_use]
pub fn target_folder() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|binary| binary.ancestors().nth(2).map(Path::to_owned))
        .unwrap_or_else(|| PathBuf::from("target"))
}
