//! Embedded PostgreSQL: a real server, run for us by a helper process that may give up root first.
//!
//! [`Postgres`] is the side that uses it; [`host`] is the helper's side; [`binaries`] finds the programs.

pub mod binaries;
pub mod host;
mod settings;

use tokio::process::Command;

use crate::error::Result;
use crate::platform::folder::DataFolder;
use crate::platform::helper::Helper;

/// The environment variable from which `initdb` takes the cluster's locale.
const LOCALE: &str = "LC_ALL";

/// A running server. It stops when this is dropped, when [`Postgres::stop`] is called, and when our process dies.
pub struct Postgres {
    helper: Helper,
}

impl Postgres {
    /// Starts PostgreSQL in `folder`, on a free port of 127.0.0.1, making the cluster first if there is none.
    ///
    /// # Errors
    /// When another process uses the folder, or PostgreSQL does not start.
    pub async fn start(folder: &DataFolder) -> Result<Self> {
        let binary = folder.runnable_self()?;
        let data = folder.postgres();
        let parent = std::process::id().to_string();
        let arguments = [
            "postgres-host",
            "--data-dir",
            &data.to_string_lossy(),
            "--parent-pid",
            &parent,
        ];
        let environment = [(LOCALE, utf8_locale().await)];
        let helper = Helper::start(
            "PostgreSQL",
            &binary,
            &arguments,
            &data,
            folder.account(),
            &environment,
        )
        .await?;
        Ok(Self { helper })
    }

    /// URL of the maintenance database `postgres`, with the superuser and its password.
    #[must_use]
    pub fn url(&self) -> &str {
        self.helper.url()
    }

    /// URL of another database of this server.
    #[must_use]
    pub fn database_url(&self, database: &str) -> String {
        database_url(self.url(), database)
    }

    /// Waits until the server ends by itself, and gives its name.
    pub async fn ended(&mut self) -> &'static str {
        self.helper.ended().await
    }

    /// Stops the server and waits until it is down.
    pub async fn stop(self) {
        self.helper.stop().await;
    }
}

/// `url` with its database replaced. Both are URLs that this crate made: no query, a path of one segment.
#[must_use]
pub fn database_url(url: &str, database: &str) -> String {
    let server = url.rsplit_once('/').map_or(url, |(server, _)| server);
    format!("{server}/{database}")
}

/// The locale under which PostgreSQL folds the case of all letters, not only of ASCII; plain `C` on a system without it.
async fn utf8_locale() -> &'static str {
    let known = Command::new("locale").arg("-a").output().await;
    let is_known = known.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .any(|name| name.eq_ignore_ascii_case("C.UTF-8") || name.eq_ignore_ascii_case("C.utf8"))
    });
    if is_known { "C.UTF-8" } else { "C" }
}
