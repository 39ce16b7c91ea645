//! How the server is configured: fast, because nothing in it must survive a power cut; local, because it is ours alone.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use postgresql_embedded::{BOOTSTRAP_SUPERUSER, Settings, V15};

use super::binaries;

/// Where the crate downloads PostgreSQL from, on a machine that has none.
const RELEASES: &str = "https://github.com/theseus-rs/postgresql-binaries";
/// Limit for each of `initdb`, starting and stopping.
const COMMAND_LIMIT: Duration = Duration::from_mins(1);

/// `postgresql.conf`, as far as it differs from PostgreSQL's defaults.
const CONFIGURATION: [(&str, &str); 17] = [
    ("listen_addresses", "127.0.0.1"),
    // No socket: Debian's folder for it belongs to another user, and a deep clone's path would be too long for one.
    ("unix_socket_directories", ""),
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "4GB"),
    ("shared_buffers", "256MB"),
    ("maintenance_work_mem", "256MB"),
    ("max_connections", "200"),
    ("jit", "off"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("random_page_cost", "1.1"),
    ("checkpoint_timeout", "30min"),
    ("log_checkpoints", "off"),
];

/// Settings for the server in `folder`: its cluster in `data`, a downloaded installation in `install`.
///
/// Written out in full: the crate's own defaults would leave two new folders below `/tmp` at each start.
pub(super) fn settings(folder: &Path, password: &str) -> Settings {
    let installed = binaries::installed();
    Settings {
        releases_url: RELEASES.to_owned(),
        version: V15.clone(),
        trust_installation_dir: installed.is_some(),
        installation_dir: installed.unwrap_or_else(|| folder.join("install")),
        password_file: folder.join("password"),
        data_dir: folder.join("data"),
        host: "127.0.0.1".to_owned(),
        port: 0,
        username: BOOTSTRAP_SUPERUSER.to_owned(),
        password: password.to_owned(),
        temporary: false,
        timeout: Some(COMMAND_LIMIT),
        configuration: HashMap::from(
            CONFIGURATION.map(|(key, value)| (key.to_owned(), value.to_owned())),
        ),
        socket_dir: None,
    }
}
