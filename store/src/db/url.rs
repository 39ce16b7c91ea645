//! Parser of database URLs in libpq's format, with several hosts.

use std::str::FromStr as _;

use sqlx::postgres::PgConnectOptions;

use crate::StoreError;

/// Accepted parameters besides `target_session_attrs`. sqlx would ignore unknown ones.
const PARAMETERS: &[&str] = &[
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
];

/// Which of several hosts is acceptable: PostgreSQL's `target_session_attrs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// `any`
    #[default]
    Any,
    /// `primary` or `read-write`
    Primary,
    /// `standby` or `read-only`
    Standby,
}

/// A host, with its name for messages, which never includes a password.
pub struct Host {
    /// `host:port`, or the folder of the Unix socket.
    pub name: String,
    /// Connection options.
    pub options: PgConnectOptions,
}

/// A parsed URL.
pub struct DatabaseUrl {
    /// Hosts in the order in which to try them; at least one.
    pub hosts: Vec<Host>,
    /// Which of them is acceptable.
    pub target: Target,
}

fn refused(what: &str) -> StoreError {
    // The message must not repeat the URL, which may contain a password.
    StoreError::Refused(format!(
        "the database URL {what}; it takes postgres://user:password@host:port/name"
    ))
}

/// Parses `postgres://user:password@host:port,host:port/name?parameters`.
///
/// # Errors
/// [`StoreError::Refused`] with what is wrong. The message does not repeat the URL.
pub fn parse(url: &str) -> Result<DatabaseUrl, StoreError> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(refused("has no scheme"));
    };
    if !matches!(scheme, "postgres" | "postgresql") {
        return Err(refused(&format!("is a {scheme}:// URL")));
    }
    let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (format!("{user}@"), hosts),
        None => (String::new(), authority),
    };
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let mut target = Target::default();
    let mut common = Vec::new();
    let mut named = Vec::new();
    let mut ports = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "target_session_attrs" => target = read_target(value)?,
            "host" | "hostaddr" => named = split(value),
            "port" => ports = split(value),
            name if PARAMETERS.contains(&name) => common.push(pair),
            name => {
                return Err(refused(&format!(
                    "has a parameter {name} that is not known"
                )));
            }
        }
    }
    let hosts = host_parameters(hosts, &named, &ports)?;
    let hosts = hosts
        .into_iter()
        .map(|(host, query)| {
            let query: Vec<&str> = common
                .iter()
                .copied()
                .chain(query.iter().map(String::as_str))
                .collect();
            read_host(&format!(
                "postgres://{user}{host}{path}?{}",
                query.join("&")
            ))
        })
        .collect::<Result<_, _>>()?;
    Ok(DatabaseUrl { hosts, target })
}

/// Connection options of the first host of a URL, for a connection outside every pool.
///
/// # Errors
/// As [`parse`].
pub fn first_host(url: &str) -> Result<PgConnectOptions, StoreError> {
    let mut hosts = parse(url)?.hosts.into_iter();
    let first = hosts.next().ok_or_else(|| refused("names no host"))?;
    Ok(first.options)
}

fn split(list: &str) -> Vec<String> {
    list.replace("%2C", ",")
        .replace("%2c", ",")
        .split(',')
        .map(ToOwned::to_owned)
        .collect()
}

/// Splits the hosts: for each one its authority in a URL of its own, and its parameters.
fn host_parameters(
    hosts: &str,
    named: &[String],
    ports: &[String],
) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    if named.is_empty() {
        if ports.len() > 1 {
            return Err(refused("has several ports without hosts"));
        }
        let port = ports.first().map(|port| format!("port={port}"));
        return Ok(hosts
            .split(',')
            .map(|host| (host.to_owned(), port.iter().cloned().collect()))
            .collect());
    }
    if ports.len() > 1 && ports.len() != named.len() {
        return Err(refused("has another number of ports than of hosts"));
    }
    Ok(named
        .iter()
        .enumerate()
        .map(|(at, host)| {
            let mut query = vec![format!("host={host}")];
            let port = ports.get(at).or_else(|| ports.first());
            query.extend(port.map(|port| format!("port={port}")));
            (String::new(), query)
        })
        .collect())
}

fn read_target(value: &str) -> Result<Target, StoreError> {
    match value {
        "any" => Ok(Target::Any),
        "primary" | "read-write" => Ok(Target::Primary),
        "standby" | "read-only" => Ok(Target::Standby),
        _ => Err(StoreError::Refused(format!(
            "the database URL's target_session_attrs is {value}; it takes any, primary, read-write, standby or read-only"
        ))),
    }
}

fn read_host(url: &str) -> Result<Host, StoreError> {
    let options = PgConnectOptions::from_str(url).map_err(|_| refused("cannot be read"))?;
    let name = match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    };
    Ok(Host {
        name,
        options: options.application_name("audit-console"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(url: &str) -> Vec<String> {
        let hosts = parse(url).unwrap().hosts;
        hosts.into_iter().map(|host| host.name).collect()
    }

    #[test]
    fn hosts_are_parsed_with_their_ports() {
        assert_eq!(names("postgres://u:p@a:1,b:2/db"), ["a:1", "b:2"]);
        assert_eq!(names("postgresql://u:p%2C%40@[::1]:1/db"), ["[::1]:1"]);
        let by_parameters = "postgres:///db?host=a,b&port=1,2&target_session_attrs=any";
        assert_eq!(names(by_parameters), ["a:1", "b:2"]);
        assert_eq!(names("postgres:///db?host=a,b&port=7"), ["a:7", "b:7"]);
        assert_eq!(names("postgres:///db?host=/run/pg&user=u"), ["/run/pg"]);
    }

    #[test]
    fn errors_name_the_cause_and_omit_the_password() {
        for (url, says) in [
            ("mysql://u:secret@h/db", "is a mysql:// URL"),
            ("host=h password=secret", "has no scheme"),
            ("postgres://u:secret@h/db?sslmod=off", "a parameter sslmod"),
            ("postgres://u:secret@h:x/db", "cannot be read"),
            ("postgres://u:secret@h/db?sslmode=maybe", "cannot be read"),
            (
                "postgres://u:secret@h/db?target_session_attrs=best",
                "is best; it takes any",
            ),
            (
                "postgres:///db?host=a,b,c&port=1,2",
                "another number of ports",
            ),
        ] {
            let error = parse(url).err().unwrap().to_string();
            assert!(error.contains(says), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
