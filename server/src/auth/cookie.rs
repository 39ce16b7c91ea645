//! The session cookie and the cookies of preferences.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::catalogue::View;
use sha2::{Digest as _, Sha256};
use store::console::SessionToken;

/// Over HTTPS: a browser accepts a `__Host-` cookie only from this host, Secure, and for every path.
const SECURE_NAME: &str = "__Host-audit_session";
/// Over HTTP, where `__Host-` is not accepted.
const PLAIN_NAME: &str = "audit_session";
/// Preferences last a year.
const YEAR: u32 = 31_536_000;

const fn session_name(https: bool) -> &'static str {
    if https { SECURE_NAME } else { PLAIN_NAME }
}

/// A new random token: the value of the cookie, and its hash, which is stored.
#[must_use]
pub fn new_token() -> (String, SessionToken) {
    let random: [u8; 32] = rand::random();
    let value = URL_SAFE_NO_PAD.encode(random);
    let token = token_of(&value);
    (value, token)
}

/// The hash of a session cookie's value, which is stored.
#[must_use]
pub fn token_of(value: &str) -> SessionToken {
    SessionToken(Sha256::digest(value.as_bytes()).into())
}

/// The value of the cookie `name`, where the request has it.
#[must_use]
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        // Cookies of other programs in the same header may hold any byte.
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| std::str::from_utf8(pair).ok()?.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The value of the session cookie, where the request has one.
#[must_use]
pub fn session_value(headers: &HeaderMap, https: bool) -> Option<&str> {
    find(headers, session_name(https))
}

/// The session that the request names.
#[must_use]
pub fn session(headers: &HeaderMap, https: bool) -> Option<SessionToken> {
    session_value(headers, https).map(token_of)
}

fn attributes(https: bool) -> &'static str {
    if https {
        "; Path=/; HttpOnly; SameSite=Lax; Secure"
    } else {
        "; Path=/; HttpOnly; SameSite=Lax"
    }
}

fn header_value(text: &str) -> HeaderValue {
    // Names, tokens and attributes are ASCII; anything else makes an empty header.
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// `Set-Cookie` of a new session. The cookie has no expiry; the session expires on the server.
#[must_use]
pub fn begin_session(value: &str, https: bool) -> HeaderValue {
    header_value(&format!(
        "{}={value}{}",
        session_name(https),
        attributes(https)
    ))
}

/// `Set-Cookie` that removes the session cookie.
#[must_use]
pub fn end_session(https: bool) -> HeaderValue {
    header_value(&format!(
        "{}=; Max-Age=0{}",
        session_name(https),
        attributes(https)
    ))
}

/// `Set-Cookie` of a preference. Scripts may read and write it.
#[must_use]
pub fn preference(name: &str, value: &str) -> HeaderValue {
    header_value(&format!(
        "{name}={value}; Path=/; Max-Age={YEAR}; SameSite=Lax"
    ))
}

/// The name of the cookie that holds the columns of a list.
#[must_use]
pub fn columns_name(view: View) -> String {
    format!("cols_{view}")
}

/// `Set-Cookie` that removes a preference.
#[must_use]
pub fn no_preference(name: &str) -> HeaderValue {
    header_value(&format!("{name}=; Path=/; Max-Age=0; SameSite=Lax"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_https_the_cookie_belongs_to_this_host_alone() {
        let cookie = begin_session("token", true);
        assert_eq!(
            cookie,
            "__Host-audit_session=token; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(
            !begin_session("token", false)
                .to_str()
                .unwrap()
                .contains("Secure")
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; theme=dark"));
        let foreign = HeaderValue::from_bytes(b"other=\xe9; audit_session=x").unwrap();
        headers.append(header::COOKIE, foreign);
        assert_eq!(find(&headers, "theme"), Some("dark"));
        assert!(session(&headers, false) == Some(token_of("x")));
        assert!(session(&headers, true).is_none());
    }

    #[test]
    fn tokens_do_not_repeat() {
        assert_ne!(new_token().0, new_token().0);
    }
}
