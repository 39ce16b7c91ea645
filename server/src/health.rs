//! `/healthz` and `/readyz`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::record;
use crate::state::App;

const PATIENCE: Duration = Duration::from_millis(2_500);

/// The process lives; nothing else is touched.
pub async fn live() -> &'static str {
    "ok\n"
}

/// The databases answer, and the record is protected.
pub async fn ready(State(app): State<App>) -> Response {
    let (engine, console) = tokio::join!(
        tokio::time::timeout(PATIENCE, app.engine.ping()),
        tokio::time::timeout(PATIENCE, app.console.ping())
    );
    let word = |ok: bool| if ok { "ok" } else { "unavailable" };
    let (engine, console) = (matches!(engine, Ok(Ok(()))), matches!(console, Ok(Ok(()))));
    let unprotected = record::reasons(&app);
    let status = if engine && console && unprotected.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let mut body = json!({
        "engine_database": word(engine),
        "console_database": word(console),
        "record": if unprotected.is_empty() { "ok" } else { "unprotected" },
    });
    if !unprotected.is_empty() {
        body["record_reasons"] = unprotected.into();
    }
    let retry = [(axum::http::header::RETRY_AFTER, "2")];
    if status == StatusCode::OK {
        (status, Json(body)).into_response()
    } else {
        (status, retry, Json(body)).into_response()
    }
}
