//! `/login` and `/logout`.

use std::net::{IpAddr, SocketAddr};

use app::model::LoginPage;
use axum::Form;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use store::access::Subject;
use store::console::{Origin, WINDOW_MINUTES};

use super::cookie;
use super::gate::{Turn, address_block};
use super::password::StoredHash;
use crate::drafts::{self, Draft};
use crate::error::{AppError, ErrorResponse};
use crate::page_context::{PageHtml, Preferences};
use crate::query::only_one;
use crate::state::App;

/// Longest e-mail and password, in bytes; longer ones are wrong without a check.
const LONGEST: usize = 1024;

/// The log-in form.
#[derive(Deserialize)]
pub struct Credentials {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
    /// The sealed draft of another form.
    #[serde(default)]
    draft: String,
}

/// `GET /login`
///
/// # Errors
/// When the query holds anything but `next`.
pub async fn form(
    State(app): State<App>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<PageHtml, AppError> {
    let next = only_one(uri.query(), "next")?.unwrap_or_default();
    let page = LoginPage {
        next: local_path(&next),
        ..LoginPage::default()
    };
    Ok(show(&app, &headers, &page))
}

/// The log-in page.
pub(crate) fn show(app: &App, headers: &HeaderMap, page: &LoginPage) -> PageHtml {
    let ctx = app.bare_context(Preferences::of(headers), None, "/login".to_owned());
    PageHtml::new(&ctx, app::pages::login(&ctx, page))
}

/// The result of an attempt.
enum Outcome {
    /// The password of this account was right.
    LoggedIn(Subject),
    /// There is no such account, or the password is wrong.
    Wrong,
    /// Too many attempts failed before.
    Wait,
}

/// `POST /login`. After every failure the form is sent again, with the draft that it came with.
pub async fn submit(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(credentials): Form<Credentials>,
) -> Response {
    let Credentials {
        email,
        password,
        next,
        draft,
    } = credentials;
    let email = email.trim().to_owned();
    let next = local_path(&next);
    let opened = drafts::open(&app, &draft).await;
    let again = |email: String, told: &ErrorResponse| {
        let page = LoginPage {
            message: Some(told.message.clone()),
            notice: opened.as_ref().map(|opened| opened.form.ended().to_owned()),
            email,
            next: next.clone(),
            // Also a draft that cannot be opened now because the database is unavailable.
            draft: (!draft.is_empty()).then(|| draft.clone()),
        };
        let mut response = (told.status, show(&app, &headers, &page)).into_response();
        if let Some(seconds) = told.retry_after {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    };
    if email.len() > LONGEST || password.len() > LONGEST || email.contains('\0') {
        return again(String::new(), &wrong());
    }
    // Every attempt is recorded: without a record it could not be counted.
    if let Err(error) = app.console.may_record() {
        return again(email, &ErrorResponse::of(&AppError::Store(error)));
    }
    let address = client_address(&app, &headers, peer.ip());
    let block = address_block(address);
    let turn = match app.gate.enter(&app.console, &email, &block).await {
        Ok(turn) => turn,
        Err(busy) => {
            return again(
                email,
                &ErrorResponse::of(&AppError::TooMany(busy.to_string())),
            );
        }
    };
    let attempt = attempt(app.clone(), turn, email.clone(), password, address, block);
    // A task of its own: the attempt is recorded also when the client disconnects.
    let Ok(outcome) = tokio::spawn(attempt).await else {
        return again(
            email,
            &ErrorResponse::of_status(StatusCode::INTERNAL_SERVER_ERROR),
        );
    };
    let begun = match outcome {
        Ok(Outcome::LoggedIn(subject)) => {
            begin(&app, &headers, subject, &next, opened.as_ref()).await
        }
        Ok(Outcome::Wrong) => return again(email, &wrong()),
        Ok(Outcome::Wait) => {
            app.gate.hold().await;
            Err(AppError::TooMany(format!(
                "Too many attempts to log in failed. Wait {WINDOW_MINUTES} minutes and try again."
            )))
        }
        Err(failure) => Err(failure),
    };
    begun.unwrap_or_else(|failure| again(email, &failure.to_error_response()))
}

/// Checks a password, and records the attempt.
async fn attempt(
    app: App,
    turn: Turn,
    email: String,
    password: String,
    address: IpAddr,
    block: String,
) -> Result<Outcome, AppError> {
    let address = address.to_string();
    let origin = Origin {
        email: &email,
        address: &address,
        block: &block,
        is_known: turn.is_known,
    };
    let Some(under_way) = app.console.begin_login(&origin).await? else {
        return Ok(Outcome::Wait);
    };
    let (subject, stored) = find_account(&app, &email).await?;
    let matches = turn.hasher.verify(password, stored).await;
    let subject = subject.filter(|_| matches);
    let ended = app.console.end_login(under_way, &origin, subject.is_some());
    ended.await?;
    Ok(match subject {
        Some(subject) => {
            app.gate.remember(&email, &block);
            Outcome::LoggedIn(subject)
        }
        None => Outcome::Wrong,
    })
}

/// Begins the session, and redirects to `next`, or to the form of the draft where it is this account's.
async fn begin(
    app: &App,
    headers: &HeaderMap,
    subject: Subject,
    next: &str,
    draft: Option<&Draft>,
) -> Result<Response, AppError> {
    let https = app.settings.https();
    let (value, token) = cookie::new_token();
    app.console.create_session(token, subject).await?;
    let to = match draft.filter(|draft| draft.owner == subject) {
        Some(draft) => {
            draft.store(app, &value).await?;
            draft.form.link()
        }
        None => next.to_owned(),
    };
    if let Some(old) = cookie::session(headers, https) {
        app.console.delete_session(old).await?;
    }
    let set = cookie::begin_session(&value, https);
    Ok(([(header::SET_COOKIE, set)], Redirect::to(&to)).into_response())
}

/// The response to wrong credentials.
fn wrong() -> ErrorResponse {
    ErrorResponse::new(
        StatusCode::UNAUTHORIZED,
        "wrong_credentials",
        "Log in",
        "The e-mail or the password is wrong.".to_owned(),
    )
}

/// The account of an e-mail, and the hash to check. A console account takes precedence over an engine account of the same
/// e-mail, which a customer can choose freely.
async fn find_account(app: &App, email: &str) -> Result<(Option<Subject>, StoredHash), AppError> {
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

/// The client's address: the connection's, or the last one in the configured header of a trusted proxy.
fn client_address(app: &App, headers: &HeaderMap, peer: IpAddr) -> IpAddr {
    app.settings
        .client_address_header
        .as_deref()
        .and_then(|name| headers.get_all(name).iter().next_back())
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.rsplit(',').next())
        .and_then(|last| last.trim().parse::<IpAddr>().ok())
        .unwrap_or(peer)
}

/// `next` where it is a path of this console, else `/`: no open redirects.
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
/// When the database is unavailable.
pub async fn logout(State(app): State<App>, headers: HeaderMap) -> Result<Response, AppError> {
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
