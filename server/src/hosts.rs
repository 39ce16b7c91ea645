//! The host names that the console answers to. Requests that name another host are refused: by DNS rebinding a foreign
//! site can make its own name resolve to the console's address, and then has the console's origin in the browser.

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::error::ErrorResponse;
use crate::state::App;

/// The host names that the console answers to.
#[derive(Clone, Debug)]
pub enum Hosts {
    /// The host and port of `PUBLIC_URL`, in lower case, the port left out where the scheme has it anyway.
    Public {
        /// `audit.example.com`, or with its port.
        authority: String,
        /// `:443` or `:80`: the port that may be left out.
        usual_port: &'static str,
    },
    /// Without `PUBLIC_URL`: `localhost` and IP addresses, which no foreign site can have as its name.
    Addresses,
}

impl Hosts {
    /// The names of a console at `public_url`; `None` when that is no URL with a host.
    #[must_use]
    pub fn of(public_url: Option<&str>) -> Option<Self> {
        let Some(url) = public_url else {
            return Some(Self::Addresses);
        };
        let url: Uri = url.parse().ok()?;
        let authority = url.authority().filter(|it| !it.as_str().contains('@'))?;
        let usual_port = match url.scheme_str()? {
            "https" => ":443",
            _ => ":80",
        };
        Some(Self::Public {
            authority: without_port(authority.as_str(), usual_port),
            usual_port,
        })
    }

    /// Whether this authority is one of the names.
    fn has(&self, authority: &str) -> bool {
        match self {
            Self::Public {
                authority: own,
                usual_port,
            } => without_port(authority, usual_port) == *own,
            Self::Addresses => is_address(authority),
        }
    }

    /// Whether a request is for one of the names. A request without a host, as in HTTP/1.0, comes from no browser and is
    /// accepted.
    fn take(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        // `:authority` of HTTP/2, and the target of a request to a proxy, are both in the URI.
        let target = uri.authority().map(|it| Some(it.as_str()));
        let named = headers.get_all(header::HOST).iter();
        let named = named.map(|value| value.to_str().ok());
        target
            .into_iter()
            .chain(named)
            .all(|authority| authority.is_some_and(|authority| self.has(authority)))
    }
}

/// An authority in lower case, without its scheme's default port.
fn without_port(authority: &str, usual_port: &str) -> String {
    let authority = authority.to_ascii_lowercase();
    match authority.strip_suffix(usual_port) {
        Some(host) => host.to_owned(),
        None => authority,
    }
}

fn is_address(authority: &str) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else {
        return false;
    };
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host();
    let v6 = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::Ipv4Addr>().is_ok()
        || v6.is_some_and(|v6| v6.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Refuses requests that name another host. `/healthz` and `/readyz` answer to every name, for load balancers.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_health = matches!(request.uri().path(), "/healthz" | "/readyz");
    if is_health || app.hosts.take(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    let message = match &app.settings.public_url {
        Some(url) if !url.is_empty() => format!("This console is at {url}, and answers to no other name."),
        _ => "This console answers to localhost and to its address. Whoever runs it sets PUBLIC_URL to the \
              address that people use."
            .to_owned(),
    };
    let (status, code) = (StatusCode::MISDIRECTED_REQUEST, "wrong_host");
    ErrorResponse::new(status, code, "Not this console’s name", message).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(public_url: Option<&str>, hosts: &[&str], is_taken: bool) {
        let names = Hosts::of(public_url).unwrap();
        for host in hosts {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            assert_eq!(
                names.take(&Uri::from_static("/"), &headers),
                is_taken,
                "{host}"
            );
        }
    }

    #[test]
    fn with_a_public_url_its_host_alone_is_the_consoles() {
        let url = Some("https://Audit.example/");
        takes(url, &["audit.example", "AUDIT.example:443"], true);
        let others = [
            "evil.example",
            "audit.example:8443",
            "audit.example.evil.example",
            "127.0.0.1:8040",
            "user@audit.example",
            "",
        ];
        takes(url, &others, false);
        let with_port = Some("http://10.0.0.5:8040");
        takes(with_port, &["10.0.0.5:8040"], true);
        takes(with_port, &["10.0.0.5", "10.0.0.5:80"], false);
    }

    #[test]
    fn without_one_no_name_but_localhost_is() {
        let own = [
            "localhost",
            "LocalHost:8040",
            "127.0.0.1:8040",
            "127.0.0.9",
            "[::1]:8040",
            "[::1]",
            "192.0.2.7:80",
        ];
        takes(None, &own, true);
        let others = [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:8040",
            "x@127.0.0.1",
            "[evil]",
            "",
        ];
        takes(None, &others, false);
    }

    #[test]
    fn every_name_that_a_request_has_counts() {
        let names = Hosts::of(None).unwrap();
        let target = Uri::from_static("http://evil.example/");
        let mut headers = HeaderMap::new();
        assert!(names.take(&Uri::from_static("/"), &headers));
        assert!(!names.take(&target, &headers));
        headers.append(header::HOST, "localhost".parse().unwrap());
        assert!(!names.take(&target, &headers));
        assert!(names.take(&Uri::from_static("/"), &headers));
        headers.append(header::HOST, "evil.example".parse().unwrap());
        assert!(!names.take(&Uri::from_static("/"), &headers));
    }

    #[test]
    fn what_is_no_url_has_no_host() {
        for broken in ["https://", "http:///x", "https://a b", "https://u:p@host"] {
            assert!(Hosts::of(Some(broken)).is_none(), "{broken}");
        }
    }
}
