//! `/login` and `/logout`.

use std::net::{IpAddr, SocketAddr};

use app::model::LoginPage;
use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use store::access::Subject;
use store::console::{Throttle, WINDOW_MINUTES};

use super::cookie;
use super::password::StoredHash;
use crate::failure::Failure;
use crate::frame::{Chosen, PageHtml};
use crate::query::only_one;
use crate::state::App;

/// Longest e-mail and password that are looked at, in bytes.
const LONGEST: usize = 1024;

/// The log-in form.
#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /login`
///
/// # Errors
/// When the query holds anything but `next`.
pub async fn form(
    State(app): State<App>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<PageHtml, Failure> {
    let next = only_one(uri.query(), "next")?.unwrap_or_default();
    let page = LoginPage {
        next: local_path(&next),
        ..LoginPage::default()
    };
    Ok(show(&app, &headers, &page))
}

fn show(app: &App, headers: &HeaderMap, page: &LoginPage) -> PageHtml {
    let frame = app.bare_frame(Chosen::of(headers), None, "/login".to_owned());
    PageHtml::new(&frame, app::pages::login(&frame, page))
}

/// `POST /login`
///
/// # Errors
/// When there were too many attempts, or a database is away.
pub async fn submit(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(credentials): Form<Credentials>,
) -> Result<Response, Failure> {
    let Credentials {
        email,
        password,
        next,
    } = credentials;
    let email = email.trim().to_owned();
    if email.len() > LONGEST || password.len() > LONGEST || email.contains('\0') {
        return Ok(refused(&app, &headers, String::new(), &next));
    }
    // An attempt that cannot be recorded is not made: it could neither be counted nor found again.
    app.console.may_record()?;
    let address = client_address(&app, &headers, peer.ip());
    let place = app
        .hasher
        .admit()
        .map_err(|busy| Failure::TooMany(busy.to_string()))?;
    if app.console.login_throttle(&email, &address).await? == Throttle::Wait {
        return Err(Failure::TooMany(format!(
            "Too many attempts to log in failed. Wait {WINDOW_MINUTES} minutes and try again."
        )));
    }
    let (subject, stored) = find_account(&app, &email).await?;
    let matches = app
        .hasher
        .verify(place, password, stored)
        .await
        .map_err(|busy| Failure::TooMany(busy.to_string()))?;
    let subject = subject.filter(|_| matches);
    app.console
        .record_login_attempt(&email, &address, subject.is_some())
        .await?;
    let Some(subject) = subject else {
        return Ok(refused(&app, &headers, email, &next));
    };
    let (value, token) = cookie::new_token();
    app.console.create_session(token, subject).await?;
    if let Some(old) = cookie::session(&headers, app.settings.https()) {
        app.console.delete_session(old).await?;
    }
    let set = cookie::begin_session(&value, app.settings.https());
    Ok((
        [(header::SET_COOKIE, set)],
        Redirect::to(&local_path(&next)),
    )
        .into_response())
}

fn refused(app: &App, headers: &HeaderMap, email: String, next: &str) -> Response {
    let page = LoginPage {
        message: Some("The e-mail or the password is wrong.".to_owned()),
        email,
        next: local_path(next),
    };
    (StatusCode::UNAUTHORIZED, show(app, headers, &page)).into_response()
}

/// The account behind an e-mail, and the hash to check. A console account comes before an engine
/// account of the same e-mail: customers can choose theirs.
async fn find_account(app: &App, email: &str) -> Result<(Option<Subject>, StoredHash), Failure> {
    if let Some(account) = app.console.find_account_by_email(email).await? {
        return Ok((
            Some(Subject::Console(account.id)),
            StoredHash::Argon2(account.password_hash),
        ));
    }
    Ok(match app.engine.find_account_by_email(email).await? {
        Some(account) => (
            Some(Subject::Engine(account.id)),
            StoredHash::Bcrypt(account.hashed_password),
        ),
        None => (None, StoredHash::Nobody),
    })
}

/// The person's address: the connection's, or what a trusted proxy put last into the configured header.
fn client_address(app: &App, headers: &HeaderMap, peer: IpAddr) -> String {
    app.settings
        .client_address_header
        .as_deref()
        .and_then(|name| headers.get_all(name).iter().next_back())
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|last| last.trim().parse::<IpAddr>().ok())
        .unwrap_or(peer)
        .to_string()
}

/// `next` where it is a path of this console, else `/`: nobody is to be sent elsewhere by a link.
#[must_use]
pub fn local_path(next: &str) -> String {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && next
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if local {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

/// `POST /logout`
///
/// # Errors
/// When the database is away.
pub async fn logout(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    let https = app.settings.https();
    if let Some(token) = cookie::session(&headers, https) {
        app.console.delete_session(token).await?;
    }
    let set = cookie::end_session(https);
    Ok(([(header::SET_COOKIE, set)], Redirect::to("/login")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_console_are_followed() {
        assert_eq!(local_path("/trades?asset=BTC"), "/trades?asset=BTC");
        for elsewhere in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "trades",
            "/a\r\nSet-Cookie: x",
            "javascript:alert(1)",
            "/a\u{1}b",
            "/a b",
        ] {
            assert_eq!(local_path(elsewhere), "/", "{elsewhere}");
        }
    }
}
