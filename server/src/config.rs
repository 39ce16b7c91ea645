//! Configuration: the environment, `.env`, or flags; flags win.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use store::lock_watch::Bounds;

use crate::hosts::Hosts;

/// Where the console is reached and what it reads. Every field is a flag and an environment variable.
#[derive(Args, Clone, Debug, Default)]
pub struct Settings {
    /// The engine's database: `postgres://user:password@host:port/name`
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// Instead of `DATABASE_URL`, as the engine has it: the server's host
    #[arg(long, env = "POSTGRES_SERVER", global = true)]
    pub postgres_server: Option<String>,
    /// … its port (default 5432)
    #[arg(long, env = "POSTGRES_PORT", global = true)]
    pub postgres_port: Option<String>,
    /// … the role
    #[arg(long, env = "POSTGRES_USER", global = true)]
    pub postgres_user: Option<String>,
    /// … its password
    #[arg(long, env = "POSTGRES_PASSWORD", hide_env_values = true, global = true)]
    pub postgres_password: Option<String>,
    /// … the database
    #[arg(long, env = "POSTGRES_DB", global = true)]
    pub postgres_db: Option<String>,
    /// The database of schema `audit_console` (default: the engine's)
    #[arg(
        long,
        env = "CONSOLE_DATABASE_URL",
        hide_env_values = true,
        global = true
    )]
    pub console_database_url: Option<String>,
    /// As whom `migrate` makes schema `audit_console`: the role that owns it, on the server of the console's
    /// database (default: the console's own role, for a trial)
    #[arg(
        long,
        env = "CONSOLE_OWNER_DATABASE_URL",
        hide_env_values = true,
        global = true
    )]
    pub console_owner_database_url: Option<String>,
    /// For a trial: serve although the console's role owns its record, or has more rights than it needs
    #[arg(
        long,
        env = "AUDIT_CONSOLE_ALLOW_OWNER",
        num_args = 0..=1,
        default_missing_value = "true",
        value_parser = clap::value_parser!(bool),
        require_equals = true,
        global = true
    )]
    pub allow_owner: Option<bool>,
    /// `roles`: the name of the role that owns schema `audit_console`
    #[arg(
        long,
        env = "AUDIT_CONSOLE_OWNER_ROLE",
        default_value = "audit_console_owner",
        global = true
    )]
    pub owner_role: Option<String>,
    /// `roles`: the name of the role that the console serves as
    #[arg(
        long,
        env = "AUDIT_CONSOLE_RUNTIME_ROLE",
        default_value = "audit_console",
        global = true
    )]
    pub runtime_role: Option<String>,
    /// `roles`: the name of the role that reads the engine's tables, where they are in another database
    /// (default: the one that the console serves as)
    #[arg(long, env = "AUDIT_CONSOLE_ENGINE_ROLE", global = true)]
    pub engine_role: Option<String>,
    /// The engine's Redis: `redis://…` (default: none, the live state is unknown)
    #[arg(long, env = "REDIS_URL", hide_env_values = true, global = true)]
    pub redis_url: Option<String>,
    /// Instead of `REDIS_URL`, as the engine has it: the host
    #[arg(long, env = "REDIS_HOST", global = true)]
    pub redis_host: Option<String>,
    /// … its port (default 6379)
    #[arg(long, env = "REDIS_PORT", global = true)]
    pub redis_port: Option<String>,
    /// … the database's number (default 0)
    #[arg(long, env = "REDIS_DB", global = true)]
    pub redis_db: Option<String>,
    /// … its password
    #[arg(long, env = "REDIS_PASSWORD", hide_env_values = true, global = true)]
    pub redis_password: Option<String>,
    /// Where to listen; port 0 picks a free one
    #[arg(
        long,
        env = "LISTEN_ADDR",
        default_value = "127.0.0.1:8040",
        global = true
    )]
    pub listen_addr: Option<SocketAddr>,
    /// Where people reach the console: it answers to that host alone; `https://…` makes cookies Secure and
    /// sends HSTS (default: it answers to localhost and to addresses)
    #[arg(long, env = "PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// How the log is written
    #[arg(
        long,
        env = "LOG_FORMAT",
        value_enum,
        default_value = "text",
        global = true
    )]
    pub log_format: Option<LogFormat>,
    /// The folder that holds `pkg/` with the islands (default: `site` beside the program, else
    /// `target/site`); without it pages work as without JavaScript
    #[arg(long, env = "AUDIT_CONSOLE_SITE_ROOT", global = true)]
    pub site_root: Option<PathBuf>,
    /// The request header in which a trusted proxy names the person's address last
    /// (`x-forwarded-for`); without it the connection's own address counts
    #[arg(long, env = "AUDIT_CONSOLE_CLIENT_ADDRESS_HEADER", global = true)]
    pub client_address_header: Option<String>,
    /// Hours after a kill-switch episode's clear in which it is to be reviewed; then it is overdue
    #[arg(
        long,
        env = "AUDIT_CONSOLE_REVIEW_HOURS",
        default_value = "24",
        value_parser = clap::value_parser!(u32).range(1..=8_760),
        global = true
    )]
    pub review_hours: Option<u32>,
    /// Seconds that anybody else, such as a migration of the engine, waits for a lock that the console holds; then
    /// the console has given way
    #[arg(
        long,
        env = "AUDIT_CONSOLE_LOCK_WAIT_SECONDS",
        default_value = "5",
        value_parser = clap::value_parser!(u32).range(2..=300),
        global = true
    )]
    pub lock_wait_seconds: Option<u32>,
    /// Minutes that one export may read: so long its snapshot keeps vacuum from removing rows
    #[arg(
        long,
        env = "AUDIT_CONSOLE_SNAPSHOT_MINUTES",
        default_value = "30",
        value_parser = clap::value_parser!(u32).range(1..=1_440),
        global = true
    )]
    pub snapshot_minutes: Option<u32>,
}

/// Hours that a review may take unless it is configured.
const REVIEW_HOURS: u32 = 24;
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The configuration cannot be used: a person must change it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Settings {
    /// The URL of the engine's database.
    ///
    /// # Errors
    /// When neither `DATABASE_URL` nor `POSTGRES_SERVER` is set.
    pub fn engine_url(&self) -> Result<String, ConfigError> {
        if let Some(url) = set(self.database_url.as_ref()) {
            return Ok(url.clone());
        }
        let Some(host) = set(self.postgres_server.as_ref()) else {
            return Err(ConfigError(
                "no engine database: set DATABASE_URL (postgres://user:password@host:port/name), or \
                 POSTGRES_SERVER, POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB"
                    .to_owned(),
            ));
        };
        let user = set(self.postgres_user.as_ref()).map_or("postgres", String::as_str);
        let password = set(self.postgres_password.as_ref())
            .map(|password| format!(":{}", escaped(password)))
            .unwrap_or_default();
        let port = set(self.postgres_port.as_ref()).map_or("5432", String::as_str);
        let database = set(self.postgres_db.as_ref()).map_or(user, String::as_str);
        Ok(format!(
            "postgres://{}{password}@{host}:{port}/{}",
            escaped(user),
            escaped(database)
        ))
    }

    /// The URL of the database of schema `audit_console`.
    ///
    /// # Errors
    /// As [`Settings::engine_url`].
    pub fn console_url(&self) -> Result<String, ConfigError> {
        match set(self.console_database_url.as_ref()) {
            Some(url) => Ok(url.clone()),
            None => self.engine_url(),
        }
    }

    /// The URL as which migrations run: the owner's, else the console's own; and whether it is the owner's.
    ///
    /// # Errors
    /// As [`Settings::engine_url`].
    pub fn owner_url(&self) -> Result<(String, bool), ConfigError> {
        match set(self.console_owner_database_url.as_ref()) {
            Some(url) => Ok((url.clone(), true)),
            None => Ok((self.console_url()?, false)),
        }
    }

    /// Whether the engine's tables and schema `audit_console` are in different databases.
    #[must_use]
    pub fn has_two_databases(&self) -> bool {
        set(self.console_database_url.as_ref())
            .is_some_and(|console| self.engine_url().is_ok_and(|engine| engine != *console))
    }

    /// The URL of the engine's Redis, where one is configured.
    #[must_use]
    pub fn redis(&self) -> Option<String> {
        if let Some(url) = set(self.redis_url.as_ref()) {
            return Some(url.clone());
        }
        let host = set(self.redis_host.as_ref())?;
        let password = set(self.redis_password.as_ref())
            .map(|password| format!(":{}@", escaped(password)))
            .unwrap_or_default();
        let port = set(self.redis_port.as_ref()).map_or("6379", String::as_str);
        let database = set(self.redis_db.as_ref()).map_or("0", String::as_str);
        Some(format!("redis://{password}{host}:{port}/{database}"))
    }

    /// Checks what would otherwise fail silently.
    ///
    /// # Errors
    /// When `PUBLIC_URL` is no http or https URL, or the address header no header's name.
    pub fn check(&self) -> Result<(), ConfigError> {
        if let Some(url) = set(self.public_url.as_ref())
            && !url.starts_with("https://")
            && !url.starts_with("http://")
        {
            return Err(ConfigError(format!(
                "PUBLIC_URL is {url}: it takes http://… or https://…, in lower case"
            )));
        }
        if let Some(name) = set(self.client_address_header.as_ref())
            && axum::http::HeaderName::from_bytes(name.as_bytes()).is_err()
        {
            return Err(ConfigError(format!(
                "AUDIT_CONSOLE_CLIENT_ADDRESS_HEADER is {name}, which is no header's name"
            )));
        }
        Ok(())
    }

    /// By which names the console answers.
    ///
    /// # Errors
    /// When `PUBLIC_URL` names no host.
    pub fn hosts(&self) -> Result<Hosts, ConfigError> {
        let url = set(self.public_url.as_ref()).map(String::as_str);
        Hosts::of(url).ok_or_else(|| {
            ConfigError(format!(
                "PUBLIC_URL is {}: it takes a host, as https://audit.example.com",
                url.unwrap_or_default()
            ))
        })
    }

    /// How many microseconds a review may take.
    #[must_use]
    pub fn review_patience(&self) -> i64 {
        i64::from(self.review_hours.unwrap_or(REVIEW_HOURS)) * HOUR
    }

    /// How far the console may get in others' way.
    #[must_use]
    pub fn lock_bounds(&self) -> Bounds {
        let mut bounds = Bounds::default();
        if let Some(seconds) = self.lock_wait_seconds {
            bounds.lock_wait = Duration::from_secs(seconds.into());
        }
        if let Some(minutes) = self.snapshot_minutes {
            bounds.snapshot_age = Duration::from_mins(minutes.into());
        }
        bounds
    }

    /// Whether people reach the console over HTTPS.
    #[must_use]
    pub fn https(&self) -> bool {
        set(self.public_url.as_ref()).is_some_and(|url| url.starts_with("https://"))
    }
}

/// A variable that is set to nothing is not set.
fn set(value: Option<&String>) -> Option<&String> {
    value.filter(|value| !value.is_empty())
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Every environment variable that [`Settings`] reads.
#[must_use]
pub fn variables() -> Vec<String> {
    Settings::augment_args(clap::Command::new("audit-console"))
        .get_arguments()
        .filter_map(|argument| Some(argument.get_env()?.to_string_lossy().into_owned()))
        .collect()
}

/// Refuses variables that look like the console's but are none: a typing error must not be silent.
///
/// # Errors
/// Names the first one.
pub fn refuse_unknown_variables(
    names: impl IntoIterator<Item = String>,
) -> Result<(), ConfigError> {
    let known = variables();
    match names
        .into_iter()
        .find(|name| name.starts_with("AUDIT_CONSOLE_") && !known.contains(name))
    {
        None => Ok(()),
        Some(name) => {
            let takes: Vec<String> = known
                .into_iter()
                .filter(|name| name.starts_with("AUDIT_CONSOLE_"))
                .collect();
            Err(ConfigError(format!(
                "{name} is set, but the console knows only {}",
                takes.join(", ")
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_file_names_exactly_what_is_read() {
        let example = include_str!("../../.env.example");
        let mut named: Vec<&str> = example
            .lines()
            .filter_map(|line| line.trim_start_matches("# ").split_once('='))
            .map(|(name, _)| name)
            .filter(|name| name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
            .collect();
        named.sort_unstable();
        let mut read = variables();
        read.sort_unstable();
        assert_eq!(named, read);
    }

    #[test]
    fn the_engines_own_variables_make_a_url() {
        let settings = Settings {
            postgres_server: Some("db".to_owned()),
            postgres_user: Some("omc".to_owned()),
            postgres_password: Some("p@ss/word".to_owned()),
            postgres_db: Some("app".to_owned()),
            redis_host: Some("redis".to_owned()),
            redis_password: Some(String::new()),
            ..Settings::default()
        };
        assert_eq!(
            settings.engine_url().unwrap(),
            "postgres://omc:p%40ss%2Fword@db:5432/app"
        );
        assert_eq!(
            settings.console_url().unwrap(),
            settings.engine_url().unwrap()
        );
        assert_eq!(settings.redis().unwrap(), "redis://redis:6379/0");
        assert!(Settings::default().engine_url().is_err());
    }

    #[test]
    fn a_mistyped_variable_is_refused() {
        let names = |name: &str| vec!["PATH".to_owned(), name.to_owned()];
        assert!(refuse_unknown_variables(names("AUDIT_CONSOLE_SITE_ROOT")).is_ok());
        let error = refuse_unknown_variables(names("AUDIT_CONSOLE_SITEROOT")).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("AUDIT_CONSOLE_SITEROOT is set")
        );
    }
}
