//! The account that PostgreSQL runs as, and what that account can reach.
//!
//! `initdb` and `postgres` refuse to run as root. Started by root, we hand them to an unprivileged account; started by
//! anybody else, they simply run as that person.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::error::{Error, Result};

/// Execute (on a folder: traverse) permission, in one triple of mode bits.
const EXECUTE: u32 = 0o1;
/// Read and execute permission, in one triple of mode bits.
const READ_EXECUTE: u32 = 0o5;

/// A user of this machine without rights of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// User id.
    pub uid: u32,
    /// Primary group. Supplementary groups are dropped when a process is switched to this account.
    pub gid: u32,
}

/// The user id that this process acts as.
#[must_use]
pub fn current_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The account to switch to before running PostgreSQL: `None` unless we are root.
///
/// # Errors
/// [`Error::NoUnprivilegedAccount`] when we are root and `/etc/passwd` has neither `postgres` nor `nobody`.
pub fn unprivileged() -> Result<Option<Account>> {
    if current_uid() != 0 {
        return Ok(None);
    }
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| find_account(&passwd, name))
        .map(Some)
        .ok_or(Error::NoUnprivilegedAccount)
}

fn find_account(passwd: &str, name: &str) -> Option<Account> {
    passwd.lines().find_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        if fields.first() != Some(&name) {
            return None;
        }
        let uid = fields.get(2)?.parse().ok()?;
        let gid = fields.get(3)?.parse().ok()?;
        (uid != 0).then_some(Account { uid, gid })
    })
}

impl Account {
    /// Whether this account may enter `folder`, judged by the mode bits of it and of everything above it.
    #[must_use]
    pub fn can_enter(&self, folder: &Path) -> bool {
        let Ok(folder) = folder.canonicalize() else {
            return false;
        };
        folder
            .ancestors()
            .all(|ancestor| self.may(ancestor, EXECUTE))
    }

    /// Whether this account may read and run `file`.
    #[must_use]
    pub fn can_run(&self, file: &Path) -> bool {
        file.parent().is_some_and(|folder| self.can_enter(folder)) && self.may(file, READ_EXECUTE)
    }

    fn may(&self, path: &Path, wanted: u32) -> bool {
        let Ok(metadata) = path.metadata() else {
            return false;
        };
        let shift = if metadata.uid() == self.uid {
            6
        } else if metadata.gid() == self.gid {
            3
        } else {
            0
        };
        (metadata.mode() >> shift) & wanted == wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    const PASSWD: &str =
        "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/:/bin/false\n";

    #[test]
    fn an_account_is_found_by_its_exact_name_and_root_never_is() {
        assert_eq!(
            find_account(PASSWD, "nobody"),
            Some(Account {
                uid: 65534,
                gid: 65533
            })
        );
        assert_eq!(find_account(PASSWD, "postgres"), None);
        assert_eq!(find_account(PASSWD, "root"), None);
    }

    #[test]
    fn a_closed_folder_above_hides_what_is_below() {
        let closed = std::env::temp_dir().join(format!("demo-closed-{}", std::process::id()));
        let inner = closed.join("inner");
        std::fs::create_dir_all(&inner).unwrap();
        let stranger = Account {
            uid: u32::MAX - 7,
            gid: u32::MAX - 7,
        };
        std::fs::set_permissions(&inner, std::fs::Permissions::from_mode(0o755)).unwrap();

        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o711)).unwrap();
        assert!(stranger.can_enter(&inner));
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!stranger.can_enter(&inner));
        std::fs::remove_dir_all(&closed).unwrap();
    }
}
