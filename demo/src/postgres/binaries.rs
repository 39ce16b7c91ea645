//! Finds PostgreSQL's programs on this machine.

use std::path::{Path, PathBuf};

/// Where Debian and its kin keep the server's programs, a folder for each major version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder whose `bin` holds `initdb`, `pg_ctl` and `postgres`: from `PATH`, else Debian's highest version.
#[must_use]
pub fn installed() -> Option<PathBuf> {
    from_path(std::env::var_os("PATH")?.as_os_str()).or_else(|| highest_version(Path::new(DEBIAN)))
}

fn from_path(path: &std::ffi::OsStr) -> Option<PathBuf> {
    // A folder of `PATH` may hold links into the real installation, whose libraries are found from its true place.
    std::env::split_paths(path)
        .filter(|folder| is_server_bin(folder))
        .find_map(|folder| {
            let real = folder.join("postgres").canonicalize().ok()?;
            let bin = real.parent().filter(|bin| is_server_bin(bin))?;
            bin.parent().map(Path::to_owned)
        })
}

fn highest_version(versions: &Path) -> Option<PathBuf> {
    std::fs::read_dir(versions)
        .ok()?
        .filter_map(Result::ok)
        .filter(|entry| is_server_bin(&entry.path().join("bin")))
        .filter_map(|entry| {
            let major: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((major, entry.path()))
        })
        .max_by_key(|(major, _)| *major)
        .map(|(_, path)| path)
}

fn is_server_bin(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_wins_and_a_client_only_one_does_not_count() {
        let versions = std::env::temp_dir().join(format!("demo-versions-{}", std::process::id()));
        for (version, programs) in [
            ("9", &["initdb", "pg_ctl", "postgres"][..]),
            ("15", &["initdb", "pg_ctl", "postgres"]),
            ("17", &["psql"]),
        ] {
            let bin = versions.join(version).join("bin");
            std::fs::create_dir_all(&bin).unwrap();
            for program in programs {
                std::fs::write(bin.join(program), "").unwrap();
            }
        }
        assert_eq!(highest_version(&versions), Some(versions.join("15")));
        assert_eq!(highest_version(&versions.join("absent")), None);
        std::fs::remove_dir_all(&versions).unwrap();
    }
}
