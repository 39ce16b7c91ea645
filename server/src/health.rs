//! `/healthz` and `/readyz`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::state::App;

const PATIENCE: Duration = Duration::from_millis(2_500);

/// The process lives; nothing else is touched.
pub async fn live() -> &'static str {
    "ok\n"
}

/// The databases answer.
pub async fn ready(State(app): State<App>) -> Response {
    let (engine, console) = tokio::join!(
        tokio::time::timeout(PATIENCE, app.engine.ping()),
        tokio::time::timeout(PATIENCE, app.console.ping())
    );
    let word = |ok: bool| if ok { "ok" } else { "unavailable" };
    let (engine, console) = (matches!(engine, Ok(Ok(()))), matches!(console, Ok(Ok(()))));
    let status = if engine && console {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({ "engine_database": word(engine), "console_database": word(console) });
    let retry = [(axum::http::header::RETRY_AFTER, "2")];
    if status == StatusCode::OK {
        (status, Json(body)).into_response()
    } else {
        (status, retry, Json(body)).into_response()
    }
}
