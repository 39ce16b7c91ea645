//! The layers around every route: request ids, the log, security headers, limits, and the rendering of errors.

use std::borrow::Cow;
use std::time::Duration;

use app::model::{ErrorPage, RejectedFilter};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::query::{ParamError, Params};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower_http::request_id::RequestId;

use crate::auth::Visitor;
use crate::error::{ENGINE_CHANGED, ErrorResponse};
use crate::page_context::{PageHtml, Preferences};
use crate::state::App;

/// Time limit of a handler until its response's headers; longer than any page's query may take. For an export it begins
/// when the export may run.
pub const HANDLER_TIMEOUT: Duration = Duration::from_secs(10);
/// Time limit between two pieces of a request's body.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(5);
/// Largest body of a form, in bytes.
/// A review of five thousand characters, each four bytes and three letters a byte, fits.
pub const FORM_LIMIT: usize = 96 * 1024;
/// Largest body of any request, in bytes: a log-in with such a form, sealed and in base64.
pub const BODY_LIMIT: usize = FORM_LIMIT / 3 * 4 + 16 * 1024;
/// Most characters of an `x-request-id` that is taken from a request.
const LONGEST_ID: usize = 64;
/// Most characters of a request's method and path in the log.
const LONGEST_LOGGED: usize = 200;
/// A whole year, in seconds.
const HSTS: &str = "max-age=31536000; includeSubDomains";

/// Whether an error is sent as a page: never at addresses of data (`/api/`, exports); at `/exports/`, where programs post,
/// only if the client accepts HTML; elsewhere unless it accepts JSON and no HTML.
#[must_use]
pub fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    let is_data = path.starts_with("/api/")
        || file
            .rsplit_once('.')
            .is_some_and(|(_, end)| matches!(end, "csv" | "jsonl"));
    let takes = |kind: &str| {
        let accepted = headers.get_all(header::ACCEPT).iter();
        accepted
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.to_ascii_lowercase().contains(kind))
    };
    if is_data {
        false
    } else if path.starts_with("/exports/") {
        takes("text/html")
    } else {
        takes("text/html") || !takes("application/json")
    }
}

/// Removes an `x-request-id` that is too long or has unusual characters: it would be in every line of the log and in the
/// response. The next layer then makes a new one.
#[must_use]
pub fn checked_request_id<B>(mut request: axum::http::Request<B>) -> axum::http::Request<B> {
    const NAME: HeaderName = HeaderName::from_static("x-request-id");
    let mut ids = request.headers().get_all(NAME).iter();
    let is_id = |id: &HeaderValue| {
        let letters = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        (1..=LONGEST_ID).contains(&id.len()) && id.as_bytes().iter().all(letters)
    };
    let is_good = ids.next().is_none_or(is_id) && ids.next().is_none();
    if !is_good {
        request.headers_mut().remove(NAME);
    }
    request
}

/// The span of a request: its id, method and path, shortened. The query string and the headers are not logged: they may
/// hold search terms and cookies.
pub fn span(request: &Request) -> tracing::Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|id| id.header_value().to_str().ok());
    tracing::info_span!(
        "request",
        id = id.unwrap_or_default(),
        method = %logged(request.method().as_str()),
        path = %logged(request.uri().path())
    )
}

/// A text of a request, shortened for the log.
fn logged(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_LOGGED) {
        None => text.into(),
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()).into(),
    }
}

/// Tells failures: a page to a browser, JSON to a program; never internal text. It also gives words to
/// the bare statuses of other layers.
pub async fn render_errors(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let here = request
        .uri()
        .path_and_query()
        .map_or_else(|| "/".to_owned(), ToString::to_string);
    let headers = request.headers().clone();
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok())
        .map(ToOwned::to_owned);
    let safe = request.method().is_safe();
    let mut response = next.run(request).await;
    let status = response.status();
    let told = match response.extensions_mut().remove::<ErrorResponse>() {
        Some(told) if told.code == ENGINE_CHANGED => name_missing_columns(&app, told, &path).await,
        Some(told) => told,
        None if status.as_u16() >= 400 && !has_own_body(&response) => {
            ErrorResponse::of_status(status)
        }
        None => return response,
    };
    let mut answer = if !wants_page(&path, &headers) {
        as_json(&told)
    } else if told.status == StatusCode::UNAUTHORIZED {
        let next = utf8_percent_encode(if safe { &here } else { "/" }, NON_ALPHANUMERIC);
        Redirect::to(&format!("/login?next={next}")).into_response()
    } else {
        as_page(&app, &headers, &told, here, request_id).await
    };
    if let Some(seconds) = told.retry_after {
        let seconds = HeaderValue::from(seconds);
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    // Retry-After and Allow of the original response are kept.
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// Adds the tables and columns that the page at `path` misses to the message.
async fn name_missing_columns(app: &App, mut told: ErrorResponse, path: &str) -> ErrorResponse {
    match app.look_at_schema().await {
        Ok(report) => {
            for difference in report.of_page(path) {
                told.message.push_str(" It is without ");
                told.message.push_str(&difference.message);
                told.message.push('.');
            }
        }
        Err(error) => tracing::warn!(%error, "the engine's tables could not be checked"),
    }
    told
}

/// Whether a handler has written the body of an error: other layers write plain text or nothing.
fn has_own_body(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html") || kind.starts_with("application/json"))
}

fn as_json(told: &ErrorResponse) -> Response {
    (told.status, Json(told.as_api_error())).into_response()
}

/// The page has the navigation, and the counts in it, as far as they can be read soon.
async fn as_page(
    app: &App,
    headers: &HeaderMap,
    told: &ErrorResponse,
    here: String,
    request_id: Option<String>,
) -> Response {
    let visitor = match &told.visitor {
        Some(visitor) => Some(visitor.as_ref().clone()),
        // After an error of the server no database is asked.
        None if told.status.is_client_error() => {
            Visitor::around_error(headers, here.clone(), app).await
        }
        None => None,
    };
    let ctx = match &visitor {
        Some(visitor) => app.error_context(visitor).await,
        None => app.bare_context(Preferences::of(headers), None, here.clone()),
    };
    if told.code == "no_role" {
        let html = app::pages::forbidden(&ctx);
        return (told.status, PageHtml::new(&ctx, html)).into_response();
    }
    let filter = match (&told.rest, visitor.as_ref().and_then(Visitor::auditor)) {
        (Some((view, query)), Some(auditor)) => Some(RejectedFilter {
            view: *view,
            query: query.clone(),
            filter_options: app.filter_options_soon(&auditor, *view).await,
        }),
        _ => None,
    };
    let page = ErrorPage {
        status: told.status.as_u16(),
        title: told.title.clone(),
        message: told.message.clone(),
        corrected: told.faults.as_ref().map(|faults| match &told.rest {
            Some((view, query)) => query.link(*view),
            None => corrected(&here, faults),
        }),
        faults: told.faults.clone(),
        filter,
        request_id,
        way_out: way_out(&ctx.here, told),
    };
    let html = app::pages::error(&ctx, &page);
    (told.status, PageHtml::new(&ctx, html)).into_response()
}

/// The address without the invalid parameters.
fn corrected(here: &str, faults: &ParamError) -> String {
    let (path, raw) = here.split_once('?').unwrap_or((here, ""));
    let at_fault: Vec<&str> = faults.params().collect();
    if at_fault.contains(&"query") {
        return path.to_owned();
    }
    Params::read(raw).into_pairs().without(&at_fault).link(path)
}

/// The link on an error page: its label and address. It leads to the list that the path belongs to, else to the overview.
fn way_out(here: &str, told: &ErrorResponse) -> (String, String) {
    let path = here.split('?').next().unwrap_or_default();
    let first = path.split('/').nth(1).unwrap_or_default();
    let list = match first {
        "trades" => Some("All trade decisions"),
        "signals" => Some("All signals"),
        "events" => Some("All events"),
        "kill-switch" => Some("All kill-switch episodes"),
        "findings" => Some("All findings"),
        "views" => Some("Your saved views"),
        _ => None,
    };
    match list {
        Some(label) if told.status.is_client_error() => (label.to_owned(), format!("/{first}")),
        _ if told.status == StatusCode::TOO_MANY_REQUESTS => {
            ("Back to log-in".to_owned(), "/login".to_owned())
        }
        _ if told.status == StatusCode::SERVICE_UNAVAILABLE => {
            ("Try again".to_owned(), here.to_owned())
        }
        _ => ("Overview".to_owned(), "/".to_owned()),
    }
}

/// Adds the security headers that the handler has not set.
pub async fn security_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert_with(|| HeaderValue::from_static(value));
    };
    default(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    );
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::X_FRAME_OPTIONS, "DENY");
    default(header::REFERRER_POLICY, "same-origin");
    default(header::CACHE_CONTROL, "no-store");
    default(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    if app.settings.https() {
        default(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_takes_a_bounded_part_of_a_request() {
        assert_eq!(logged("/trades"), "/trades");
        let long = "ä".repeat(30_000);
        let told = logged(&long);
        assert!(told.len() < 450, "{}", told.len());
        assert!(told.ends_with("… (60000 bytes)"), "{told}");
    }

    #[test]
    fn only_a_short_plain_id_is_taken_from_a_request() {
        for (id, is_taken) in [
            ("6f1c-07.A_b", true),
            ("", false),
            ("a b", false),
            ("{\"x\":1}", false),
            (&"x".repeat(64), true),
            (&"x".repeat(65), false),
        ] {
            let request = Request::get("/").header("x-request-id", id);
            let request = request.body(()).unwrap();
            let checked = checked_request_id(request);
            let headers = checked.headers();
            assert_eq!(headers.contains_key("x-request-id"), is_taken, "{id}");
        }
    }

    #[test]
    fn errors_are_told_in_the_way_that_the_caller_takes() {
        let takes = |path: &str, accept: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(accept) = accept {
                headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            }
            wants_page(path, &headers)
        };
        let browser = Some("text/html,application/xhtml+xml,*/*;q=0.8");
        let program = Some("application/json");
        for (path, [as_browser, as_program, as_anybody]) in [
            ("/trades", [true, false, true]),
            ("/kill-switch/x/review", [true, false, true]),
            ("/exports/x/cancel", [true, false, false]),
            ("/api/v1/trades", [false; 3]),
            ("/trades.csv", [false; 3]),
        ] {
            assert_eq!(takes(path, browser), as_browser, "{path}");
            assert_eq!(takes(path, program), as_program, "{path}");
            for accept in [None, Some("*/*")] {
                assert_eq!(takes(path, accept), as_anybody, "{path}");
            }
        }
    }
}
