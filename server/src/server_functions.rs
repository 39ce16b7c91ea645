//! `/api/fn/…`: the server functions of [`app::api`], behind the extractors and layers of every other route.
//!
//! Whoever asks is logged in and has a role before a function runs. Functions that only read do not keep a session alive:
//! pages call them by themselves. A failure is told as that of any other route.

use std::sync::{Arc, Mutex, PoisonError};

use app::api::{Backend, CallError, Calls};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use domain::wire::{ExportStatus, LiveStatus};
use futures::FutureExt as _;
use futures::future::{BoxFuture, ready};
use leptos::prelude::provide_context;
use leptos::server_fn::axum::server_fn_paths;
use leptos::server_fn::error::FromServerFnError as _;
use leptos_axum::handle_server_fns_with_context;
use store::access::Subject;

use crate::auth::{PassiveReader, Reader};
use crate::error::{AppError, ErrorResponse};
use crate::state::App;

/// Leptos' own error messages are shorter.
const MOST_BYTES: usize = 8_192;

/// A route for each function.
pub fn routes() -> Router<App> {
    server_fn_paths().fold(Router::new(), |router, (path, method)| {
        if method == Method::GET {
            router.route(path, get(read))
        } else {
            router.route(path, post(change))
        }
    })
}

async fn read(
    State(app): State<App>,
    PassiveReader(reader): PassiveReader,
    request: Request,
) -> Response {
    call(app, reader, request).await
}

async fn change(State(app): State<App>, reader: Reader, request: Request) -> Response {
    call(app, reader, request).await
}

async fn call(app: App, reader: Reader, mut request: Request) -> Response {
    // By these Leptos would send a form without JavaScript back to wherever its request says that it came from.
    for name in [header::ACCEPT, header::REFERER] {
        request.headers_mut().remove(name);
    }
    let caller = Arc::new(Caller {
        app,
        reader,
        failure: Mutex::default(),
    });
    let backend = Backend(caller.clone());
    let answer = handle_server_fns_with_context(move || provide_context(backend.clone()), request);
    let answer = answer.await.into_response();
    let failure = caller.failure.lock();
    let failure = failure.unwrap_or_else(PoisonError::into_inner).take();
    match failure {
        Some(failure) => failure.into_response(),
        // The function did not run: its arguments could not be read.
        None if answer.status() == StatusCode::INTERNAL_SERVER_ERROR => bad_arguments(answer).await,
        None => answer,
    }
}

/// Leptos' answer for arguments that cannot be read has the status 500, and says what is wrong.
async fn bad_arguments(answer: Response) -> Response {
    let body = to_bytes(answer.into_body(), MOST_BYTES).await;
    let error = body.ok().map(CallError::de);
    let message = error.map_or_else(String::new, |error| error.0.error.message);
    ErrorResponse::new(
        StatusCode::BAD_REQUEST,
        "bad_parameter",
        "Invalid request",
        message,
    )
    .into_response()
}

/// Who calls, and why their call failed.
struct Caller {
    app: App,
    reader: Reader,
    failure: Mutex<Option<ErrorResponse>>,
}

impl Caller {
    fn owner(&self) -> Subject {
        self.reader.visitor.user.subject()
    }

    /// Keeps the failure for the answer: Leptos knows neither its status nor its headers.
    fn told<T>(&self, answer: Result<T, AppError>) -> Result<T, CallError> {
        answer.map_err(|error| {
            let told = error.to_error_response();
            let failed = CallError(told.as_api_error());
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(told);
            failed
        })
    }
}

impl Calls for Caller {
    fn live_status(&self) -> BoxFuture<'_, Result<LiveStatus, CallError>> {
        async { self.told(self.app.live_status(&self.reader).await) }.boxed()
    }

    fn export_status(&self, key: String) -> BoxFuture<'_, Result<ExportStatus, CallError>> {
        ready(self.told(self.app.export_status(self.owner(), &key))).boxed()
    }

    fn cancel_export(&self, key: String) -> BoxFuture<'_, Result<ExportStatus, CallError>> {
        ready(self.told(self.app.cancel_export(self.owner(), &key))).boxed()
    }
}
