//! The router: every route and layer.

use std::path::Path;

use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use store::views::{Source, all, source};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::services::ServeDir;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;

use crate::auth::login;
use crate::error::ErrorResponse;
use crate::pages::{
    details, episode, finding, findings, kill_switch, lists, overview, review, traces, views,
};
use crate::state::App;
use crate::{
    api, assets, drafts, exports, health, hosts, layers, openapi, preferences, server_functions,
};

/// The console.
pub fn router(app: App) -> Router {
    let pages = Router::new()
        .route("/", get(overview::overview))
        .route("/trades/{id}", get(details::trade))
        .route("/signals/{id}", get(details::signal))
        .route("/events/{id}", get(details::event))
        .route("/traces/{id}", get(traces::trace))
        .route("/kill-switch/{id}", get(episode::episode))
        .route(
            "/kill-switch/{id}/review",
            get(review::form).post(review::submit),
        )
        .merge(list_pages())
        .route("/findings/rules/{rule}", get(findings::rule))
        .route("/findings/{id}", get(finding::finding))
        .route(
            "/findings/{id}/notes",
            get(finding::notes).post(finding::submit),
        )
        .route("/views", get(views::list).post(views::save))
        .route("/views/{id}", get(views::open))
        .route(
            "/views/{id}/rename",
            get(views::renamed).post(views::rename),
        )
        .route("/views/{id}/delete", post(views::delete))
        .layer(from_fn_with_state(app.clone(), drafts::keep_draft))
        .route(
            "/preferences",
            get(preferences::form).post(preferences::submit),
        )
        .route("/logout", post(login::logout))
        .layer(RequestBodyLimitLayer::new(layers::FORM_LIMIT))
        // Its form may hold another one, sealed, and so has a larger limit.
        .route("/login", get(login::form).post(login::submit));
    let files = files(app.settings.site_root.as_deref());
    let health = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready));
    // Brotli makes 18 kB of a list page of 171 kB, gzip 22 kB.
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(5));
    let compression = compression.compress_when(
        SizeAbove::new(1024)
            // Exports are streams, and compression would hold them back.
            .and(NotForContentType::const_new("text/csv"))
            .and(NotForContentType::const_new("application/jsonl"))
            .and(NotForContentType::const_new("application/wasm")),
    );
    pages
        .merge(api())
        .merge(server_functions::routes())
        .merge(health)
        .merge(files)
        .fallback(nothing_here)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            layers::HANDLER_TIMEOUT,
        ))
        // They wait in the queue of exports, with time limits of their own.
        .merge(downloads())
        .layer(
            ServiceBuilder::new()
                .map_request(layers::checked_request_id)
                .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
                .layer(TraceLayer::new_for_http().make_span_with(layers::span))
                .layer(PropagateRequestIdLayer::x_request_id())
                .layer(from_fn_with_state(app.clone(), layers::security_headers))
                .layer(compression)
                .layer(from_fn_with_state(app.clone(), layers::render_errors))
                .layer(CatchPanicLayer::custom(panicked))
                .layer(CsrfLayer::new())
                .layer(from_fn_with_state(app.clone(), hosts::check))
                .layer(RequestBodyLimitLayer::new(layers::BODY_LIMIT))
                .layer(RequestBodyTimeoutLayer::new(layers::BODY_TIMEOUT)),
        )
        .with_state(app)
}

/// The style sheet, and the islands in the folder `pkg` of `site_root`.
fn files(site_root: Option<&Path>) -> Router<App> {
    let packages = ServeDir::new(assets::site_root(site_root).join("pkg")).precompressed_br();
    let packages = Router::new()
        .fallback_service(packages)
        .layer(map_response(cache_for_ever))
        .layer(from_fn(only_files));
    Router::new()
        .route("/style.css", get(assets::style))
        .nest("/pkg", packages)
}

/// The page of each view.
fn list_pages() -> Router<App> {
    all().into_iter().fold(Router::new(), |router, view| {
        let page = match source(view) {
            Source::Engine(_) => get(lists::list),
            Source::Findings => get(findings::list),
            Source::Episodes => get(kill_switch::list),
        };
        router.route(&view.path(), page.layer(Extension(view)))
    })
}

/// The exports of each view.
fn list_exports() -> Router<App> {
    all().into_iter().fold(Router::new(), |router, view| {
        let exports = Router::new()
            .route(&format!("/{view}.csv"), get(exports::csv))
            .route(&format!("/{view}.jsonl"), get(exports::json_lines));
        router.merge(exports.layer(Extension(view)))
    })
}

/// The API of each view.
fn list_api() -> Router<App> {
    all().into_iter().fold(Router::new(), |router, view| {
        let mut api = Router::new().route(&format!("/api/v1/{view}"), get(api::lists::list));
        if !view.kinds.is_empty() {
            let survey = format!("/api/v1/{view}/survey");
            api = api.route(&survey, get(api::survey::survey));
        }
        router.merge(api.layer(Extension(view)))
    })
}

/// Exports.
fn downloads() -> Router<App> {
    Router::new()
        .merge(list_exports())
        .route("/kill-switch/{id}/timeline.csv", get(exports::timeline_csv))
        .route(
            "/kill-switch/{id}/timeline.jsonl",
            get(exports::timeline_json_lines),
        )
        .route("/kill-switch/{id}/leaks.csv", get(exports::leaks_csv))
        .route(
            "/kill-switch/{id}/leaks.jsonl",
            get(exports::leaks_json_lines),
        )
}

/// The API, and the actions on exports.
fn api() -> Router<App> {
    Router::new()
        .merge(list_api())
        .route("/api/v1/kill-switch/{id}", get(api::episode::dossier))
        .route("/api/v1/live", get(api::live::live))
        .route("/api/v1/exports/{key}", get(exports::status::progress))
        .route("/exports/{key}/cancel", post(exports::status::cancel))
        .route("/exports/{key}/dismiss", post(exports::status::dismiss))
        .route("/api/openapi.json", get(openapi::document))
}

async fn nothing_here(method: Method) -> Response {
    let status = if method.is_safe() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::METHOD_NOT_ALLOWED
    };
    ErrorResponse::of_status(status).into_response()
}

/// 404 for every path that is no plain file name: folders, hidden files, `..`, encoded characters.
async fn only_files(request: Request, next: Next) -> Response {
    let is_file = |name: &str| {
        let letters = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        !name.is_empty() && !name.starts_with('.') && name.as_bytes().iter().all(letters)
    };
    let mut names = request.uri().path().split('/').skip(1).peekable();
    if names.peek().is_some() && names.all(is_file) {
        next.run(request).await
    } else {
        ErrorResponse::of_status(StatusCode::NOT_FOUND).into_response()
    }
}

/// Lets files be cached for ever. Whatever the reason, a file that cannot be read (a name that is too long, a folder's) is
/// a 404.
async fn cache_for_ever(mut response: Response) -> Response {
    let status = response.status();
    if status.is_server_error() || status == StatusCode::TEMPORARY_REDIRECT {
        return ErrorResponse::of_status(StatusCode::NOT_FOUND).into_response();
    }
    if response.status().is_success() {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, assets::cache_rule());
    }
    response
}

/// 500. The panic's own message is on standard error.
fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    ErrorResponse::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
